/** First in, first out, at a cost that does not grow with what is in it. */
export interface Queue<T> {
  readonly push: (item: T) => void;
  /** Up to so many from the front. */
  readonly take: (limit: number) => T[];
  /** The first one, without taking it. */
  readonly peek: () => T | undefined;
  /** Puts what was taken to the front again. */
  readonly putBack: (items: readonly T[]) => void;
  readonly size: () => number;
  readonly values: () => readonly T[];
}

export const createQueue = <T>(): Queue<T> => {
  let items: T[] = [];
  let first = 0;

  const values = (): T[] => items.slice(first);

  return {
    push: (item) => void items.push(item),
    take: (limit) => {
      const taken = items.slice(first, first + limit);
      first += taken.length;
      // Let go of now and then, since moving what is left costs time.
      if (first > 1_000 && first > items.length / 2) {
        items = values();
        first = 0;
      }
      return taken;
    },
    peek: () => items[first],
    putBack: (taken) => {
      items = [...taken, ...values()];
      first = 0;
    },
    size: () => items.length - first,
    values,
  };
};
