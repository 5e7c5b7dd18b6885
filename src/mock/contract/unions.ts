import { schemaViolations, type Violation } from './validate.ts';

/**
 * Ajv reports what is wrong with every branch of a union, also with those that were not meant.
 * Where one property tells the branches apart (`mode`), this looks at the branch it names alone.
 */
export function narrow(schema: unknown, body: unknown): Narrowed | undefined {
  const root = asObject(schema);
  for (const [name, property] of Object.entries(asObject(root['properties']))) {
    const branches = asObject(property)['oneOf'];
    const value = asObject(body)[name];
    if (!Array.isArray(branches) || typeof value !== 'object' || value === null) continue;

    const tag = tagOf(branches[0]);
    if (tag === undefined) continue;
    const branch = branches.find(
      (one: unknown): one is object => constOf(one, tag) === asObject(value)[tag],
    );
    if (!branch) return { tag, allowed: branches.map((one) => String(constOf(one, tag))) };

    return { violations: schemaViolations(narrowedTo(branch, name, root), body) };
  }
  return undefined;
}

/** Kept, because Ajv compiles each schema anew that is another object, and never forgets one. */
const narrowed = new WeakMap<object, Json>();

function narrowedTo(branch: object, name: string, root: Json): Json {
  const known = narrowed.get(branch);
  if (known) return known;
  const made = { ...root, properties: { ...asObject(root['properties']), [name]: branch } };
  narrowed.set(branch, made);
  return made;
}

/** What is wrong within the branch that was meant, or that none was. */
export type Narrowed =
  | { readonly violations: readonly Violation[] }
  | { readonly tag: string; readonly allowed: readonly string[] };

type Json = Readonly<Record<string, unknown>>;

const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {};

const constOf = (branch: unknown, name: string): unknown =>
  asObject(asObject(asObject(branch)['properties'])[name])['const'];

const tagOf = (branch: unknown): string | undefined =>
  Object.keys(asObject(asObject(branch)['properties'])).find(
    (name) => constOf(branch, name) !== undefined,
  );
