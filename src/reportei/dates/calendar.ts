import { ConfigError } from '../../http/errors.ts';

/**
 * A calendar day as its distance from 1970-01-01. Days have no zone and no hours: sums of them
 * never meet a change of the clock.
 */
export type DayNumber = number;

export const dayLength = 86_400_000;

/** The day in UTC: there each day has 24 hours, and fields can be read without a zone. */
const utc = (day: DayNumber): Date => new Date(day * dayLength);

/** Day of the month, 1 to 31. */
export const dayOfMonth = (day: DayNumber): number => utc(day).getUTCDate();

/** The Monday on or before a day. */
export const mondayOf = (day: DayNumber): DayNumber => day - ((utc(day).getUTCDay() + 6) % 7);

/** Months since the year 0, which quarters and years can be told from. */
export const monthOf = (day: DayNumber): number =>
  utc(day).getUTCFullYear() * 12 + utc(day).getUTCMonth();

// Not Date.UTC, which takes the years 0 to 99 for those of the twentieth century.
export const firstOfMonth = (month: number): DayNumber =>
  new Date(0).setUTCFullYear(0, month, 1) / dayLength;

/** The same day of another month, or that month's last day when it is shorter. */
export const addMonths = (day: DayNumber, months: number): DayNumber => {
  const month = monthOf(day) + months;
  return Math.min(firstOfMonth(month) + dayOfMonth(day), firstOfMonth(month + 1)) - 1;
};

/** @throws ConfigError outside the years 0001 to 9999: `YYYY-MM-DD` has no room for them. */
export const textOf = (day: DayNumber, option: string): string => {
  const year = utc(day).getUTCFullYear();
  if (year > 0 && year < 10_000) return utc(day).toISOString().slice(0, 10);
  throw new ConfigError(`${option} is outside the years 0001 to 9999`);
};

/** The day that `YYYY-MM-DD` says; `NaN` for another text and for days that no month has. */
export const parseDay = (text: string): DayNumber => {
  const midnight = `${text}T00:00:00.000Z`;
  const date = new Date(midnight);
  // February 30th is read as March 1st: only what comes back unchanged is a day.
  return date.toJSON() === midnight ? date.getTime() / dayLength : NaN;
};
