import type { components as Control } from '../../generated/emulator.ts';
import type { components } from '../../generated/reo.ts';

type Schemas = components['schemas'];
type UsageTotals = Control['schemas']['UsageTotals'];

/** A record as it was accepted. */
export interface UsageRecord<Payload> {
  /** When it arrived, in ISO 8601. */
  readonly receivedAt: string;
  /** Whether its `event_id` had arrived before. Reo.Dev does not promise to tell. */
  readonly duplicate: boolean;
  /** Whether its activity is not configured, so that Reo.Dev drops it behind a success answer. */
  readonly dropped: boolean;
  readonly payload: Payload;
}

/** A single event that was accepted. */
export type AcceptedEvent = UsageRecord<Schemas['UsageEvent']>;
/** An aggregated count that was accepted. */
export type AcceptedCount = UsageRecord<Schemas['AggregateUsage']>;

/** Records of one call: the latest ones, and totals of all of them. */
export interface UsageLog<Payload> {
  readonly add: (receivedAt: string, payload: Payload, dropped: boolean) => UsageRecord<Payload>;
  /** Oldest first. */
  readonly records: () => readonly UsageRecord<Payload>[];
  readonly totals: () => UsageTotals;
  /** Forgets all records, or all but these. */
  readonly reset: (records?: readonly UsageRecord<Payload>[]) => void;
}

/** All usage that arrived. */
export interface Usage {
  readonly events: UsageLog<Schemas['UsageEvent']>;
  readonly counts: UsageLog<Schemas['AggregateUsage']>;
}

export const createUsage = (): Usage => ({
  events: createLog(() => 1),
  counts: createLog(({ count }) => count),
});

/** The latest records are kept, so that a day of load cannot fill the memory. */
const MAX_RECORDS = 100_000;

/** A sum that can be written as JSON, however large its parts. */
export const sumOf = (a: number, b: number): number => Math.min(a + b, Number.MAX_VALUE);

interface Countable {
  readonly activity_type: string;
  readonly event_id?: string | number;
}

function createLog<Payload extends Countable>(
  amountOf: (payload: Payload) => number,
): UsageLog<Payload> {
  let records: UsageRecord<Payload>[] = [];
  let sums = { received: 0, duplicates: 0, dropped: 0 };
  const totals = new Map<string, number>();
  const ids = new Set<string>();

  const remember = ({ event_id }: Payload): void => {
    if (event_id !== undefined) ids.add(String(event_id));
  };

  const store = (record: UsageRecord<Payload>): UsageRecord<Payload> => {
    const { payload, duplicate, dropped } = record;
    sums.received += 1;
    if (duplicate) sums.duplicates += 1;
    if (dropped) sums.dropped += 1;
    else {
      const { activity_type } = payload;
      totals.set(activity_type, sumOf(totals.get(activity_type) ?? 0, amountOf(payload)));
    }
    remember(payload);
    records.push(record);
    if (records.length > MAX_RECORDS * 1.1) forgetOldest();
    return record;
  };

  // Seldom and in one go: removing from the front of an array moves all the others.
  const forgetOldest = (): void => {
    records.splice(0, records.length - MAX_RECORDS);
    ids.clear();
    for (const { payload } of records) remember(payload);
  };

  return {
    add: (receivedAt, payload, dropped) => {
      // A number and a text of the same digits are one id: the samples have both.
      const duplicate = payload.event_id !== undefined && ids.has(String(payload.event_id));
      return store({ receivedAt, duplicate, dropped, payload });
    },
    records: () => records.slice(-MAX_RECORDS),
    totals: () => ({ ...sums, totals: Object.fromEntries(totals) }),
    reset: (kept = []) => {
      records = [];
      sums = { received: 0, duplicates: 0, dropped: 0 };
      totals.clear();
      ids.clear();
      for (const record of kept) store(record);
    },
  };
}
