import type { Clock } from '../clock.ts';
import type { Db } from './db.ts';
import { adopt, endLease, readLeases } from './ranges.ts';
import type { Range } from './state.ts';
import { readLease, type Transactions } from './transactions.ts';

export interface OwnersOptions {
  readonly db: Db;
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly mayAdopt: boolean;
  /** What was another's is ours. */
  readonly onAdopted: (ranges: readonly Range[]) => void;
  /** What another has left is of a newer version of this package. */
  readonly onNewer: () => void;
}

/**
 * Keeps our lease going, and watches those of others. Whose beat has not changed for as long as a
 * lease lasts, by our own monotonic clock, is dead: no process ids, no wall clock, so that neither
 * containers nor jumps of the time can deceive us.
 *
 * @returns ends it
 */
export const watchOwners = (options: OwnersOptions): (() => void) => {
  const { db, transactions, clock, leaseMs, mayAdopt, onAdopted, onNewer } = options;
  const every = leaseMs / 4;
  const seen = new Map<string, { readonly beat: number; readonly since: number }>();
  let lastBeat = -1;
  let lastTick = clock.monotonic();
  let isOver = false;
  let cancel = (): void => {};

  const findDead = (now: number): readonly (readonly [owner: string, beat: number])[] => {
    // We were stopped, or could not write: so may they have been, all of them.
    if (now - lastTick > 2 * every) seen.clear();
    const all = readLeases(db).filter(([owner]) => owner !== transactions.owner());
    for (const owner of seen.keys()) {
      if (!all.some(([other]) => other === owner)) seen.delete(owner);
    }
    const dead: (readonly [string, number])[] = [];
    for (const [owner, { beat }] of all) {
      const before = seen.get(owner);
      if (before?.beat !== beat) seen.set(owner, { beat, since: now });
      else if (now - before.since >= leaseMs) dead.push([owner, beat]);
    }
    return dead;
  };

  const tick = async (): Promise<void> => {
    transactions.refresh();
    const now = clock.monotonic();
    const dead = mayAdopt ? findDead(now) : [];
    const { beat } = transactions.lease();
    const isOrphaned = mayAdopt && transactions.meta().orphans.length > 0;
    if (dead.length > 0 || isOrphaned || beat === lastBeat || !transactions.isOwner()) {
      const adopted = await transactions.change({
        weight: 1,
        make: (txn) => {
          for (const [owner, its] of dead) {
            const lease = readLease(db, owner);
            if (lease?.beat === its) endLease(txn, owner, lease);
          }
          return mayAdopt ? adopt(txn, onNewer) : [];
        },
      });
      if (adopted.length > 0) onAdopted(adopted);
    }
    lastBeat = transactions.lease().beat;
    lastTick = now;
  };

  const beat = async (): Promise<void> => {
    try {
      await tick();
    } catch {
      // What cannot be written now is tried again with the next beat.
    }
    if (!isOver) next();
  };
  const next = (): void => {
    cancel = clock.after(every, () => void beat());
  };
  next();

  return () => {
    isOver = true;
    cancel();
  };
};
