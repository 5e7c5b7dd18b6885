import type { Violation } from './validate.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Fields of a body that its schema does not name, although it names others. Schemas let them
 * through, because the vendors' documents do not say that they are refused; most are typos.
 */
export function undocumentedFields(schema: unknown, body: unknown): readonly Violation[] {
  const found: Violation[] = [];
  visit([schema], body, ['body'], found);
  return found;
}

/** Parameters of the query that the operation does not know. */
export function undocumentedParameters(
  known: readonly { readonly name: string }[] | undefined,
  query: Readonly<Record<string, string>>,
): readonly Violation[] {
  const names = new Set((known ?? []).map(({ name }) => name));
  return Object.keys(query)
    .filter((name) => !names.has(name))
    .map((name) => unknown(['query', name]));
}

/** A wall of text helps nobody. */
const MAX_FOUND = 20;

function visit(
  schemas: readonly unknown[],
  value: unknown,
  path: readonly string[],
  found: Violation[],
): void {
  if (typeof value !== 'object' || value === null) return;
  const flat = schemas.flatMap(alternatives);
  if (Array.isArray(value)) {
    const items = flat.flatMap(({ items }) => (items === undefined ? [] : [items]));
    for (const [i, item] of value.entries()) visit(items, item, [...path, String(i)], found);
    return;
  }
  const named = flat.map(({ properties }) => asObject(properties));
  const open = flat.some(({ additionalProperties }) => additionalProperties !== undefined);
  const free = open || named.every((properties) => Object.keys(properties).length === 0);
  for (const [name, field] of Object.entries(value)) {
    const fits = named.flatMap((properties) =>
      Object.hasOwn(properties, name) ? [properties[name]] : [],
    );
    if (found.length >= MAX_FOUND) return;
    if (fits.length === 0 && !free) found.push(unknown([...path, name]));
    else if (typeof field === 'object') visit(fits, field, [...path, name], found);
  }
}

const flattened = new WeakMap<object, readonly Json[]>();

/** A schema and all that it is put together from. */
function alternatives(schema: unknown): readonly Json[] {
  const own = asObject(schema);
  const known = flattened.get(own) ?? flatten(own);
  flattened.set(own, known);
  return known;
}

function flatten(own: Json): readonly Json[] {
  const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((word) => own[word] ?? []);
  return [own, ...parts.flatMap(alternatives)];
}

const unknown = (path: readonly string[]): Violation => ({
  path,
  code: 'undocumented',
  message: 'is not a documented field',
});

const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {};
