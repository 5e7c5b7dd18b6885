import { ConfigError } from '../../http/errors.ts';
import { addMonths, type DayNumber, dayOfMonth } from './calendar.ts';
import type { Span } from './named.ts';

/**
 * What to compare a period with. Months are shifted by the calendar: the same day of the other month,
 * or its last one when it is shorter. Whole months, and `month-`, `quarter-` and `year-to-date` on the
 * last day of a month, run to the end of the other one.
 *
 * `previous-period`
 * - whole months, quarters or years, named or as dates: as many whole months before
 *   (February 2024 → January 2024)
 * - `month-to-date`, `quarter-to-date`, `year-to-date`, `week-to-date`: the same stretch of the month,
 *   quarter, year or week before (March 1st to 30th → February 1st to 29th; May 15th, in a quarter →
 *   February 15th)
 * - everything else, `last-N-days` also when it happens to be a whole month: as many days, directly
 *   before
 *
 * `previous-year`
 * - the same dates one year before (February 29th → 28th; February 10th to 28th of 2025 → the same of
 *   2024; the whole of February stays whole)
 */
export type CompareName = 'previous-period' | 'previous-year';

export interface Days {
  readonly start: DayNumber;
  readonly end: DayNumber;
}

const monthsBefore = ({ start, end, months }: Span, back: number): Days => {
  // The day after the end, where that is the first of a month: it has a counterpart in each month.
  const after = months && dayOfMonth(end + 1) === 1 ? 1 : 0;
  return { start: addMonths(start, -back), end: addMonths(end + after, -back) - after };
};

/** @throws ConfigError for a name that is none. */
export const comparedWith = (compare: CompareName, span: Span): Days => {
  const { start, end, months, days } = span;
  if (compare === 'previous-year') return monthsBefore(span, 12);
  if (compare !== 'previous-period') {
    throw new ConfigError('compare must be previous-period, previous-year, or { start, end }');
  }
  return months ? monthsBefore(span, months) : { start: start - days, end: end - days };
};
