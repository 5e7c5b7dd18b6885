import { readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { kindOfDefinition } from './definitions.ts';
import type { Kind } from './kinds.ts';

/** The catalogue of one network. */
export interface Network {
  /** The reference keys of its ready queries. */
  readonly keys: ReadonlySet<string>;
  /** The kinds of the metrics it defines. */
  readonly kinds: ReadonlyMap<string, Kind>;
}

/** The vendor's largest file has 43 kB. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The networks of a folder, of its direct sub-folders, or of one file. */
export function readNetworks(dir: string): Network[] {
  if (statOf(dir)?.isFile()) return [readNetwork(dir, undefined)];
  const found = [dir, ...subFoldersOf(dir)].flatMap((folder) => {
    const [metrics, setup] = [join(folder, 'metrics.json'), join(folder, 'setup.json')];
    if (!statOf(metrics)) return [];
    return [readNetwork(metrics, statOf(setup) ? setup : undefined)];
  });
  if (found.length === 0) {
    throw new Error(`No catalogue in ${dir}: neither it nor a folder in it has a metrics.json.`);
  }
  return found;
}

function subFoldersOf(dir: string): string[] {
  try {
    const names = readdirSync(dir).sort();
    return names.map((name) => join(dir, name)).filter((path) => statOf(path)?.isDirectory());
  } catch (error) {
    throw new Error(`Cannot read the catalogue ${dir}: ${reason(error)}.`, { cause: error });
  }
}

function readNetwork(metrics: string, setup: string | undefined): Network {
  const keys = keysOf(metrics, readObject(metrics));
  return { keys, kinds: setup === undefined ? new Map() : kindsOf(setup, readObject(setup)) };
}

/** The reference keys of the queries, those inside of containers included. */
function keysOf(file: string, { metrics, widgets }: Json): Set<string> {
  const entries = metrics ?? widgets;
  if (!Array.isArray(entries)) {
    throw new Error(`${file} is no catalogue: it has no list "metrics" or "widgets".`);
  }
  const keys = new Set<string>();
  const open: unknown[] = [...entries];
  // Entries are added while it runs: containers hold queries, and other containers.
  for (const entry of open) {
    if (!isObject(entry)) {
      throw new Error(`${file} is no catalogue: one of its entries is not an object.`);
    }
    const { reference_key: key, widgets: inner } = entry;
    if (typeof key === 'string' && key !== '') keys.add(key);
    else if (!Array.isArray(inner)) {
      throw new Error(`${file} is no catalogue: one of its entries has no "reference_key".`);
    }
    for (const one of Array.isArray(inner) ? inner : []) open.push(one);
  }
  return keys;
}

function kindsOf(file: string, { metrics }: Json): Map<string, Kind> {
  // PHP writes an empty object as [].
  if (Array.isArray(metrics) && metrics.length === 0) return new Map();
  if (!isObject(metrics)) {
    throw new Error(`${file} defines no metrics: "metrics" is not an object of definitions.`);
  }
  return new Map(
    Object.entries(metrics).map(([name, definition]) => {
      if (isObject(definition)) return [name, kindOfDefinition(name, definition)];
      throw new Error(`${file} is malformed: the definition of "${name}" is not an object.`);
    }),
  );
}

type Json = Readonly<Record<string, unknown>>;

function readObject(file: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(readText(file));
  } catch (error) {
    throw new Error(`Cannot read the catalogue ${file}: ${reason(error)}.`, { cause: error });
  }
  if (!isObject(value)) throw new Error(`${file} is no catalogue: it is not a JSON object.`);
  return value;
}

function readText(file: string): string {
  const stats = statOf(file);
  // A pipe would block for ever.
  if (!stats?.isFile()) throw new Error('it is not a file');
  if (stats.size > MAX_BYTES) throw new Error('it is larger than 16 MiB');
  return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
