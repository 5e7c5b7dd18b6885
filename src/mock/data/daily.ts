import { mix } from './random.ts';

/** A calendar day as the number of days since 1970-01-01: no clock and no time zone in it. */
export type Day = number;

/** Both ends belong to the period. */
export interface Period {
  readonly first: Day;
  readonly last: Day;
}

const MS_PER_DAY = 86_400_000;

/** The day that an ISO 8601 date or date-time names, as written; `undefined` if there is none. */
export function parseDay(text: string): Day | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:$|[T ])/.exec(text);
  if (!match) return undefined;
  const day = Date.parse(`${match[1]}-${match[2]}-${match[3]}T00:00:00Z`) / MS_PER_DAY;
  // `Date.parse` reads 2024-02-30 as 1 March in some engines.
  return formatDay(day) === text.slice(0, 10) ? day : undefined;
}

/** `YYYY-MM-DD`. */
export function formatDay(day: Day): string {
  return Number.isNaN(day) ? '' : new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** Every day of the period, in order. */
export function daysOf(period: Period): Day[] {
  const length = Math.max(0, period.last - period.first + 1);
  return Array.from({ length }, (_, i) => period.first + i);
}

// Typical sizes of a daily metric, from replies to impressions.
const SCALES = [4, 12, 40, 120, 400, 1_200] as const;
// Monday to Sunday, in percent: usage and audience both fall at the weekend.
const WEEK = [100, 106, 110, 108, 102, 84, 78] as const;

/**
 * What one series counts on one day: a whole number that is never negative. Everything else the
 * emulator answers is summed or split from these, which is why its answers agree with each other.
 */
export function dailyValue(series: number, day: Day): number {
  return valueAt(series, sizeOf(series), day);
}

/** The sum of the series over a period. */
export function periodValue(series: number, period: Period): number {
  const size = sizeOf(series);
  let sum = 0;
  for (let day = period.first; day <= period.last; day += 1) sum += valueAt(series, size, day);
  return sum;
}

function sizeOf(series: number): number {
  const scale = SCALES[series % SCALES.length] ?? 1;
  return scale * (70 + (mix(series, 0x10ad) % 61));
}

function valueAt(series: number, size: number, day: Day): number {
  // 1970-01-01 was a Thursday.
  const weekday = WEEK[(((day + 3) % 7) + 7) % 7] ?? 100;
  const noise = 75 + (mix(series, day) % 51);
  return Math.round((size * weekday * noise) / 1_000_000);
}
