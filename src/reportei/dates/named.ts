import { ConfigError } from '../../http/errors.ts';
import { type DayNumber, firstOfMonth, mondayOf, monthOf } from './calendar.ts';

/**
 * A period by its name, counted from today in the stated zone:
 *
 * | name | days |
 * |---|---|
 * | `today` `yesterday` | that day |
 * | `last-N-days` | the N full days before today (1 to 3660); today is not one of them |
 * | `week-to-date` | Monday to today |
 * | `month-to-date` `quarter-to-date` `year-to-date` | the 1st of the month, of the quarter (January, April, July, October), of January, to today |
 * | `last-week` | Monday to Sunday of the week before this one |
 * | `last-month` `last-quarter` `last-year` | the whole month, quarter, year before this one |
 */
export type PeriodName =
  'today' | 'yesterday' | `last-${number}-days` | `last-${Unit}` | `${Unit}-to-date`;

type Unit = 'week' | 'month' | 'quarter' | 'year';

/** First and last day, and how far back the period before it is: in months, or else in days. */
export interface Span {
  readonly start: DayNumber;
  readonly end: DayNumber;
  readonly months: number;
  readonly days: number;
}

const units = { week: 0, month: 1, quarter: 3, year: 12 };
const most = 3660;

const pattern = /^(?:last-([1-9]\d{0,3})-days|(last-)?(week|month|quarter|year)(-to-date)?)$/;

/** @throws ConfigError for a name that is none. */
export const namedSpan = (name: PeriodName, today: DayNumber): Span => {
  if (name === 'today') return { start: today, end: today, months: 0, days: 1 };
  const [, count, last, unit, toDate] = pattern.exec(name) ?? [];
  const days = name === 'yesterday' ? 1 : Number(count);
  if (days <= most) return { start: today - days, end: today - 1, months: 0, days };
  // Either of them, and not both.
  if (!last === !toDate) {
    throw new ConfigError(
      `period must be today, yesterday, last-N-days (N: 1 to ${most}), last-X or X-to-date (X: week, month, quarter, year)`,
    );
  }
  const months = units[unit as keyof typeof units];
  const month = monthOf(today) - (monthOf(today) % months);
  const start = months ? firstOfMonth(month) : mondayOf(today);
  const before = months ? firstOfMonth(month - months) : start - 7;
  const back = { months, days: 7 };
  return last ? { start: before, end: start - 1, ...back } : { start, end: today, ...back };
};
