import type { DeadLetter } from '../outbox.ts';

/** How much there is. */
export interface Load {
  records: number;
  bytes: number;
}

export const createLoad = (): Load => ({ records: 0, bytes: 0 });

export const weigh = (load: Load, records: 1 | -1, weight: number): void => {
  load.records += records;
  load.bytes += records * weight;
};

/** Dead letters by their ids, oldest first. */
export interface Graveyard {
  readonly load: Readonly<Load>;
  readonly has: (id: string) => boolean;
  readonly add: (letter: DeadLetter, weight: number) => void;
  readonly remove: (id: string) => DeadLetter | undefined;
  readonly oldest: () => string | undefined;
  readonly ids: () => readonly string[];
  /** May be read while letters come and go. */
  readonly list: () => AsyncIterable<DeadLetter>;
}

export const createGraveyard = (): Graveyard => {
  const letters = new Map<string, { readonly letter: DeadLetter; readonly weight: number }>();
  const load = createLoad();
  return {
    load,
    has: (id) => letters.has(id),
    add: (letter, weight) => {
      letters.set(letter.record.id, { letter, weight });
      weigh(load, 1, weight);
    },
    remove: (id) => {
      const found = letters.get(id);
      if (found === undefined) return undefined;
      letters.delete(id);
      weigh(load, -1, found.weight);
      return found.letter;
    },
    oldest: () => letters.keys().next().value,
    ids: () => [...letters.keys()],
    list: async function* () {
      for (const { letter } of letters.values()) yield letter;
    },
  };
};
