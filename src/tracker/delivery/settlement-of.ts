import type { Settlement, Taken } from '../outbox.ts';
import { recordDelay } from './backoff.ts';
import type { Verdict } from './verdict.ts';

/** With the retry budget spent, a record waits as if it had failed so many times more. */
const later = 5;

export interface Circumstances {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Between 0 and 1. */
  readonly random: number;
  /** How long the lane rests. */
  readonly restMs: number;
  /** Whether the record is the one at fault when it is refused. */
  readonly isAtFault: boolean;
  /** Whether more is failing than may be tried again soon. */
  readonly isSpent: boolean;
}

/** What becomes of a record after an attempt. */
export const settlementOf = (
  { attempts }: Taken,
  verdict: Verdict,
  { now, random, restMs, isAtFault, isSpent }: Circumstances,
): Settlement => {
  const putBack = (ms: number, counts: boolean): Settlement => ({
    to: 'retry',
    at: Math.ceil(now + ms),
    counts,
  });
  switch (verdict.is) {
    case 'done':
      return { to: 'sent' };
    case 'wait':
      return putBack(restMs, false);
    case 'refused':
      if (isAtFault) return { to: 'dead', reason: verdict.reason };
      return putBack(recordDelay(attempts, random), true);
    case 'hold':
      return putBack(recordDelay(attempts, random), true);
    case 'retry':
      return putBack(recordDelay(isSpent ? attempts + later : attempts, random), true);
  }
};
