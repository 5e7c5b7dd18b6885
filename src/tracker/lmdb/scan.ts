import type { Clock } from '../clock.ts';
import { inTime } from '../in-time.ts';
import type { Db } from './db.ts';
import type { Holdings } from './holdings.ts';
import { recordsOf, seqOf } from './keys.ts';
import { takeOut } from './ranges.ts';
import { addTo, type Range } from './state.ts';
import type { Transactions } from './transactions.ts';
import { readHead } from './value.ts';

/** Reads the ids of what was taken over, in portions, so that nothing of it is kept twice. */
export interface Scan {
  readonly add: (ranges: readonly Range[]) => void;
  /**
   * Resolves when all of it is read, or a short while after it was taken over: millions take minutes,
   * in which memory must not fill up. What is put twice in them is found when the other is read.
   */
  readonly ready: () => Promise<unknown>;
}

const readyMs = 100;
/** How many are read at a time: all of it runs on the event loop. */
const page = 200;

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

export const createScan = (
  db: Db,
  held: Holdings,
  transactions: Transactions,
  clock: Clock,
): Scan => {
  /** Whether this process has another record of the same id. */
  const isTwice = (id: string, key: Buffer): boolean =>
    held.ids.placesOf(id).some((place) => {
      const other = held.keyOf(place);
      const value = other.equals(key) ? undefined : db.getBinary(other);
      return value !== undefined && readHead(value)?.id === id;
    });

  const removeTwin = (key: Buffer): Promise<void> =>
    transactions.change({
      weight: 1,
      make: (txn) => {
        const value = txn.db.getBinary(key);
        const head = value && readHead(value);
        if (head === undefined) return;
        takeOut(txn, key, head.id);
        addTo(txn.meta.counts, 'given', -1, -head.calls);
      },
    });

  const read = async (range: string): Promise<void> => {
    for (let from = 0; ;) {
      const twins: Buffer[] = [];
      let count = 0;
      for (const { key, value } of db.getRange({ ...recordsOf(range, from), limit: page })) {
        const id = readHead(value)?.id;
        count += 1;
        from = seqOf(key) + 1;
        if (id === undefined) continue;
        const copy = Buffer.from(key);
        if (isTwice(id, copy)) twins.push(copy);
        else held.ids.add(id, held.placeOf(copy));
      }
      for (const key of twins) await removeTwin(key);
      if (count < page) return;
      await turn();
    }
  };

  /** Until what was taken over last was read. */
  let last: Promise<void> | undefined;
  let ready: Promise<unknown> = Promise.resolve();

  const readAll = async (
    before: Promise<void> | undefined,
    ranges: readonly Range[],
  ): Promise<void> => {
    await before;
    // A store that cannot be read is told of by what needs it.
    for (const { id } of ranges) await read(id).catch(() => undefined);
  };

  return {
    add: (ranges) => {
      if (ranges.length === 0) return;
      last = readAll(last, ranges);
      ready = inTime(clock, readyMs, last);
    },
    ready: () => ready,
  };
};
