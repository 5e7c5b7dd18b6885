import type { Clock } from '../clock.ts';
import { probeDelay } from './backoff.ts';

/** A source that fails is left alone for longer and longer. */
export interface Troubles {
  readonly failed: () => void;
  readonly worked: () => void;
  /** Whether it failed the last time. */
  readonly any: () => boolean;
  /** Until when it is left alone, on the clock that never jumps. */
  readonly until: () => number;
}

export const createTroubles = (clock: Clock): Troubles => {
  let inARow = 0;
  let until = 0;
  return {
    failed: () => {
      const now = clock.monotonic();
      // Many that fail at once are one failure.
      if (now < until) return;
      until = now + probeDelay(inARow, clock.random());
      inARow += 1;
    },
    worked: () => {
      inARow = 0;
    },
    any: () => inARow > 0,
    until: () => until,
  };
};
