import { type Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { DeadLetter, DeadLetters } from '../outbox.ts';
import type { UsageRecord } from '../record.ts';
import type { DropReason } from '../tally.ts';
import { type JobData, jobId, readJob } from './job.ts';
import type { QueueKeys } from './keys.ts';
import { isMisplaced } from './misplaced.ts';
import type { QueueTally } from './queue-tally.ts';

/** So many at a time are read from Redis. */
const chunk = 100;

// As long as it is dead nobody else changes it.
const renewScript = `
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  redis.call('HSET', KEYS[2], 'data', ARGV[2], 'timestamp', ARGV[3])
end`;

// In one step, so that no two workers give up the same surplus twice.
const oldestScript = `
local over = redis.call('ZCARD', KEYS[1]) - ARGV[1] - ARGV[2]
if over <= 0 then return {} end
return redis.call('ZRANGE', KEYS[1], ARGV[2], ARGV[2] + math.min(over, ARGV[3]) - 1)`;

/** Dead letters, which do not take all the memory that Redis has. */
export interface BoundedLetters extends DeadLetters {
  /** After a death: gives up the oldest beyond so many, some at a time. Never rejects. */
  readonly bound: (most: number) => Promise<void>;
}

interface Buried {
  readonly job: Job<JobData>;
  readonly record: UsageRecord;
}

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
): BoundedLetters => {
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
  const each = async function* (): AsyncGenerator<Buried> {
    // All ids first: pages of the set would shift while somebody replays what is listed.
    const ids = await client.zrange(keys.failed, '0', '-1');
    for (let i = 0; i < ids.length; i += chunk) {
      yield* await found(ids.slice(i, i + chunk));
    }
  };

  const found = async (ids: readonly string[]): Promise<readonly Buried[]> => {
    const jobs = await Promise.all(
      ids.map((id) => open().getJob(id) as Promise<Job<JobData> | undefined>),
    );
    return jobs.flatMap((job) => {
      const record = job && readJob(job)?.record;
      return job === undefined || record === undefined ? [] : [{ job, record }];
    });
  };

  /** Its age counts from now. */
  const renew = async (job: Job<JobData>): Promise<void> => {
    const id = job.id ?? '';
    const at = Date.now();
    const data = JSON.stringify({ ...job.data, at });
    await client.eval(renewScript, 2, keys.failed, keys.job + id, id, data, at);
  };

  /** @returns whether it was there: another may have been faster. */
  const giveUp = async ({ job, record }: Buried, reason: DropReason): Promise<boolean> => {
    if ((await client.zrem(keys.failed, job.id ?? '')) === 0) return false;
    await job.remove();
    await tally.leave('dead', record, reason);
    return true;
  };

  const giveUpOldest = async (most: number): Promise<void> => {
    // Jobs that are none of ours are passed over.
    for (let from = 0; ;) {
      const answer = await client.eval(oldestScript, 1, keys.failed, most, from, chunk);
      const ids = answer as readonly string[];
      const oldest = await found(ids);
      for (const one of oldest) await giveUp(one, 'overflow');
      // What is left is for the next death, not for who settles this one.
      if (oldest.length > 0 || ids.length === 0) return;
      from += chunk;
    }
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
        await renew(job);
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
      for await (const one of chosen(ids)) if (await giveUp(one, 'discarded')) count += 1;
      return count;
    },
    bound: (most) => giveUpOldest(most).catch(() => {}),
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
