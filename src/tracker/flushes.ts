import type { Clock } from './clock.ts';
import type { FlushResult } from './options.ts';

/** One flush, from its call to its result. */
export interface Flush {
  /** Resolves when it has all it waited for, or the time is over, or there is no use in waiting. */
  readonly wait: (ms: number) => Promise<void>;
  /** Ends it. */
  readonly result: () => FlushResult;
}

/**
 * Keeps the records that were pending when a flush began apart from those that came later. What is told
 * of one record costs the same however many flushes there are.
 */
export interface Flushes {
  readonly start: () => Flush;
  /** A record is pending from now on. */
  readonly begun: (id: string) => void;
  /** A pending record has another id from now on, or is nothing any more. */
  readonly renamed: (from: string, to: string | undefined) => void;
  /** It is about to be settled: it may be pending no more before that is told. */
  readonly ending: (id: string) => void;
  readonly ended: (id: string, how: How) => void;
  /** Something has changed that a flush may wait for. */
  readonly check: () => void;
}

export interface FlushesOptions {
  readonly clock: Clock;
  /** How many records are pending, whoever came when. */
  readonly pending: () => number;
  /** For how long surely nothing gets through, in milliseconds. */
  readonly blockedMs: () => number;
  /** Why something is still pending. */
  readonly failures: () => readonly string[];
}

type How = 'sent' | 'dropped' | 'dead';
type Counts = Record<How, number>;

interface Active {
  /** Of the records that began after this flush and before the next: how many are pending. */
  pending: number;
  /** What became of the others of them. */
  readonly ended: Counts;
  /** What had become of all records when it began. */
  readonly before: Counts;
  until: number;
  done: () => void;
  isOver: boolean;
  /** When it is over: whose records are those that were after this one. */
  older: Active | undefined;
}

const noCounts = (): Counts => ({ sent: 0, dropped: 0, dead: 0 });

const add = (to: Counts, counts: Counts, sign: 1 | -1): void => {
  to.sent += sign * counts.sent;
  to.dropped += sign * counts.dropped;
  to.dead += sign * counts.dead;
};

/** The last flush that is not over of those before a record. */
const lastBefore = (flush: Active | undefined): Active | undefined => {
  let at = flush;
  while (at?.isOver === true) {
    // Each look shortens the way of the next.
    if (at.older?.isOver === true) at.older = at.older.older;
    at = at.older;
  }
  return at;
};

export const createFlushes = (options: FlushesOptions): Flushes => {
  const { clock, pending, blockedMs, failures } = options;
  /** Oldest first. */
  const active: Active[] = [];
  /** The flush that a record came after: pending ones, and those about to be settled. */
  const later = new Map<string, Active>();
  const ending = new Map<string, Active>();
  /** How many pending records came after the oldest flush. */
  let laterThanFirst = 0;
  const all = noCounts();

  const count = (flush: Active | undefined, records: 1 | -1): void => {
    if (flush === undefined) return;
    flush.pending += records;
    laterThanFirst += records;
  };

  /** No flush has more left than one that began later. */
  const checkFirst = (): void => {
    let left = pending() - laterThanFirst;
    for (const one of active) {
      if (left > 0) return;
      one.done();
      left += one.pending;
    }
  };
  const check = (): void => {
    if (active.length === 0) return;
    checkFirst();
    const ms = blockedMs();
    if (ms <= 0) return;
    const until = clock.monotonic() + ms;
    for (const one of active) if (until > one.until) one.done();
  };

  /** How many records are left to a flush, and what became of the others of its records. */
  const outcome = (flush: Active): { readonly left: number; readonly counts: Counts } => {
    let left = pending();
    const counts = { ...all };
    add(counts, flush.before, -1);
    for (const one of active.slice(active.indexOf(flush))) {
      left -= one.pending;
      add(counts, one.ended, -1);
    }
    return { left: Math.max(0, left), counts };
  };

  const end = (flush: Active): void => {
    const index = active.indexOf(flush);
    const older = active[index - 1];
    active.splice(index, 1);
    flush.isOver = true;
    flush.older = older;
    if (older === undefined) laterThanFirst -= flush.pending;
    else {
      older.pending += flush.pending;
      add(older.ended, flush.ended, 1);
    }
    if (active.length > 0) return;
    later.clear();
    ending.clear();
  };

  return {
    start: () => {
      const one: Active = {
        pending: 0,
        ended: noCounts(),
        before: { ...all },
        until: Infinity,
        done: () => {},
        isOver: false,
        older: undefined,
      };
      active.push(one);
      return {
        wait: (ms) =>
          new Promise((resolve) => {
            const cancel = clock.after(ms, () => one.done(), true);
            one.until = clock.monotonic() + ms;
            one.done = () => {
              one.done = () => {};
              cancel();
              resolve();
            };
            check();
          }),
        result: () => {
          const { left, counts } = outcome(one);
          end(one);
          const complete = left === 0;
          return { ...counts, pending: left, complete, failures: complete ? [] : failures() };
        },
      };
    },
    begun: (id) => {
      const last = active.at(-1);
      if (last === undefined) return;
      later.set(id, last);
      count(last, 1);
    },
    renamed: (from, to) => {
      const flush = later.get(from);
      if (flush === undefined) return check();
      later.delete(from);
      if (to !== undefined) later.set(to, flush);
      else count(lastBefore(flush), -1);
      check();
    },
    ending: (id) => {
      const flush = later.get(id);
      if (flush === undefined) return;
      later.delete(id);
      ending.set(id, flush);
      count(lastBefore(flush), -1);
    },
    ended: (id, how) => {
      all[how] += 1;
      if (active.length === 0) return;
      const waiting = later.get(id);
      const flush = lastBefore(waiting ?? ending.get(id));
      if (waiting !== undefined) {
        later.delete(id);
        count(flush, -1);
      } else ending.delete(id);
      if (flush !== undefined) flush.ended[how] += 1;
      checkFirst();
    },
    check,
  };
};
