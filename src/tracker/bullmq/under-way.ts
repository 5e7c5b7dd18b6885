import { type Job, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Settlement, Taken } from '../outbox.ts';
import { type JobData, jobId, readJob } from './job.ts';
import type { QueueKeys } from './keys.ts';
import { isMissing } from './misplaced.ts';

interface Locked {
  readonly job: Job<JobData>;
  readonly token: string;
}

export interface WorkOptions {
  readonly takeOverMs: number;
  readonly limiter?: { readonly max: number; readonly duration: number } | undefined;
}

/**
 * The jobs that this process has in hand, by way of BullMQ's worker. The worker runs no processor:
 * jobs are fetched when there is room to send them, so that what waits for the API waits in Redis,
 * where all can take it.
 */
export interface UnderWay {
  /** Up to so many that can be had now. Redis must have answered before. */
  readonly fetch: (limit: number) => Promise<readonly Taken[]>;
  /** Waits for one, for some seconds. Rejects when Redis is away. */
  readonly wait: () => Promise<Taken | undefined>;
  /**
   * @returns whether it was in our hands, and is not any more; not of what another has taken over and
   *   settled, which has counted it.
   */
  readonly settle: (taken: Taken, settlement: Settlement) => Promise<boolean>;
  readonly close: () => Promise<void>;
}

export const createUnderWay = (
  client: Redis,
  keys: QueueKeys,
  { takeOverMs, limiter }: WorkOptions,
): UnderWay => {
  const locked = new Map<string, Locked>();
  /** What may still bring a job. */
  const asking = new Set<Promise<unknown>>();
  let tokens = 0;
  let worker: Worker<JobData> | undefined;
  let losses = 0;
  client.on('close', () => (losses += 1));

  /**
   * Not before Redis has answered: when a connection is given up while it opens, version 5 of BullMQ
   * rejects where nobody can catch it.
   */
  const open = (): Worker<JobData> => {
    if (worker !== undefined) return worker;
    worker = new Worker<JobData>(keys.queue, null, {
      connection: client,
      prefix: keys.prefix,
      lockDuration: takeOverMs,
      stalledInterval: takeOverMs,
      // However often workers die on it: that is none of the record's fault.
      maxStalledCount: 1_000_000_000,
      ...(limiter && { limiter }),
    });
    worker.on('error', () => {});
    worker.startStalledCheckTimer().catch(() => {});
    return worker;
  };

  // Rejects when Redis is away, or the lock lost: settling tells.
  const renew = ({ job, token }: Locked): void =>
    void job.extendLock(token, takeOverMs).catch(() => {});
  const renewal = setInterval(() => locked.forEach(renew), takeOverMs / 3);

  const next = async (block: boolean): Promise<Taken | undefined> => {
    const fetcher = open();
    const token = `${fetcher.id}:${(tokens += 1)}`;
    const job = (await fetcher.getNextJob(token, { block })) as Job<JobData> | undefined;
    if (job === undefined) return undefined;
    const taken = readJob(job);
    if (taken !== undefined) {
      locked.set(jobId(taken.record.id), { job, token });
      return taken;
    }
    await job.moveToFailed(new UnrecoverableError('not a usage record of this version'), token);
    return next(block);
  };

  const ask = async (block: boolean): Promise<Taken | undefined> => {
    const answer = next(block);
    asking.add(answer);
    try {
      return await answer;
    } finally {
      asking.delete(answer);
    }
  };

  const end = async ({ job, token }: Locked, taken: Taken, to: Settlement): Promise<void> => {
    switch (to.to) {
      case 'sent':
      case 'dropped':
        await job.moveToCompleted(undefined, token, false);
        return;
      case 'dead':
        await job.moveToFailed(new UnrecoverableError(to.reason), token, false);
        return;
      case 'retry':
        if (to.counts) {
          // In the job, so that whoever takes it next knows.
          const attempts = taken.attempts + 1;
          await job.updateData({ ...job.data, attempts, triedAt: Date.now() });
        }
        await job.moveToDelayed(to.at, token);
    }
  };

  const giveBack = ({ job, token }: Locked): Promise<void> =>
    job.moveToDelayed(Date.now(), token).catch(() => {});

  return {
    fetch: async (limit) => {
      const all: Taken[] = [];
      // One, then two, then four: few are asked for in vain, and many take few turns.
      for (let step = 1; all.length < limit; step *= 2) {
        const count = Math.min(step, limit - all.length);
        const answers = await Promise.allSettled(Array.from({ length: count }, () => ask(false)));
        const came = answers.flatMap((answer) =>
          answer.status === 'fulfilled' && answer.value !== undefined ? [answer.value] : [],
        );
        all.push(...came);
        const failure = answers.find((answer) => answer.status === 'rejected');
        if (failure !== undefined && all.length === 0) throw failure.reason;
        if (came.length < count) break;
      }
      return all;
    },
    wait: () => ask(true),
    settle: async (taken, settlement) => {
      const id = jobId(taken.record.id);
      const mine = locked.get(id);
      if (mine === undefined) return false;
      // Not renewed any more: should the next step fail, others get it when the lock has run out.
      locked.delete(id);
      const before = losses;
      try {
        await end(mine, taken, settlement);
        return true;
      } catch (error) {
        if (!isMissing(error)) throw error;
        // A command that was sent again after the connection was lost had done it already.
        return losses > before;
      }
    },
    close: async () => {
      clearInterval(renewal);
      await worker?.waitUntilReady().catch(() => {});
      await worker?.close(true);
      await Promise.allSettled(asking);
      await Promise.all([...locked.values()].map(giveBack));
    },
  };
};
