import { OutboxError } from '../../http/errors.ts';
import type { Clock } from '../clock.ts';
import type { Db } from './db.ts';
import { leaseKey, metaKey, newName } from './keys.ts';
import { type Lease, type Meta, newMeta } from './state.ts';

/** What a change may look at and change, besides the database. */
export interface Txn {
  readonly db: Db;
  readonly meta: Meta;
  readonly owner: string;
  readonly lease: Lease;
  /** Where this transaction saved windows that were not there before, by their ids. */
  readonly saved: Map<string, Buffer>;
  /** Set by the last change of all, which ends the lease. */
  isOver?: boolean;
}

/**
 * A change to the store. It may throw an `OutboxError` as long as it has changed nothing: then it alone
 * is rejected.
 */
export interface Change<T> {
  /** About how many records it writes. */
  readonly weight: number;
  readonly make: (txn: Txn) => T;
  /** Called when it is on the disk, before anything else happens. */
  readonly done?: ((result: T) => void) | undefined;
}

/** The one way in which the store is written: many changes in one transaction, one after the other. */
export interface Transactions {
  /** Resolves when the change is on the disk. @throws OutboxError */
  readonly change: <T>(change: Change<T>) => Promise<T>;
  /** As of the last transaction: of the whole store, and of this owner. */
  readonly meta: () => Meta;
  readonly lease: () => Lease;
  readonly owner: () => string;
  /** Whether the lease is still there, as far as anybody has said. */
  readonly isOwner: () => boolean;
  /** Reads again what others may have changed, when that cannot contradict what was told here. */
  readonly refresh: () => void;
  /** Resolves when nothing is under way, or after so many milliseconds. @returns whether it is so */
  readonly idle: (ms: number) => Promise<boolean>;
}

interface Job {
  readonly weight: number;
  /** @returns what tells of the success; throws what rejects it */
  readonly make: (txn: Txn) => () => void;
  readonly fail: (error: unknown) => void;
}

/** About how many records go into one transaction: it runs on the event loop. */
const mostWeight = 1_000;

/** How long a change waits for another process to let go of the store. */
const patienceMs = 10_000;

const newLease = (): Lease => ({
  beat: 0,
  ranges: [{ id: newName(), n: 0 }],
  windows: { id: newName(), n: 0 },
});

const asJson = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

export const readMeta = (db: Db): Meta => {
  const found = db.getBinary(metaKey);
  return found === undefined ? newMeta() : (JSON.parse(found.toString()) as Meta);
};

export const readLease = (db: Db, owner: string): Lease | undefined => {
  const found = db.getBinary(leaseKey(owner));
  return found && (JSON.parse(found.toString()) as Lease);
};

export const createTransactions = (
  db: Db,
  clock: Clock,
  /** Makes an error of this package of what lmdb throws. */
  explain: (error: unknown) => Promise<OutboxError>,
  /** All that was this process's own is another's. */
  onReborn: () => void,
): Transactions => {
  const queue: Job[] = [];
  const idleListeners = new Set<() => void>();
  let isRunning = false;
  let meta = newMeta();
  let lease = newLease();
  let owner = newName();
  /** Whether the store has, or had, a lease of ours. */
  let isKnown = false;

  const begin = (): Txn => {
    const found = readLease(db, owner);
    if (found === undefined && isKnown) {
      // Another process has taken this one for dead. It goes on as a new owner, with nothing.
      [owner, lease, isKnown] = [newName(), newLease(), false];
      onReborn();
    }
    return {
      db,
      meta: readMeta(db),
      owner,
      lease: found ?? structuredClone(lease),
      saved: new Map(),
    };
  };

  const write = ({ lease: { ranges, ...rest }, ...txn }: Txn): Lease => {
    const next = {
      ...rest,
      beat: rest.beat + 1,
      ranges: ranges.filter(({ n }, index) => n > 0 || index === ranges.length - 1),
    };
    if (txn.isOver !== true) db.put(leaseKey(txn.owner), asJson(next));
    db.put(metaKey, asJson(txn.meta));
    return next;
  };

  const nextJobs = (): Job[] => {
    let weight = 0;
    let count = 0;
    while (count < queue.length && (count === 0 || weight < mostWeight)) {
      weight += queue[count]?.weight ?? 0;
      count += 1;
    }
    return queue.splice(0, count);
  };

  const runOnce = async (): Promise<void> => {
    let jobs: readonly Job[] = [];
    const successes: (() => void)[] = [];
    // Whatever waits for the lock can still be taken back: the jobs are chosen when it is there.
    let cancel = (): void => {};
    const arm = (): void => {
      cancel = clock.after(patienceMs, () => {
        const error = new OutboxError('unusable', 'the outbox did not answer in time', {
          hint: 'is a process that shares it stopped, or its disk stuck?',
        });
        for (const job of queue.splice(0)) job.fail(error);
        arm();
      });
    };
    arm();
    let made: Txn;
    try {
      made = await db.childTransaction(() => {
        cancel();
        jobs = nextJobs();
        const txn = begin();
        for (const job of jobs) {
          try {
            successes.push(job.make(txn));
          } catch (error) {
            if (!(error instanceof OutboxError)) throw error;
            job.fail(error);
          }
        }
        return { ...txn, lease: write(txn) };
      });
    } catch (error) {
      cancel();
      const told = await explain(error);
      // What was not even begun would fail again.
      for (const job of jobs.length > 0 ? jobs : queue.splice(0)) job.fail(told);
      return;
    }
    ({ meta, lease, owner } = made);
    isKnown = true;
    for (const succeed of successes) succeed();
  };

  const run = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    // What is given in the same turn goes into the same transaction.
    await Promise.resolve();
    while (queue.length > 0) await runOnce();
    isRunning = false;
    for (const listener of idleListeners) listener();
  };

  return {
    change: ({ weight, make, done }) =>
      new Promise((resolve, reject) => {
        queue.push({
          weight,
          make: (txn) => {
            const result = make(txn);
            return () => {
              done?.(result);
              resolve(result);
            };
          },
          fail: reject,
        });
        void run();
      }),
    meta: () => meta,
    lease: () => lease,
    owner: () => owner,
    isOwner: () => isKnown && db.doesExist(leaseKey(owner)),
    refresh: () => {
      if (isRunning) return;
      const found = readLease(db, owner);
      // What adopted us has counted us already; the next change finds it out.
      if (found?.beat !== lease.beat) return;
      lease = found;
      meta = readMeta(db);
    },
    idle: (ms) =>
      new Promise((resolve) => {
        if (!isRunning) return resolve(true);
        const end = (isIdle: boolean): void => {
          idleListeners.delete(listener);
          cancel();
          resolve(isIdle);
        };
        const listener = (): void => end(true);
        idleListeners.add(listener);
        const cancel = clock.after(ms, () => end(false), true);
      }),
  };
};
