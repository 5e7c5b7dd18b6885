import type { Clock } from '../clock.ts';
import { createDueQueue } from '../due-queue.ts';
import type { Settlement, Taken } from '../outbox.ts';
import type { UsageRecord } from '../record.ts';
import { bury } from './dead-letters.ts';
import type { Db } from './db.ts';
import type { Holdings } from './holdings.ts';
import { rangeOf, recordsOf, seqOf } from './keys.ts';
import { takeOut } from './ranges.ts';
import { addTo } from './state.ts';
import type { Transactions, Txn } from './transactions.ts';
import { decodeRecord, readHead } from './value.ts';

/** A record that was put back. Only what the store does not know of it is held in memory. */
interface Waiting {
  readonly key: Buffer;
  readonly attempts: number;
  readonly triedAt: number | undefined;
}

/** Takes the records of this owner and settles them. */
export interface Taking {
  readonly take: (limit: number) => readonly Taken[];
  readonly settle: (taken: Taken, settlement: Settlement) => Promise<void>;
  /** When the first record that was put back is due, by the monotonic clock. */
  readonly nextAt: () => number | undefined;
  /** Forgets what waits: it is another's now. */
  readonly lose: () => void;
}

interface Found {
  readonly key: Buffer;
  readonly record: UsageRecord;
}

export interface TakingOptions {
  readonly db: Db;
  readonly held: Holdings;
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly maxDead: number;
  /** A record was found that a newer version of this package wrote. It is left alone. */
  readonly onNewer: () => void;
}

type Final = Exclude<Settlement, { readonly to: 'retry' }>;

export const createTaking = (options: TakingOptions): Taking => {
  const { db, held, transactions, clock } = options;
  const due = createDueQueue<Waiting>();
  /** From where on each range is unread. */
  const cursors = new Map<string, number>();
  /** Ranges of others that are read to their end: nobody adds to them any more. */
  const finished = new Set<string>();
  const keys = new Map<Taken, Buffer>();

  /** The next records that were not taken before, oldest first. */
  const peek = (limit: number): readonly Found[] => {
    const found: Found[] = [];
    const { ranges } = transactions.lease();
    for (const [index, { id }] of ranges.entries()) {
      if (found.length >= limit) break;
      if (finished.has(id)) continue;
      // Of what is being written this moment nobody was told yet.
      const below = index === ranges.length - 1 ? held.keptBelow() : undefined;
      const span = recordsOf(id, cursors.get(id) ?? 0, below);
      let isFinished = below === undefined;
      // Without a limit: what cannot be read must not hide what is behind it.
      for (const { key, value } of db.getRange(span)) {
        const record = decodeRecord(value);
        if (record === undefined) {
          options.onNewer();
          continue;
        }
        isFinished = false;
        found.push({ key: Buffer.from(key), record });
        if (found.length >= limit) break;
      }
      if (isFinished) finished.add(id);
    }
    return found;
  };

  const hand = (found: Found, waited?: Waiting): Taken => {
    const taken = {
      record: found.record,
      attempts: waited?.attempts ?? 0,
      triedAt: waited?.triedAt,
    };
    keys.set(taken, found.key);
    return taken;
  };

  const takeDue = (now: number): Taken | undefined => {
    const waiting = due.popDue(now);
    const value = waiting && db.getBinary(waiting.key);
    // It may have been dropped by hand meanwhile.
    const record = value && decodeRecord(value);
    return record && hand({ key: waiting.key, record }, waiting);
  };

  const putBack = (key: Buffer, waiting: Omit<Waiting, 'key'>, at: number): void => {
    const range = rangeOf(key);
    if (!transactions.lease().ranges.some(({ id }) => id === range)) return;
    // The wall clock says how long, the other one when: a jump must not make it longer.
    due.push(clock.monotonic() + Math.max(0, at - clock.now()), { key, ...waiting });
  };

  const settleIn = (txn: Txn, key: Buffer, id: string, settlement: Final): void => {
    const value = txn.db.getBinary(key);
    const head = value && readHead(value);
    // It was dropped by hand, or settled by who took over.
    if (head?.id !== id || value === undefined) return;
    takeOut(txn, key, id);
    if (settlement.to === 'dead') {
      bury(txn, { id, value, ...settlement, at: clock.now() }, options.maxDead);
    } else if (settlement.to === 'sent') addTo(txn.meta.counts, 'sent', 1, head.calls);
    else addTo(txn.meta.counts, settlement.reason, 1, head.calls);
  };

  return {
    take: (limit) => {
      if (!transactions.isOwner()) return [];
      const now = clock.monotonic();
      const ahead = clock.now() - now;
      const fresh = peek(limit);
      const out: Taken[] = [];
      for (let read = 0; out.length < limit;) {
        const next = fresh[read];
        const at = due.nextAt();
        if (at !== undefined && at <= now && (next === undefined || at + ahead < next.record.at)) {
          const taken = takeDue(now);
          if (taken) out.push(taken);
        } else if (next !== undefined) {
          read += 1;
          cursors.set(rangeOf(next.key), seqOf(next.key) + 1);
          out.push(hand(next));
        } else break;
      }
      return out;
    },
    settle: async (taken, settlement) => {
      const key = keys.get(taken);
      if (key === undefined) return;
      keys.delete(taken);
      const { record, attempts, triedAt } = taken;
      if (settlement.to === 'retry') {
        const { at, counts } = settlement;
        return putBack(key, { attempts: attempts + (counts ? 1 : 0), triedAt: clock.now() }, at);
      }
      try {
        await transactions.change({
          weight: 1,
          make: (txn) => settleIn(txn, key, record.id, settlement),
          done: () => held.ids.remove(record.id, held.placeOf(key)),
        });
      } catch (error) {
        putBack(key, { attempts, triedAt }, clock.now());
        throw error;
      }
    },
    nextAt: due.nextAt,
    lose: () => {
      cursors.clear();
      finished.clear();
      while (due.popDue(Infinity));
    },
  };
};
