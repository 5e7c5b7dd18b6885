import type { DropReason, Tally, Totals } from '../tally.ts';

/** Records and calls. */
export type Count = readonly [records: number, calls: number];

/** All that was ever given, and where it went. What is in none of the others is pending. */
export interface Counts {
  given: Count;
  sent: Count;
  dead: Count;
  dropped: Partial<Record<DropReason, Count>>;
}

/** Records that stand together, in the order in which they came. One owner has it, or nobody. */
export interface Range {
  readonly id: string;
  /** How many records are in it. */
  n: number;
}

/** What is true of the whole store. */
export interface Meta {
  readonly format: number;
  /** Where its records go: those of a test must not reach production. */
  baseUrl?: string;
  counts: Counts;
  /** Ranges of owners that are gone, for the next one that sees them. */
  orphans: Range[];
}

/**
 * The lease of an owner, which is an outbox that is open. What is in its ranges is its own to deliver,
 * as long as the lease is there and its beat goes on.
 */
export interface Lease {
  /** Another one after each commit of the owner. */
  beat: number;
  /** The last one is where new records go. */
  ranges: Range[];
  /** Windows that are open, as they were saved last. */
  windows: Range;
}

/** The version of how the store is laid out. */
export const storeFormat = 1;

export const newMeta = (): Meta => ({
  format: storeFormat,
  counts: { given: [0, 0], sent: [0, 0], dead: [0, 0], dropped: {} },
  orphans: [],
});

const plus = ([a, b]: Count, records: number, calls: number): Count => [a + records, b + calls];

export const addTo = (
  counts: Counts,
  what: 'given' | 'sent' | 'dead' | DropReason,
  records: number,
  calls: number,
): void => {
  if (what === 'given' || what === 'sent' || what === 'dead') {
    counts[what] = plus(counts[what], records, calls);
  } else counts.dropped[what] = plus(counts.dropped[what] ?? [0, 0], records, calls);
};

const tally = ([records, calls]: Count): Tally => ({ records, calls });

export const totalsOf = (counts: Counts, oldestAt: number | undefined): Totals => {
  const { given, sent, dead, dropped } = counts;
  const elsewhere = [sent, dead, ...Object.values(dropped)];
  const pending = elsewhere.reduce((rest, [a, b]) => plus(rest, -a, -b), given);
  return {
    given: tally(given),
    sent: tally(sent),
    dead: tally(dead),
    pending: tally(pending),
    dropped: Object.fromEntries(Object.entries(dropped).map(([why, count]) => [why, tally(count)])),
    ...(pending[0] > 0 && oldestAt !== undefined && { oldestAt }),
  };
};
