import type { components } from '../../generated/emulator.ts';
import { sumOf, type AcceptedCount, type AcceptedEvent } from './usage.ts';

type Schemas = components['schemas'];
type UsageSummary = Schemas['UsageSummary'];

/** A usage record of either kind. */
export type AnyRecord =
  ({ readonly kind: 'event' } & AcceptedEvent) | ({ readonly kind: 'count' } & AcceptedCount);

const MAX_DOMAINS = 1_000;

/** How much came from each company, the greatest first. */
export function domainsOf(records: readonly AnyRecord[]): UsageSummary['domains'] {
  const sums = new Map<string, number>();
  for (const record of records) {
    const domain = domainOf(record);
    if (domain !== '' && !record.dropped) add(sums, domain, amountOf(record));
  }
  return Object.fromEntries(greatest(sums).slice(0, MAX_DOMAINS));
}

function domainOf({ payload }: AnyRecord): string {
  if ('domain' in payload && typeof payload.domain === 'string' && payload.domain !== '') {
    return payload.domain.toLowerCase().replace(/^www\./, '');
  }
  // An address, and not the URL of a profile whose name begins with an @.
  return /^[^@\s/]+@([^@\s/]+)$/.exec(payload.user_id ?? '')?.[1]?.toLowerCase() ?? '';
}

const amountOf = (record: AnyRecord): number =>
  record.kind === 'count' ? record.payload.count : 1;

const HOUR = 3_600;
/** From a minute to a year: the shortest step that leaves few enough of them is taken. */
const STEPS = [
  60,
  300,
  900,
  HOUR,
  6 * HOUR,
  24 * HOUR,
  7 * 24 * HOUR,
  30 * 24 * HOUR,
  365 * 24 * HOUR,
];
const MAX_STEPS = 120;
const MAX_LINES = 12;

/** Activity over time, by when the events happened rather than when they arrived. */
export function timelineOf(records: readonly AnyRecord[]): UsageSummary['timeline'] {
  const counted = records.filter(({ dropped }) => !dropped);
  let first = Infinity;
  let last = -Infinity;
  for (const { payload } of counted) {
    first = Math.min(first, payload.event_at);
    last = Math.max(last, payload.event_at);
  }
  if (counted.length === 0) return { from: 0, step: HOUR, activities: {} };

  const span = last - first;
  const step = STEPS.find((one) => span / one < MAX_STEPS - 1) ?? Math.ceil(span / (MAX_STEPS - 1));
  const from = Math.floor(first / step) * step;
  const length = Math.floor((last - from) / step) + 1;
  const sums = new Map<string, number>();
  for (const one of counted) add(sums, one.payload.activity_type, amountOf(one));
  const named = new Set(
    greatest(sums)
      .slice(0, MAX_LINES)
      .map(([name]) => name),
  );

  const lines = new Map<string, number[]>();
  for (const one of counted) {
    const { activity_type, event_at } = one.payload;
    const name = named.has(activity_type) ? activity_type : '(other)';
    const line = lines.get(name) ?? Array.from({ length }, () => 0);
    lines.set(name, line);
    const at = Math.floor((event_at - from) / step);
    line[at] = sumOf(line[at] ?? 0, amountOf(one));
  }
  return { from, step, activities: Object.fromEntries(lines) };
}

const add = (sums: Map<string, number>, name: string, amount: number): void =>
  void sums.set(name, sumOf(sums.get(name) ?? 0, amount));

const greatest = (sums: ReadonlyMap<string, number>): [string, number][] =>
  [...sums].toSorted(([, a], [, b]) => b - a);
