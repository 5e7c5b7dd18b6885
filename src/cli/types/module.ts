import { ConfigError } from '../../http/errors.ts';
import { readPayload } from '../../reportei/queries/payload.ts';
import type { QueryDetails, WireQuery } from '../../reportei/queries/query.ts';
import { type Code, layOut } from './layout.ts';
import { keyLiteral, numberLiteral, textLiteral } from './literal.ts';
import { namesOf } from './names.ts';

/** The components that have a builder of their own. */
const BUILDERS: ReadonlyMap<string, string> = new Map([
  ['number_v1', 'number'],
  ['chart_v1', 'chart'],
  ['datatable_v1', 'datatable'],
]);

/** What a module imports: none of these can be the name of its set. */
export const IMPORTED: readonly string[] = ['metricSet', 'custom', ...BUILDERS.values()];

type Test = (value: unknown) => boolean;

const isText: Test = (value) => typeof value === 'string';
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTextOrUnset: Test = (value) => value === undefined || isText(value);
const isAnything: Test = () => true;

/** `{field}` with what goes with it, and nothing else. */
const isDimension: Test = (value) => {
  if (!isRecord(value)) return isText(value);
  const { field, operator, value: _, ...others } = value;
  return isText(field) && isTextOrUnset(operator) && Object.keys(others).length === 0;
};

/**
 * What is an option of its own, in this order; everything else goes into `extra`. So does a value
 * that would not compile.
 */
const OPTIONS: Readonly<Record<keyof QueryDetails | 'metrics' | 'dimensions', Test>> = {
  metrics: isAnything,
  dimensions: (value) => Array.isArray(value) && value.every(isDimension),
  entity_id: (value) => isText(value) || typeof value === 'number',
  entity_type: isText,
  chart_type: isText,
  sort: (value) => Array.isArray(value) && value.every(isText),
  filters: isAnything,
  filter: isAnything,
  type: (value) => isText(value) || Array.isArray(value),
  custom: (value) => isRecord(value) || Array.isArray(value),
  currency: isAnything,
  operation: isAnything,
  diff_type: isAnything,
  calculated: isAnything,
  container_type: isAnything,
  widgets: isAnything,
  added_date: isAnything,
  references: isAnything,
};

/** Compilers give up on far less than a payload could hold. */
const MAX_DEPTH = 100;

/**
 * A TypeScript module that exports a payload's queries as a `metricSet`: formatted, and valid as
 * JavaScript too.
 *
 * @param name of the set and of the export, an identifier
 * @throws ConfigError that says which query cannot be read.
 */
export function moduleOf(payload: unknown, name: string): string {
  const queries = readPayload(payload).map(({ wire }) => wire);
  for (const [i, query] of queries.entries()) {
    if (isDeeperThan(query, MAX_DEPTH)) {
      throw new ConfigError(
        `query ${i + 1} of the payload is nested deeper than ${MAX_DEPTH} levels`,
      );
    }
  }
  const names = namesOf(queries);
  const calls = queries.map(callOf);
  const set: Code = {
    kind: 'call',
    callee: 'metricSet',
    args: [
      textLiteral(name),
      { kind: 'fields', fields: calls.map((call, i) => [keyLiteral(names[i] as string), call]) },
    ],
  };
  const used = [...new Set(['metricSet', ...calls.map(({ callee }) => callee)])].sort();
  const start = `export const ${name} = `;
  return `import { ${used.join(', ')} } from 'tallywire/reportei';

${introduction(name)}
${start}${layOut(set, start.length, 0, 1)};
`;
}

/** Keys of queries that no document names: kept in `extra`, and some of them misspelt, maybe. */
export const unknownKeysOf = (payload: unknown): readonly string[] => {
  const known = new Set(['reference_key', 'component', ...Object.keys(OPTIONS)]);
  const keys = readPayload(payload).flatMap(({ wire }) => Object.keys(wire));
  return [...new Set(keys)].filter((key) => !known.has(key));
};

export const componentsOf = (payload: unknown): readonly string[] =>
  readPayload(payload).map(({ wire }) => wire.component);

const introduction = (name: string): string =>
  `/**
 * Metrics of Reportei, made from a payload by \`tallywire types\`.
 *
 *   await createReporteiClient().customer().metrics(${name}, { integration, start, end });
 *
 * The payload's own ids, dates and integrations are not in here: ids are made for each request.
 */`;

function callOf({ reference_key: key, component, ...wire }: WireQuery) {
  const callee = BUILDERS.get(component) ?? 'custom';
  const isCustom = callee === 'custom';
  const options = (Object.keys(OPTIONS) as (keyof typeof OPTIONS)[]).filter(
    (option) => wire[option] !== undefined && OPTIONS[option](wire[option]),
  );
  const fields = options
    // What `custom` asks for unless told otherwise.
    .filter((option) => !(isCustom && option === 'metrics' && wire.metrics.length === 0))
    .map((option) => [option, codeOf(wire[option])] as const);
  const known: ReadonlySet<string> = new Set(options);
  const extra = Object.entries(wire).filter(([name]) => !known.has(name));
  const all = extra.length === 0 ? fields : [...fields, ['extra', fieldsOf(extra)] as const];
  const args: Code[] = [textLiteral(key), ...(isCustom ? [textLiteral(component)] : [])];
  if (all.length > 0) args.push({ kind: 'fields', fields: all });
  return { kind: 'call', callee, args } as const satisfies Code;
}

const fieldsOf = (entries: readonly (readonly [string, unknown])[]): Code => ({
  kind: 'fields',
  fields: entries.map(([name, value]) => [keyLiteral(name), codeOf(value)]),
});

function codeOf(value: unknown): Code {
  if (typeof value === 'string') return textLiteral(value);
  if (typeof value === 'number') return numberLiteral(value);
  if (Array.isArray(value)) return { kind: 'list', items: value.map(codeOf) };
  return isRecord(value) ? fieldsOf(Object.entries(value)) : String(value);
}

/** Without recursion, so that it takes any depth. */
function isDeeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    );
  }
  return false;
}
