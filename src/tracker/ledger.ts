import type { DropReason, Tally, Totals } from './tally.ts';

/** A tally that is counted on. */
export interface Count {
  records: number;
  calls: number;
}

/** Totals that are counted on, place by place. */
export interface Ledger {
  readonly given: Count;
  readonly sent: Count;
  readonly pending: Count;
  readonly dead: Count;
  readonly dropped: Partial<Record<DropReason, Count>>;
}

export const createLedger = (): Ledger => ({
  given: { records: 0, calls: 0 },
  sent: { records: 0, calls: 0 },
  pending: { records: 0, calls: 0 },
  dead: { records: 0, calls: 0 },
  dropped: {},
});

/** Counts one record with so many calls in. */
export const enter = (count: Count, calls: number): void => {
  count.records += 1;
  count.calls += calls;
};

/** Counts one record with so many calls out. */
export const leave = (count: Count, calls: number): void => {
  count.records -= 1;
  count.calls -= calls;
};

/** Counts on those that were given up for this reason. */
export const droppedFor = (ledger: Ledger, reason: DropReason): Count =>
  (ledger.dropped[reason] ??= { records: 0, calls: 0 });

export const sum = (a: Tally | undefined, b: Tally | undefined): Tally => ({
  records: (a?.records ?? 0) + (b?.records ?? 0),
  calls: (a?.calls ?? 0) + (b?.calls ?? 0),
});

/** The earlier of two moments, if there are any. */
export const earlier = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

/** What two keepers have together. The answer is independent of both. */
export const addTotals = (a: Totals, b: Totals): Totals => {
  const reasons = new Set([...Object.keys(a.dropped), ...Object.keys(b.dropped)] as DropReason[]);
  return {
    given: sum(a.given, b.given),
    sent: sum(a.sent, b.sent),
    pending: sum(a.pending, b.pending),
    dead: sum(a.dead, b.dead),
    dropped: Object.fromEntries(
      Array.from(reasons, (reason) => [reason, sum(a.dropped[reason], b.dropped[reason])]),
    ),
    oldestAt: earlier(a.oldestAt, b.oldestAt),
  };
};

export const noTotals: Totals = createLedger();
