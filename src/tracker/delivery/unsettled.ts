import type { Settlement, Taken } from '../outbox.ts';
import type { PumpEvent } from './pump.ts';

/** More are not remembered, the oldest go first: those are sent again. */
const most = 10_000;

/** What is told of a settled record, beside what became of it. */
export type Told = Omit<Extract<PumpEvent, { is: 'settled' }>, 'is' | 'taken' | 'settlement'>;

/** How a record ended. */
export type Ending = readonly [settlement: Settlement, told: Told];

/**
 * How records ended of which their source does not know so yet. When it gives one again, since it could
 * not be told, that is said once more, and nothing is sent twice.
 */
export interface Unsettled {
  readonly remember: (taken: Taken, ending: Ending) => void;
  /** Forgets how this record ended. @returns it, if it is known */
  readonly recall: (taken: Taken) => Ending | undefined;
}

/** A dead letter that is replayed is to be sent: its time is another. */
const keyOf = ({ record: { id, at } }: Taken): string => `${at} ${id}`;

export const createUnsettled = (): Unsettled => {
  const endings = new Map<string, Ending>();
  return {
    remember: (taken, ending) => {
      // It was to be given again.
      if (ending[0].to === 'retry') return;
      endings.set(keyOf(taken), ending);
      if (endings.size > most) endings.delete(endings.keys().next().value as string);
    },
    recall: (taken) => {
      const key = keyOf(taken);
      const ending = endings.get(key);
      endings.delete(key);
      return ending;
    },
  };
};
