import { toMilliseconds } from '../http/duration.ts';
import { ConfigError } from '../http/errors.ts';
import { type Names, refuseUnknown } from '../http/refuse-unknown.ts';
import type { TrackerOptions } from './options.ts';

/** The options of a tracker that are numbers, checked. */
export interface TrackerSettings {
  readonly everyMs: number;
  readonly maxKeys: number;
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly concurrency: number;
  readonly overflow: 'drop-new' | 'drop-oldest';
}

/** @throws ConfigError for what is no bound. */
export const atLeastOne = (value: number, option: string): number => {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new ConfigError(`${option} must be a whole number, 1 or more`);
};

const names: Names<TrackerOptions> = {
  outbox: true,
  sink: true,
  aggregate: true,
  maxRecords: true,
  maxBytes: true,
  overflow: true,
  maxAge: true,
  concurrency: true,
  hooks: true,
  waitUntil: true,
  clock: true,
};

/** @throws ConfigError */
export const readSettings = (options: TrackerOptions): TrackerSettings => {
  refuseUnknown(options, names);
  const { overflow = 'drop-new', outbox, sink } = options;
  if (overflow !== 'drop-new' && overflow !== 'drop-oldest') {
    throw new ConfigError('overflow must be drop-new or drop-oldest');
  }
  if (outbox === '' || !['string', 'function', 'undefined'].includes(typeof outbox)) {
    throw new ConfigError('outbox must name a directory, or be a function that makes an outbox');
  }
  if (sink !== undefined && typeof sink !== 'function') {
    throw new ConfigError('sink must be a function, such as usageQueue() makes');
  }
  return {
    everyMs: toMilliseconds(options.aggregate?.every ?? '1m', 'aggregate.every', 10),
    maxKeys: atLeastOne(options.aggregate?.maxKeys ?? 100_000, 'aggregate.maxKeys'),
    maxRecords: atLeastOne(options.maxRecords ?? 100_000, 'maxRecords'),
    maxBytes: atLeastOne(options.maxBytes ?? 64 * 2 ** 20, 'maxBytes'),
    maxAgeMs: toMilliseconds(options.maxAge ?? '7d', 'maxAge', 1),
    concurrency: atLeastOne(options.concurrency ?? 32, 'concurrency'),
    overflow,
  };
};
