/** An item in a queue, to take it out again by. */
export interface DueEntry<T> {
  readonly at: number;
  readonly item: T;
}

/** Items in the order of their times; those of one time in the order of their coming. */
export interface DueQueue<T> {
  readonly push: (at: number, item: T) => DueEntry<T>;
  /** The first item whose time has come, if there is one. It is out of the queue then. */
  readonly popDue: (now: number) => T | undefined;
  /** When the first item is due. */
  readonly nextAt: () => number | undefined;
  /** Takes an item out. @returns whether it was still in */
  readonly remove: (entry: DueEntry<T>) => boolean;
  readonly size: () => number;
}

interface Slot<T> extends DueEntry<T> {
  readonly order: number;
  /** Where it is in the heap, -1 when it is out. */
  index: number;
}

const before = <T>(a: Slot<T>, b: Slot<T>): boolean =>
  a.at < b.at || (a.at === b.at && a.order < b.order);

/** A binary heap: all of it in logarithmic time, the first item's time at once. */
export const createDueQueue = <T>(): DueQueue<T> => {
  const heap: Slot<T>[] = [];
  let order = 0;

  const place = (slot: Slot<T>, index: number): void => {
    heap[index] = slot;
    slot.index = index;
  };

  /** Moves a slot from a free place up or down to where it belongs. */
  const settle = (slot: Slot<T>, free: number): void => {
    let index = free;
    for (let up; index > 0 && before(slot, (up = heap[(index - 1) >> 1] as Slot<T>));) {
      place(up, index);
      index = (index - 1) >> 1;
    }
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      const down = right !== undefined && before(right, left as Slot<T>) ? right : left;
      if (down === undefined || !before(down, slot)) break;
      const next = down.index;
      place(down, index);
      index = next;
    }
    place(slot, index);
  };

  const remove = (slot: Slot<T>): void => {
    const { index } = slot;
    const last = heap.pop() as Slot<T>;
    if (last !== slot) settle(last, index);
    slot.index = -1;
  };

  return {
    push: (at, item) => {
      const slot: Slot<T> = { at, item, order: (order += 1), index: -1 };
      settle(slot, heap.length);
      return slot;
    },
    popDue: (now) => {
      const first = heap[0];
      if (first === undefined || first.at > now) return undefined;
      remove(first);
      return first.item;
    },
    nextAt: () => heap[0]?.at,
    remove: (entry) => {
      const slot = entry as Slot<T>;
      if (slot.index < 0 || heap[slot.index] !== slot) return false;
      remove(slot);
      return true;
    },
    size: () => heap.length,
  };
};
