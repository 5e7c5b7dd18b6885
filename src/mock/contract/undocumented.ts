import type { Operation } from './operations.ts';
import type { ReadRequest } from './request.ts';
import type { Violation } from './validate.ts';

type Json = Readonly<Record<string, unknown>>;

/** Fields and parameters of a request that are let through, unless the emulator is strict. */
export function undocumentedIn(
  { http }: Operation,
  { url, body }: Pick<ReadRequest, 'url' | 'body'>,
): readonly Violation[] {
  return [
    ...undocumentedParameters(http.request?.query, url.query),
    ...undocumentedFields(http.request?.body?.contents?.[0]?.schema, body),
  ];
}

/**
 * Fields of a body that its schema does not name, although it names others. Schemas let them
 * through, because the vendors' documents do not say that they are refused; most are typos.
 */
export function undocumentedFields(schema: unknown, body: unknown): readonly Violation[] {
  const found: Violation[] = [];
  if (typeof schema === 'object' && schema !== null) visit(rootOf(schema), body, ['body'], found);
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
  const { fields, items, free } = shapeOf(schemas);
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      if (typeof item === 'object') visit(items, item, [...path, String(i)], found);
    }
    return;
  }
  for (const [name, field] of Object.entries(value)) {
    if (found.length >= MAX_FOUND) return;
    const known = fields.get(name);
    if (!known && !free) found.push(unknown([...path, name]));
    else if (known && typeof field === 'object') visit(known, field, [...path, name], found);
  }
}

/** What schemas that apply to the same value say of it together. */
interface Shape {
  /** The schemas of each field that one of them names. */
  readonly fields: ReadonlyMap<string, readonly unknown[]>;
  readonly items: readonly unknown[];
  /** Whether any other field is as good. */
  readonly free: boolean;
}

const roots = new WeakMap<object, readonly unknown[]>();
const shapes = new WeakMap<readonly unknown[], Shape>();

function rootOf(schema: object): readonly unknown[] {
  const root = roots.get(schema) ?? [schema];
  roots.set(schema, root);
  return root;
}

/** Found once for each place in a contract: requests come by the thousand. */
function shapeOf(schemas: readonly unknown[]): Shape {
  const known = shapes.get(schemas);
  if (known) return known;
  const flat = schemas.flatMap(alternatives);
  const fields = new Map<string, unknown[]>();
  for (const { properties } of flat) {
    for (const [name, schema] of Object.entries(asObject(properties))) {
      fields.set(name, [...(fields.get(name) ?? []), schema]);
    }
  }
  const open = flat.some(({ additionalProperties }) => additionalProperties !== undefined);
  const shape = {
    fields,
    items: flat.flatMap(({ items }) => (items === undefined ? [] : [items])),
    free: open || fields.size === 0,
  };
  shapes.set(schemas, shape);
  return shape;
}

/** A schema and all that it is put together from. */
function alternatives(schema: unknown): readonly Json[] {
  const own = asObject(schema);
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
