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

/** The day of the week, from 0 for Monday to 6. */
export function weekdayOf(day: Day): number {
  // 1970-01-01 was a Thursday.
  return (((day + 3) % 7) + 7) % 7;
}
