import type { Clock } from './clock.ts';
import type { FlushResult } from './options.ts';

/** One flush, from its call to its result. */
export interface Flush {
  /** Resolves when it has all it waited for, or the time is over, or there is no use in waiting. */
  readonly wait: (ms: number) => Promise<void>;
  /** Ends it. */
  readonly result: () => FlushResult;
}

/** Keeps the records that were pending when a flush began apart from those that came later. */
export interface Flushes {
  readonly start: () => Flush;
  /** A record is pending from now on. */
  readonly begun: (id: string) => void;
  /** A pending record has another id from now on, or is nothing any more. */
  readonly renamed: (from: string, to: string | undefined) => void;
  /** It is about to be settled: it may be pending no more before that is told. */
  readonly ending: (id: string) => void;
  readonly ended: (id: string, how: 'sent' | 'dropped' | 'dead') => void;
  /** Something has changed that a flush may wait for. */
  readonly check: () => void;
}

export interface FlushesOptions {
  readonly clock: Clock;
  /** How many records are pending, whoever came when. */
  readonly pending: () => number;
  /** For how long surely nothing gets through, in milliseconds. */
  readonly blockedMs: () => number;
  readonly failures: () => readonly string[];
}

interface Active {
  /** Pending ones that are not of its concern. */
  readonly later: Set<string>;
  /** Those of them that are about to be settled. */
  readonly ending: Set<string>;
  readonly counts: { sent: number; dropped: number; dead: number };
  until: number;
  done: () => void;
}

export const createFlushes = (options: FlushesOptions): Flushes => {
  const { clock, pending, blockedMs, failures } = options;
  const active = new Set<Active>();

  const leftOf = ({ later }: Active): number => Math.max(0, pending() - later.size);

  const checkOne = (one: Active): void => {
    if (leftOf(one) === 0 || clock.monotonic() + blockedMs() > one.until) one.done();
  };
  const check = (): void => active.forEach(checkOne);

  return {
    start: () => {
      const one: Active = {
        later: new Set(),
        ending: new Set(),
        counts: { sent: 0, dropped: 0, dead: 0 },
        until: Infinity,
        done: () => {},
      };
      active.add(one);
      return {
        wait: (ms) =>
          new Promise((resolve) => {
            const cancel = clock.after(ms, () => one.done(), true);
            one.until = clock.monotonic() + ms;
            one.done = () => {
              cancel();
              resolve();
            };
            checkOne(one);
          }),
        result: () => {
          active.delete(one);
          const left = leftOf(one);
          const why = left === 0 ? [] : failures();
          return {
            ...one.counts,
            pending: left,
            complete: left === 0,
            failures: left > 0 && why.length === 0 ? ['timeout'] : why,
          };
        },
      };
    },
    begun: (id) => {
      for (const { later } of active) later.add(id);
    },
    renamed: (from, to) => {
      for (const { later } of active) if (later.delete(from) && to !== undefined) later.add(to);
      check();
    },
    ending: (id) => {
      for (const { later, ending } of active) if (later.delete(id)) ending.add(id);
    },
    ended: (id, how) => {
      for (const { later, ending, counts } of active) {
        if (!later.delete(id) && !ending.delete(id)) counts[how] += 1;
      }
      check();
    },
    check,
  };
};
