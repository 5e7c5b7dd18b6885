import { readFileSync } from 'node:fs';
import { transformOas3Operations } from '@stoplight/http-spec/oas3/operation';
import type { IHttpOperation } from '@stoplight/types';
// Four times as quick as `yaml` on these documents, and the start is what people wait for.
import yaml from 'js-yaml';
import { packageRoot } from '../package-root.ts';

/** A document in `openapi/`. */
export type DocumentName = 'reo' | 'reportei' | 'emulator';

/** The operations of a contract, in the form that Prism's validator takes. */
export function readOperations(name: DocumentName): IHttpOperation[] {
  const text = readFileSync(new URL(`openapi/${name}.yaml`, packageRoot()), 'utf8');
  const document = yaml.load(text, { schema: yaml.CORE_SCHEMA });
  // References are resolved here, because Ajv cannot compile the bundled form of a document whose
  // references have neighbours, and Prism then skips the validation without a word.
  return transformOas3Operations(dereference(document) as Record<string, unknown>);
}

type Json = { [key: string]: unknown };

/** Replaces each `$ref` by what it points to; its neighbours win, as OpenAPI 3.1 has it. */
export function dereference(root: unknown): unknown {
  const done = new Map<unknown, unknown>();

  const visit = (node: unknown): unknown => {
    if (typeof node !== 'object' || node === null) return node;
    const known = done.get(node);
    if (known !== undefined) return known;
    if (Array.isArray(node)) {
      const items: unknown[] = [];
      done.set(node, items);
      for (const item of node) items.push(visit(item));
      return items;
    }
    const copy: Json = {};
    done.set(node, copy);
    const { $ref } = node as Json;
    if (typeof $ref === 'string') Object.assign(copy, visit(lookUp(root, $ref)));
    for (const [key, value] of Object.entries(node)) if (key !== '$ref') copy[key] = visit(value);
    return copy;
  };

  return visit(root);
}

function lookUp(root: unknown, reference: string): unknown {
  if (!reference.startsWith('#/')) throw new Error(`Not a local reference: ${reference}`);
  let node = root;
  for (const part of reference.slice(2).split('/')) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    node = (node as Json | undefined)?.[key];
  }
  if (node === undefined) throw new Error(`Nothing at ${reference}`);
  return node;
}
