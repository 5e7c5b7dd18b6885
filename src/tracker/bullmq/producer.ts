import { Queue } from 'bullmq';
import { OutboxError } from '../../http/errors.ts';
import type { UsageRecord } from '../record.ts';
import { answerMs, bounded, connect, impatient, untilReady } from './connect.ts';
import { type JobData, toJob } from './job.ts';
import type { QueueKeys } from './keys.ts';
import type { QueueOptions } from './options.ts';
import { createTally } from './queue-tally.ts';
import { checkServer } from './server.ts';

/** Adds records to a queue, without much patience. */
export interface Producer {
  /**
   * Connects at the first call.
   *
   * @returns for each record what it failed with; `undefined` when Redis has it. `isUnanswered` says
   *   whether it may have it after a failure too.
   * @throws OutboxError after `close`.
   */
  readonly add: (records: readonly UsageRecord[]) => Promise<readonly unknown[]>;
  readonly close: () => void;
}

const connectMs = 3_000;
/** BullMQ keeps a log of what happens to jobs. Nobody reads it here. */
const eventsKept = 100;

const unanswered = new WeakSet<object>();

/** Whether the records may be in Redis all the same. */
export const isUnanswered = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && unanswered.has(error);

export const createProducer = (options: QueueOptions, keys: QueueKeys): Producer => {
  const redis = connect(options.connection, impatient);
  const tally = createTally(redis, keys);
  let queue: Queue<JobData> | undefined;
  let closed = false;

  /** BullMQ waits for a connection without end, so it gets one that is there. */
  const open = (): Queue<JobData> => {
    if (queue !== undefined) return queue;
    const streams = { events: { maxLen: eventsKept } };
    queue = new Queue(keys.queue, {
      connection: redis,
      prefix: keys.prefix,
      streams,
      // Otherwise it says on the console what `checkServer` tells who wants to know it.
      skipVersionCheck: true,
    });
    queue.on('error', () => {});
    void checkServer(redis, options);
    return queue;
  };

  /** Each by itself: of a bulk BullMQ does not say which ones it has when one fails. */
  const addOne = async (queue: Queue<JobData>, record: UsageRecord): Promise<unknown> => {
    const { name, data, opts } = toJob(record);
    try {
      await bounded(queue.add(name, data, opts), answerMs);
      return undefined;
    } catch (error) {
      // An error that Redis answered with is an answer.
      const isAnswer = error instanceof Error && error.name === 'ReplyError';
      if (!isAnswer && typeof error === 'object' && error !== null) unanswered.add(error);
      return error;
    }
  };

  return {
    add: async (records) => {
      if (closed) throw new OutboxError('closed', 'the queue was closed');
      if (records.length === 0) return [];
      try {
        await untilReady(redis, connectMs);
        await bounded(tally.enter(records), answerMs);
      } catch (error) {
        return records.map(() => error);
      }
      const queue = open();
      return Promise.all(records.map((record) => addOne(queue, record)));
    },
    close: () => {
      closed = true;
      redis.disconnect();
    },
  };
};
