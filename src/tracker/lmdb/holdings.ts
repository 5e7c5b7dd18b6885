import { createIdIndex, type IdIndex } from './ids.ts';
import { idKey, isRandom, rangeOf, recordKey, seqOf } from './keys.ts';
import type { Txn } from './transactions.ts';
import { readHead } from './value.ts';

/** What this process knows of what is its own, beside what the store says. */
export interface Holdings {
  /** The place of a key in the store as a number, for the index. */
  readonly placeOf: (key: Buffer) => number;
  readonly keyOf: (place: number) => Buffer;
  readonly ids: IdIndex;
  /** Where the open windows were saved, by their ids. */
  readonly windows: Map<string, Buffer>;
  /** Windows that another process has taken over. */
  readonly lost: Set<string>;
  readonly nextSeq: () => number;
  /** What was numbered until now is on the disk, and told of. */
  readonly keep: () => void;
  readonly keptBelow: () => number;
  /** Forgets all: it is another's now. */
  readonly lose: () => void;
}

const seqs = 2 ** 40;

export const createHoldings = (): Holdings => {
  const ranges: string[] = [];
  const indexes = new Map<string, number>();
  const ids = createIdIndex();
  const windows = new Map<string, Buffer>();
  const lost = new Set<string>();
  let seq = 0;
  let below = 0;
  return {
    placeOf: (key) => {
      const range = rangeOf(key);
      let index = indexes.get(range);
      if (index === undefined) {
        index = ranges.push(range) - 1;
        indexes.set(range, index);
      }
      return index * seqs + seqOf(key);
    },
    keyOf: (place) => recordKey(ranges[Math.floor(place / seqs)] as string, place % seqs),
    ids,
    windows,
    lost,
    nextSeq: () => (seq += 1),
    keep: () => {
      below = seq + 1;
    },
    keptBelow: () => below,
    lose: () => {
      lost.clear();
      for (const id of windows.keys()) lost.add(id);
      windows.clear();
      ids.clear();
    },
  };
};

/** Whether a record of this id is pending or dead, as far as can be known here. */
export const isKnown = ({ db, meta }: Txn, held: Holdings, id: string): boolean => {
  const isIndexed = !isRandom(id) || meta.counts.dead[0] > 0;
  if (isIndexed && db.doesExist(idKey(id))) return true;
  return held.ids.placesOf(id).some((place) => {
    const value = db.getBinary(held.keyOf(place));
    return value !== undefined && readHead(value)?.id === id;
  });
};

/** Adds an encoded record to the end of the owner's own. */
export const append = ({ db, lease }: Txn, held: Holdings, id: string, value: Buffer): void => {
  const active = lease.ranges.at(-1);
  if (active === undefined) throw new Error('an owner has a range');
  const key = recordKey(active.id, held.nextSeq());
  db.put(key, value);
  if (!isRandom(id)) db.put(idKey(id), key);
  active.n += 1;
  held.ids.add(id, held.placeOf(key));
};
