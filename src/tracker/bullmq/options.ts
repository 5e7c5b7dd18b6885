import type { Redis, RedisOptions } from 'ioredis';
import type { Duration } from '../../http/duration.ts';
import type { Names } from '../../http/refuse-unknown.ts';

/** Which queue on which Redis. */
export interface QueueOptions {
  /**
   * Options of ioredis, or a client of it, whose options are taken over: the connections are always
   * our own. For a service that has Sentinels give its options. Redis 6.2 or later, or Valkey.
   */
  readonly connection: RedisOptions | Redis;
  /**
   * The name of the queue: letters, digits, `.`, `_` and `-`. One queue per API key, so that a key
   * which is refused holds up its own records and no others. It is seen in Redis: not the key itself.
   */
  readonly queue: string;
  /** What all keys in Redis begin with. Default `tallywire`. On a cluster in braces: `{tallywire}`. */
  readonly prefix?: string | undefined;
  /**
   * Told, once at the start, what about this Redis may lose records: eviction, no persistence.
   * Default: a warning of the process.
   */
  readonly warn?: ((warning: string) => unknown) | undefined;
}

export const queueNames: Names<QueueOptions> = {
  connection: true,
  queue: true,
  prefix: true,
  warn: true,
};

/** How a worker takes part in the fleet. */
export interface OutboxOptions extends QueueOptions {
  /** At most so many records a second are taken, by all workers together that say the same. Default: no limit. */
  readonly rateLimit?: { readonly perSecond: number } | undefined;
  /**
   * After how long others take over what a worker has that died: once or twice this time. A worker that
   * cannot reach Redis for so long may see its records sent again by others. Default `'30s'`.
   */
  readonly takeOver?: Duration | undefined;
  /**
   * Beyond so many dead letters of the queue the oldest is dropped as `overflow`. The same for all
   * workers. Default 10,000.
   */
  readonly maxDead?: number | undefined;
}

export const outboxNames: Names<OutboxOptions> = {
  ...queueNames,
  rateLimit: true,
  takeOver: true,
  maxDead: true,
};
