import type { Taken } from '../outbox.ts';
import type { Verdict } from './verdict.ts';

/**
 * More are not remembered, the oldest go first: as many as memory holds by default, so that each is known
 * when its turn comes again.
 */
const most = 100_000;

/**
 * Tells a record that the API does not want from an API that wants none: how the last attempts of this
 * process ended. What others came to with a record is not known here.
 */
export interface LastTries {
  /**
   * Whether a record that is refused now is the one at fault: it was refused before, and another was
   * taken since. A key that was revoked meanwhile must not cost a record that had failed otherwise.
   */
  readonly isAtFault: (taken: Taken) => boolean;
  /** How an attempt ended. */
  readonly note: (taken: Taken, verdict: Verdict) => void;
}

export const createLastTries = (): LastTries => {
  /** Those that were refused the last time, with how many others had been taken by then. */
  const refused = new Map<string, number>();
  let successes = 0;

  return {
    isAtFault: ({ record }) => (refused.get(record.id) ?? Infinity) < successes,
    note: ({ record: { id } }, verdict) => {
      if (verdict.is === 'done') successes += 1;
      // It was not tried.
      if (verdict.is === 'wait') return;
      if (refused.size > 0) refused.delete(id);
      if (verdict.is !== 'refused') return;
      refused.set(id, successes);
      if (refused.size > most) refused.delete(refused.keys().next().value as string);
    },
  };
};
