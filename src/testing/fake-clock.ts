import type { Clock } from '../tracker/clock.ts';

/** A clock that stands still until it is told otherwise. */
export interface FakeClock extends Clock {
  /**
   * Moves both clocks on, and calls what is due on the way, in order. What these calls start in turn
   * is done when this resolves, if it needs no real time and no chain of more than 20 promises: for
   * more, `advance(0)` goes on with it.
   */
  readonly advance: (ms: number) => Promise<void>;
  /** Sets the wall clock on or back, as an administrator or NTP would: no timer notices. */
  readonly jump: (ms: number) => void;
  /** How many calls are waiting for their time. */
  readonly waiting: () => number;
}

/** Enough turns for the chains of promises between a timer and what it leads to. */
const turns = 20;

const settle = async (): Promise<void> => {
  for (let i = 0; i < turns; i += 1) await Promise.resolve();
};

/**
 * A clock for tests, of a tracker or of anything else that takes a `Clock`.
 *
 * @param options.now where the wall clock begins, in milliseconds since 1970. Default 2024-01-01.
 * @param options.random what chance is made of. Default: always ½.
 */
export const fakeClock = ({
  now = Date.UTC(2024, 0, 1),
  random = () => 0.5,
}: { readonly now?: number; readonly random?: () => number } = {}): FakeClock => {
  let monotonic = 0;
  let ahead = now;
  const waiting = new Set<{ readonly at: number; readonly call: () => void }>();

  const next = (until: number) => {
    let first: { readonly at: number; readonly call: () => void } | undefined;
    for (const one of waiting) {
      if (one.at <= until && (first === undefined || one.at < first.at)) first = one;
    }
    return first;
  };

  return {
    now: () => ahead + monotonic,
    monotonic: () => monotonic,
    random,
    after: (ms, call) => {
      const one = { at: monotonic + Math.max(0, ms), call };
      waiting.add(one);
      return () => void waiting.delete(one);
    },
    advance: async (ms) => {
      const until = monotonic + ms;
      await settle();
      for (let due; (due = next(until)) !== undefined;) {
        monotonic = Math.max(monotonic, due.at);
        waiting.delete(due);
        due.call();
        await settle();
      }
      monotonic = until;
      await settle();
    },
    jump: (ms) => {
      ahead += ms;
    },
    waiting: () => waiting.size,
  };
};
