import { existsSync, readFileSync } from 'node:fs';
import { transformOas3Operations } from '@stoplight/http-spec/oas3/operation';
import type { IHttpOperation } from '@stoplight/types';
// Four times as quick as `yaml` on these documents, and the start is what people wait for.
import yaml from 'js-yaml';

const FILES = ['reo.yaml', 'reportei.yaml'] as const;

/** The operations of both contracts, as Prism wants them. */
export function readOperations(): IHttpOperation[] {
  const folder = findFolder();
  return FILES.flatMap((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const document = yaml.load(text, { schema: yaml.CORE_SCHEMA });
    // References are resolved here, because Ajv cannot compile the bundled form of a document
    // whose references have neighbours, and Prism then skips the validation without a word.
    return transformOas3Operations(dereference(document) as Record<string, unknown>);
  });
}

/** Looks upwards, since a bundle may put this module at any depth of the package. */
function findFolder(): URL {
  let directory = new URL('.', import.meta.url);
  for (;;) {
    const folder = new URL('openapi/', directory);
    if (existsSync(new URL(FILES[0], folder))) return folder;
    const parent = new URL('..', directory);
    if (parent.href === directory.href) {
      throw new Error(`The contracts (openapi/*.yaml) are in no folder above ${import.meta.url}`);
    }
    directory = parent;
  }
}

/** Replaces each `$ref` by what it points to; its neighbours win, as OpenAPI 3.1 has it. */
export function dereference(root: unknown): unknown {
  const done = new Map<object, object>();

  const visit = (node: unknown): unknown => {
    if (typeof node !== 'object' || node === null) return node;
    const known = done.get(node);
    if (known) return known;
    const copy: Record<string, unknown> | unknown[] = Array.isArray(node) ? [] : {};
    done.set(node, copy);
    const { $ref, ...own } = node as Record<string, unknown>;
    if (typeof $ref === 'string') Object.assign(copy, visit(at(root, $ref)));
    for (const [key, value] of Object.entries(typeof $ref === 'string' ? own : node)) {
      (copy as Record<string, unknown>)[key] = visit(value);
    }
    return copy;
  };

  return visit(root);
}

function at(root: unknown, reference: string): unknown {
  if (!reference.startsWith('#/')) throw new Error(`Not a local reference: ${reference}`);
  let node = root;
  for (const part of reference.slice(2).split('/')) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    node = (node as Record<string, unknown> | undefined)?.[key];
  }
  if (node === undefined) throw new Error(`Nothing at ${reference}`);
  return node;
}
