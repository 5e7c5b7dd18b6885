import type { DueEntry } from '../due-queue.ts';
import type { Taken } from '../outbox.ts';
import type { UsageRecord } from '../record.ts';

/** A pending record in memory. */
export interface Entry {
  readonly record: UsageRecord;
  readonly weight: number;
  /** By the monotonic clock. */
  readonly cameAt: number;
  attempts: number;
  triedAt: number | undefined;
  /** While somebody has it. */
  taken: Taken | undefined;
  /** While it waits to be tried again. */
  due: DueEntry<Entry> | undefined;
  /** Neighbours in the order of coming. */
  older: Entry | undefined;
  newer: Entry | undefined;
}

export const newEntry = (record: UsageRecord, weight: number, cameAt: number): Entry => ({
  record,
  weight,
  cameAt,
  attempts: 0,
  triedAt: undefined,
  taken: undefined,
  due: undefined,
  older: undefined,
  newer: undefined,
});

/** Pending records in the order of their coming: those that nobody has tried are at its end. */
export interface EntryList {
  readonly append: (entry: Entry) => void;
  readonly remove: (entry: Entry) => void;
  readonly oldest: () => Entry | undefined;
  /** The oldest of those that nobody has tried. */
  readonly fresh: () => Entry | undefined;
  /** It is tried now. */
  readonly passFresh: () => void;
}

export const createEntryList = (): EntryList => {
  let oldest: Entry | undefined;
  let newest: Entry | undefined;
  let fresh: Entry | undefined;
  return {
    append: (entry) => {
      entry.older = newest;
      if (newest === undefined) oldest = entry;
      else newest.newer = entry;
      newest = entry;
      fresh ??= entry;
    },
    remove: (entry) => {
      const { older, newer } = entry;
      if (older === undefined) oldest = newer;
      else older.newer = newer;
      if (newer === undefined) newest = older;
      else newer.older = older;
      if (fresh === entry) fresh = newer;
    },
    oldest: () => oldest,
    fresh: () => fresh,
    passFresh: () => {
      fresh = fresh?.newer;
    },
  };
};
