import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';

export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/** Where a schema is in its document, and the values that the document shows for it. */
export type SchemaUse = {
  readonly pointer: string;
  readonly examples: ReadonlyMap<string, Json>;
};

export type OpenApiDocument = {
  readonly name: string;
  readonly root: JsonObject;
  /** Every named schema, and every schema of a body, a parameter or a header. */
  readonly uses: readonly SchemaUse[];
  /** Compiles the schema at a JSON pointer; a bare name means a schema of the components. */
  readonly validator: (schema: string) => ValidateFunction;
};

export function loadDocument(name: 'reo' | 'reportei' | 'emulator'): OpenApiDocument {
  const file = new URL(`../../openapi/${name}.yaml`, import.meta.url);
  const root: JsonObject = parse(readFileSync(file, 'utf8'));
  const ajv = new Ajv2020({
    strict: true,
    // Ajv does not find a property that is demanded here and defined behind a reference.
    strictRequired: name !== 'emulator',
    allErrors: true,
    allowMatchingProperties: false,
  });
  formats.default(ajv);
  // The document's own words, which are around its schemas, and OpenAPI's word within them: Ajv
  // knows a `discriminator` without a mapping only, and `oneOf` decides without it.
  ajv.addVocabulary([...Object.keys(root), 'discriminator']);
  ajv.addSchema(root, name);
  return {
    name,
    root,
    uses: schemaUses(root),
    validator: (schema) => {
      const pointer = schema.startsWith('/') ? schema : `/components/schemas/${schema}`;
      const validate = ajv.getSchema(`${name}#${pointer}`);
      if (!validate) throw new Error(`${name}.yaml has no schema at ${pointer}`);
      return validate;
    },
  };
}

/** The value behind a `$ref` within the document, or the value itself. */
export function resolve(root: JsonObject, value: Json): Json {
  const ref = isObject(value) ? value['$ref'] : undefined;
  if (typeof ref !== 'string') return value;
  return ref
    .slice('#/'.length)
    .split('/')
    .reduce<Json>((node, key) => asObject(node)[key.replaceAll('~1', '/')] ?? null, root);
}

/** The value, which has to be an object. */
export function asObject(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw new Error(`Not an object: ${JSON.stringify(value)}`);
  return value;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function schemaUses(root: JsonObject): SchemaUse[] {
  const uses: SchemaUse[] = [];
  walk(root, '', (node, pointer) => {
    if (/^\/components\/schemas\/[^/]+$/.test(pointer)) {
      uses.push({ pointer, examples: namedExamples(root, node) });
    } else if (isObject(node['schema'])) {
      uses.push({ pointer: `${pointer}/schema`, examples: namedExamples(root, node) });
    }
  });
  return uses;
}

/** `example`, the list `examples` of a schema, or the map `examples` of a body. */
function namedExamples(root: JsonObject, node: JsonObject): Map<string, Json> {
  const found = new Map<string, Json>();
  const { example, examples } = node;
  if (example !== undefined) found.set('example', example);
  if (Array.isArray(examples)) {
    for (const [index, value] of examples.entries()) found.set(`examples/${index}`, value);
  } else if (isObject(examples)) {
    for (const [name, entry] of Object.entries(examples)) {
      found.set(name, asObject(resolve(root, entry))['value'] ?? null);
    }
  }
  return found;
}

/** Visits every object that is part of the description, but not the values shown as examples. */
export function walk(
  node: Json,
  pointer: string,
  visit: (node: JsonObject, pointer: string) => void,
): void {
  if (Array.isArray(node)) {
    for (const [index, item] of node.entries()) walk(item, `${pointer}/${index}`, visit);
  } else if (isObject(node)) {
    visit(node, pointer);
    for (const [key, value] of Object.entries(node)) {
      if (key === 'example' || key === 'examples') continue;
      walk(value, `${pointer}/${escapeForUri(key)}`, visit);
    }
  }
}

function escapeForUri(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
}
