/** The OpenAPI documents, as the references, the console and search need them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../lib/run.ts';

export interface Document {
  /** Of the file below openapi/, without its ending. */
  readonly name: 'reo' | 'reportei' | 'emulator';
  readonly title: string;
  readonly description: string;
  /** Where the emulator has it. */
  readonly base: string;
}

export const documents: readonly Document[] = [
  {
    name: 'reo',
    title: 'Reo.Dev product usage',
    description: 'Send product usage, as single events or as counts.',
    base: '',
  },
  {
    name: 'reportei',
    title: 'Reportei Connect',
    description: 'Fetch metrics, at once or by webhook; customers and their integrations.',
    base: '/api',
  },
  {
    name: 'emulator',
    title: 'The emulator: control API',
    description: 'Look into the emulator, move its clock, make it fail.',
    base: '/__mock',
  },
];

interface Described {
  readonly description?: string;
}

export interface Operation extends Described {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly [string, ...string[]];
}

export interface OpenApi {
  readonly info: { readonly title: string };
  readonly servers: readonly { readonly url: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Described>> };
}

export const readDocument = async (name: string): Promise<OpenApi> =>
  parse(await readFile(join(root, 'openapi', `${name}.yaml`), 'utf8')) as OpenApi;

export interface ListedOperation extends Operation {
  readonly method: string;
  readonly path: string;
}

const methods: ReadonlySet<string> = new Set(['get', 'post', 'put', 'patch', 'delete']);

/** Every operation of a document, in its order. */
export const operationsOf = ({ paths }: OpenApi): readonly ListedOperation[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.has(method))
      .map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
