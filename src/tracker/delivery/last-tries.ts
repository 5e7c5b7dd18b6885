import type { Taken } from '../outbox.ts';
import type { Verdict } from './verdict.ts';

/** More are not remembered, the oldest go first. */
const most = 10_000;

/**
 * Tells a record that the API does not want from an API that wants none: how the last attempts of this
 * process ended.
 */
export interface LastTries {
  /**
   * Whether a record that is refused now is the one at fault: it was refused before, and another was
   * taken since. A key that was revoked meanwhile must not cost a record that had failed otherwise.
   */
  readonly isAtFault: (taken: Taken) => boolean;
  /** How an attempt ended, at this time (milliseconds since 1970). */
  readonly note: (taken: Taken, verdict: Verdict, now: number) => void;
}

export const createLastTries = (): LastTries => {
  const last = new Map<string, { readonly refused: boolean; readonly successes: number }>();
  let successes = 0;
  let lastSuccessAt = -Infinity;

  return {
    isAtFault: ({ record, attempts, triedAt = Infinity }) => {
      const known = last.get(record.id);
      if (known !== undefined) return known.refused && known.successes < successes;
      // Another process tried it, or this one long ago.
      return attempts > 0 && lastSuccessAt > triedAt;
    },
    note: ({ record: { id } }, verdict, now) => {
      if (verdict.is === 'done') {
        successes += 1;
        lastSuccessAt = now;
      }
      // It was not tried.
      if (verdict.is === 'wait') return;
      if (last.size > 0) last.delete(id);
      if (verdict.is === 'done') return;
      last.set(id, { refused: verdict.is === 'refused', successes });
      if (last.size > most) for (const oldest of last.keys()) return void last.delete(oldest);
    },
  };
};
