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
   * All of them or none. Connects at the first call.
   *
   * @throws what Redis or the connection failed with; then `isUnanswered` says whether the records may
   *   have been added. OutboxError after `close`.
   */
  readonly add: (records: readonly UsageRecord[]) => Promise<void>;
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

  const add = async (records: readonly UsageRecord[]): Promise<void> => {
    await tally.enter(records);
    await open().addBulk(records.map(toJob));
  };

  return {
    add: async (records) => {
      if (closed) throw new OutboxError('closed', 'the queue was closed');
      if (records.length === 0) return;
      await untilReady(redis, connectMs);
      try {
        await bounded(add(records), answerMs);
      } catch (error) {
        // An error that Redis answered with is an answer.
        const isAnswer = error instanceof Error && error.name === 'ReplyError';
        if (!isAnswer && typeof error === 'object' && error !== null) unanswered.add(error);
        throw error;
      }
    },
    close: () => {
      closed = true;
      redis.disconnect();
    },
  };
};
