import { existsSync, readFileSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Queries, Query } from '../reportei/index.ts';
import { isUuid } from '../reportei/metrics/ids.ts';
import { payloadOptions, readPayload } from '../reportei/queries/payload.ts';
import { distinct } from '../reportei/results/distinct.ts';
import { loadModule } from './load-module.ts';
import { Mistake } from './mistake.ts';
import { readJson } from './types/read-json.ts';
import { notesOnComponents } from './unknown-components.ts';

/** What to ask, and what the source says of when and of whom. */
export interface Source {
  readonly name: string;
  readonly queries: Queries;
  readonly options: ReturnType<typeof payloadOptions>;
  /** What to tell of it. */
  readonly notes: readonly string[];
}

const MODULES: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']);

/**
 * Queries of a payload or a module.
 *
 * @param source a file, or `-` for standard input
 * @throws Mistake when a module has no set of that name, or several without one; Error in a
 *   sentence for what cannot be read, ConfigError for a payload that is none.
 */
export async function loadQueries(source: string, exported?: string): Promise<Source> {
  if (source === '-') return fromPayload(readJsonOf(await stdin(), 'standard input'), 'report');
  const file = resolve(source);
  if (!existsSync(file)) throw new Error(`there is no file ${source}`);
  const name = basename(file, extname(file));
  if (MODULES.has(extname(file))) return fromModule(await loadModule(file), source, exported);
  if (exported !== undefined) throw new Mistake('--export is for modules');
  return fromPayload(readJsonOf(read(file, source), source), name);
}

async function stdin(): Promise<Uint8Array> {
  if (process.stdin.isTTY) console.error('Paste the payload, then end it with Ctrl+D.');
  return buffer(process.stdin);
}

function read(file: string, source: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Error(`cannot read ${source}: ${(cause as Error).message}`, { cause });
  }
}

function readJsonOf(bytes: Uint8Array, source: string): unknown {
  try {
    return readJson(bytes);
  } catch (cause) {
    throw new Error(`cannot read ${source}: ${(cause as Error).message}`, { cause });
  }
}

/** By their reference keys: ids are no names that anybody knows. */
function fromPayload(payload: unknown, name: string): Source {
  const queries = readPayload(payload);
  const names = distinct(queries.map(({ wire }) => wire.reference_key));
  const ids = queries.map(({ id }) => id?.toLowerCase());
  const entries = queries.map(({ id, wire }, i): [string, Query] => [
    names[i] ?? wire.reference_key,
    // Each under its own id, where that is one that no other has.
    isUuid(id) && ids.indexOf(id.toLowerCase()) === ids.lastIndexOf(ids[i])
      ? { id, wire }
      : { wire },
  ]);
  return {
    name,
    queries: Object.fromEntries(entries),
    options: payloadOptions(payload),
    notes: notesOnComponents(queries.map(({ wire }) => wire.component)),
  };
}

interface FoundSet {
  readonly name: string;
  readonly queries: Queries;
}

function fromModule(
  module: Readonly<Record<string, unknown>>,
  source: string,
  exported?: string,
): Source {
  const found = new Map<unknown, FoundSet & { readonly exported: string }>();
  // A set that is also the default is one set, under its own name.
  for (const key of Object.keys(module).sort(
    (a, b) => Number(a === 'default') - Number(b === 'default'),
  )) {
    const value = module[key];
    const set = setOf(value, key);
    if (set && (key === exported || !found.has(value))) found.set(value, { ...set, exported: key });
  }
  const sets = [...found.values()];
  const names = sets.map((one) => one.exported).join(', ');
  const [set, second] =
    exported === undefined ? sets : sets.filter((one) => one.exported === exported);
  if (!set && exported !== undefined) {
    throw new Mistake(`${source} exports no set ${exported}${names && `, only ${names}`}`);
  }
  if (!set) throw new Error(`${source} exports no metricSet`);
  if (second)
    throw new Mistake(`${source} exports several sets: take one with --export (${names})`);
  // Who wrote code has chosen its components.
  return { name: set.name, queries: set.queries, options: {}, notes: [] };
}

/** Sets by their shape: the module may have them from another copy of this package. */
function setOf(value: unknown, key: string): FoundSet | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, queries } = value as { readonly name?: unknown; readonly queries?: unknown };
  if (typeof name === 'string' && areQueries(queries)) return { name, queries };
  return areQueries(value) ? { name: key, queries: value } : undefined;
}

function areQueries(value: unknown): value is Queries {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const queries = Object.values(value) as readonly unknown[];
  return queries.length > 0 && queries.every(isQuery);
}

function isQuery(value: unknown): value is Query {
  const { wire } = (value ?? {}) as { readonly wire?: Partial<Query['wire']> };
  return (
    typeof wire?.reference_key === 'string' &&
    typeof wire.component === 'string' &&
    Array.isArray(wire.metrics)
  );
}
