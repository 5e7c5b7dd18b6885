import type { Redis } from 'ioredis';
import { toMilliseconds } from '../../http/duration.ts';
import { OutboxError } from '../../http/errors.ts';
import { refuseUnknown } from '../../http/refuse-unknown.ts';
import type { DeadLetters, Outbox } from '../outbox.ts';
import { atLeastOne } from '../settings.ts';
import { answerMs, bounded, connect, patient, toOutboxError, untilReady } from './connect.ts';
import { createDeadLetters } from './dead-letters.ts';
import { keysOf } from './keys.ts';
import { limiterOf } from './limiter.ts';
import { type OutboxOptions, outboxNames } from './options.ts';
import { createProducer } from './producer.ts';
import { createQueueSource } from './queue-source.ts';
import { createTally } from './queue-tally.ts';
import { checkServer } from './server.ts';

/** An outbox on Redis or Valkey, shared by all who name the same queue. */
export interface BullmqOutbox extends Outbox {
  /** Resolves when Redis can be used. @throws OutboxError when it cannot be reached, or denies it. */
  readonly ready: () => Promise<void>;
  /** What the connection to Redis says when it is lost, and when it is there again. */
  readonly onConnection: (listener: (error: unknown) => void) => void;
}

const connectMs = 10_000;
const closeMs = 3_000;

/**
 * Records as jobs of BullMQ: pending ones wait, are active or delayed, dead ones have failed, and those
 * that were sent are removed. The id of a job is `r-` and that of its record, and BullMQ ignores a job
 * whose id it has: the same record put again is one record until it was sent.
 *
 * After a `put` that failed Redis may have some of the records: put the same ones again.
 *
 * `totals` are those of the queue, over all processes since it was made. They agree at any moment;
 * `sent` may lack what a process had under way when it died.
 *
 * As safe as Redis makes it: with `appendonly yes` and `appendfsync everysec` the end of Redis may take
 * the last second with it.
 *
 * @throws ConfigError
 */
export const bullmqOutbox = (options: OutboxOptions): BullmqOutbox => {
  refuseUnknown(options, outboxNames);
  const keys = keysOf(options);
  const takeOverMs = toMilliseconds(options.takeOver ?? '30s', 'takeOver', 100);
  const maxDead = atLeastOne(options.maxDead ?? 10_000, 'maxDead');
  const limiter = options.rateLimit && limiterOf(options.rateLimit.perSecond);
  const redis: Redis = connect(options.connection, patient);
  // Asked for while a caller waits, so not on the connection that waits for Redis.
  const producer = createProducer({ ...options, warn: () => {} }, keys);
  const tally = createTally(redis, keys);
  const source = createQueueSource(redis, keys, tally, { takeOverMs, limiter }, () =>
    letters.bound(maxDead),
  );
  const letters = createDeadLetters(redis, keys, tally, source.wake);
  let closed: Promise<void> | undefined;
  redis.once('ready', () => void checkServer(redis, options));

  const open = (): void => {
    if (closed) throw new OutboxError('closed', 'the outbox was closed');
  };

  const dead: DeadLetters = {
    list: async function* () {
      open();
      yield* letters.list();
    },
    replay: async (ids) => {
      open();
      return letters.replay(ids);
    },
    drop: async (ids) => {
      open();
      return letters.drop(ids);
    },
  };

  const shut = async (): Promise<void> => {
    // What cannot be given back is taken over by others, when its locks have run out.
    await bounded(source.close(), closeMs).catch(() => {});
    producer.close();
    redis.disconnect();
  };

  return {
    take: source.take,
    settle: source.settle,
    onReady: source.onReady,
    pause: source.pause,
    put: async (records) => {
      open();
      const failures = (await producer.add(records)).filter((error) => error !== undefined);
      if (failures.length < records.length) source.wake();
      if (failures.length > 0) throw toOutboxError(failures[0], 'records could not be put');
    },
    dead,
    totals: async () => {
      open();
      try {
        return await bounded(tally.totals(), answerMs);
      } catch (error) {
        throw toOutboxError(error, 'the totals could not be read');
      }
    },
    ready: async () => {
      open();
      try {
        await untilReady(redis, connectMs);
      } catch (error) {
        throw toOutboxError(error, 'Redis cannot be used');
      }
    },
    onConnection: (listener) => {
      redis.on('error', listener).on('ready', () => listener(undefined));
    },
    close: () => (closed ??= shut()),
  };
};
