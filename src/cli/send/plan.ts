import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { Mistake } from '../mistake.ts';
import { MAX_KEYS } from './fold.ts';
import { digestOf } from './ids.ts';
import type { Input } from './input.ts';
import type { Mapping } from './mapping.ts';
import type { RowFormat } from './rows.ts';
import type { Pairs } from './values.ts';

/** Options of `tallywire send`, as the command line has them. */
export interface SendFlags {
  readonly format?: RowFormat;
  readonly map?: Pairs;
  readonly set?: Pairs;
  readonly metaRest: boolean;
  readonly ignoreUnknown: boolean;
  /** In milliseconds. */
  readonly aggregate?: number;
  readonly outbox?: string;
  readonly rate?: number;
  readonly concurrency: number;
  readonly dryRun: boolean;
  readonly rejects?: string;
  readonly progress?: string;
  readonly id?: string;
  readonly restart: boolean;
  readonly quiet: boolean;
  readonly json: boolean;
}

/** What the command line says, before the file is read. */
export interface Plan {
  readonly source: string;
  readonly format: RowFormat;
  readonly mapping: Mapping;
  readonly fold: { readonly every: number; readonly maxKeys: number } | undefined;
  /** Files beside the source; `undefined` for none. */
  readonly journal: string | undefined;
  readonly rejects: string | undefined;
}

/** @throws Mistake for options that do not go together. */
export function planOf(source: string, flags: SendFlags): Plan {
  const { map = {}, set = {}, aggregate, id, dryRun } = flags;
  const format = flags.format ?? formatOf(source);
  if (format === undefined) {
    throw new Mistake(`the name of ${source} tells no format: give --format ndjson or csv`);
  }
  if (flags.metaRest && flags.ignoreUnknown) {
    throw new Mistake('--meta-rest keeps what --ignore-unknown leaves out: give one of them');
  }
  if (source === '-' && id === undefined && flags.progress !== undefined) {
    throw new Mistake('standard input cannot be told again: --progress needs --id, a name for it');
  }
  const both = Object.keys(map).find((field) => set[field] !== undefined);
  if (both !== undefined) throw new Mistake(`${both} is both in --map and in --set`);
  const rest = flags.metaRest ? 'meta' : flags.ignoreUnknown ? 'ignore' : 'refuse';
  const beside = source === '-' ? encodeURIComponent(id ?? 'stdin') : source;
  const isResumable = !dryRun && (source !== '-' || id !== undefined);
  const rejects = flags.rejects ?? (dryRun ? undefined : `${beside}.rejected.ndjson`);
  const journal = isResumable ? (flags.progress ?? `${beside}.tallywire-progress`) : undefined;
  const files = [source, journal, rejects].flatMap((one) =>
    one === undefined ? [] : resolve(one),
  );
  if (new Set(files).size < files.length) {
    throw new Mistake('the source, --progress and --rejects are three files');
  }
  return {
    source,
    format,
    mapping: { map, set, rest },
    fold: aggregate === undefined ? undefined : { every: aggregate, maxKeys: MAX_KEYS },
    journal,
    rejects,
  };
}

const ENDINGS: Readonly<Record<string, RowFormat>> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  csv: 'csv',
  tsv: 'csv',
};

const formatOf = (file: string): RowFormat | undefined =>
  ENDINGS[/\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? ''];

/** Which file it is, and what its rows mean; of both the ids are made. */
export interface Identified {
  readonly file: string;
  readonly meaning: string;
  readonly base: string;
}

/**
 * The options that change the records are a part of the ids: a row that is sent again with another
 * meaning is another record.
 */
export function identify({ format, mapping, fold }: Plan, input: Input, id?: string): Identified {
  const file = id === undefined ? (input.identity ?? randomUUID()) : digestOf('name', id);
  const inOrder = (pairs: Pairs) => Object.entries(pairs).sort(([a], [b]) => (a < b ? -1 : 1));
  const { map, set, rest } = mapping;
  const meaning = digestOf(format, inOrder(map), inOrder(set), rest, fold ?? null);
  return { file, meaning, base: digestOf(file, meaning) };
}
