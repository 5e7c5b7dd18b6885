import { createHash } from 'node:crypto';
import type { WireQuery } from '../../reportei/queries/query.ts';

/** The longest name made from a reference key; ids in the vendor's catalogues have up to 50. */
const MAX_NAME = 60;
const MAX_TRAIT = 24;

/**
 * A name for each query, made of its reference key: `ig:story_replies` is `storyReplies`. What the key
 * says before its first colon, the network, is left out.
 *
 * A query's name depends on itself, and on those before it that would have the same name. So a query
 * more, at the end, renames none; one in front renames at most those that would have its name. Of such
 * queries the first has the name, and each other says what sets it apart from that one:
 * `storyReplies_chart`. Names from keys have no underscore, so the two kinds are never the same.
 */
export function namesOf(queries: readonly WireQuery[]): readonly string[] {
  const owners = new Map<string, WireQuery>();
  return queries.map((query) => {
    const base = baseOf(query.reference_key);
    const first = owners.get(base);
    const names = first === undefined ? [base] : candidates(base, query, first);
    for (const name of names) {
      if (owners.has(name)) continue;
      owners.set(name, query);
      return name;
    }
    return base;
  });
}

function baseOf(key: string): string {
  const rest = key.slice(key.indexOf(':') + 1);
  const name = camelCase(rest, MAX_NAME) || camelCase(key, MAX_NAME) || 'query';
  // Names that are numbers come first in every object, wherever they were written.
  return /^\p{N}/u.test(name) ? `_${name}` : name;
}

function* candidates(base: string, query: WireQuery, first: WireQuery): Generator<string> {
  const others = traitsOf(first);
  const traits = traitsOf(query).filter((trait, i) => trait !== '' && trait !== others[i]);
  for (const trait of traits) yield `${base}_${trait}`;
  const own = digest(query);
  const full = own === digest(first) ? base : `${base}_${own}`;
  yield full;
  // The very same query once more: which of them is which does not matter.
  for (let n = 2; ; n += 1) yield `${full}_${n}`;
}

/** In what queries of one name differ, most telling first; nothing for what would be too long. */
function traitsOf(query: WireQuery): readonly string[] {
  const { reference_key: key, component, metrics, dimensions, entity_id: entity } = query;
  const fields = (Array.isArray(dimensions) ? dimensions : []).map((one) =>
    typeof one === 'string' ? one : one?.field,
  );
  return [
    key.includes(':') ? key.slice(0, key.indexOf(':')) : '',
    component.replace(/_v\d+$/, ''),
    metrics.join(' '),
    fields.join(' '),
    typeof entity === 'string' || typeof entity === 'number' ? String(entity) : '',
  ].map((trait) => (trait.length > MAX_TRAIT ? '' : camelCase(trait, MAX_TRAIT)));
}

/** Tells queries apart that nothing else does, without regard to the order of their fields. */
function digest(query: WireQuery): string {
  const sorted = JSON.stringify(query, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
      : value,
  );
  return createHash('sha256').update(sorted).digest('hex').slice(0, 8);
}

/** Without accents, signs and spaces; cut between two words where it would be too long. */
export function camelCase(text: string, max: number): string {
  const words = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC');
  let name = '';
  for (const word of words.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []) {
    const next = name === '' ? lowerFirst(word) : upperFirst(word);
    if (name.length + next.length > max)
      return (
        name ||
        Array.from(next)
          .slice(0, max / 2)
          .join('')
      );
    name += next;
  }
  return name;
}

const isUpper = (word: string): boolean => word === word.toUpperCase();

const lowerFirst = (word: string): string =>
  isUpper(word) ? word.toLowerCase() : word.replace(/^./u, (first) => first.toLowerCase());

const upperFirst = (word: string): string =>
  (isUpper(word) ? word.toLowerCase() : word).replace(/^./u, (first) => first.toUpperCase());
