import { type Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { DeadLetter, DeadLetters } from '../outbox.ts';
import type { UsageRecord } from '../record.ts';
import { type JobData, jobId, readJob } from './job.ts';
import type { QueueKeys } from './keys.ts';
import { isMisplaced } from './misplaced.ts';
import type { QueueTally } from './queue-tally.ts';

/** So many at a time are read from Redis. */
const chunk = 100;

/**
 * Dead letters are BullMQ's failed jobs.
 *
 * @param revived is called when some were brought back
 */
export const createDeadLetters = (
  client: Redis,
  keys: QueueKeys,
  tally: QueueTally,
  revived: () => void,
): DeadLetters => {
  let queue: Queue<JobData> | undefined;

  /** Not before Redis has answered, as for a worker. */
  const open = (): Queue<JobData> => {
    if (queue !== undefined) return queue;
    const { prefix } = keys;
    queue = new Queue(keys.queue, { connection: client, prefix, skipVersionCheck: true });
    queue.on('error', () => {});
    return queue;
  };

  /** In the order in which they died. A job that is none of ours stays where it is. */
  const each = async function* (): AsyncGenerator<{
    readonly job: Job<JobData>;
    readonly record: UsageRecord;
  }> {
    // All ids first: pages of the set would shift while somebody replays what is listed.
    const ids = await client.zrange(keys.failed, '0', '-1');
    for (let i = 0; i < ids.length; i += chunk) {
      yield* await found(ids.slice(i, i + chunk));
    }
  };

  const found = async (ids: readonly string[]) => {
    const jobs = await Promise.all(
      ids.map((id) => open().getJob(id) as Promise<Job<JobData> | undefined>),
    );
    return jobs.flatMap((job) => {
      const record = job && readJob(job)?.record;
      return job === undefined || record === undefined ? [] : [{ job, record }];
    });
  };

  const chosen = (ids: readonly string[] | undefined) => (ids === undefined ? each() : named(ids));

  const named = async function* (ids: readonly string[]) {
    for (let i = 0; i < ids.length; i += chunk) {
      const some = ids.slice(i, i + chunk).map(jobId);
      const scores = await Promise.all(some.map((id) => client.zscore(keys.failed, id)));
      yield* await found(some.filter((_, n) => scores[n] !== null));
    }
  };

  return {
    list: async function* (): AsyncGenerator<DeadLetter> {
      for await (const { job, record } of each()) {
        yield { record, reason: job.failedReason ?? '', at: job.finishedOn ?? 0 };
      }
    },
    replay: async (ids) => {
      let count = 0;
      for await (const { job, record } of chosen(ids)) {
        // Another may have been faster: then it is not failed any more, and BullMQ says so.
        if (!(await succeeds(job.retry('failed')))) continue;
        await tally.move('dead', 'pending', record);
        count += 1;
      }
      if (count > 0) revived();
      return count;
    },
    drop: async (ids) => {
      let count = 0;
      for await (const { job, record } of chosen(ids)) {
        if ((await client.zrem(keys.failed, job.id ?? '')) === 0) continue;
        await job.remove();
        await tally.leave('dead', record, 'discarded');
        count += 1;
      }
      return count;
    },
  };
};

/** Whether it was done; `false` when BullMQ finds the job in another place. */
const succeeds = async (promise: Promise<unknown>): Promise<boolean> => {
  try {
    await promise;
    return true;
  } catch (error) {
    if (isMisplaced(error)) return false;
    throw error;
  }
};
