import { ConfigError } from '../../http/errors.ts';
import { dayOfMonth, monthOf, textOf } from './calendar.ts';
import { comparedWith, type CompareName, type Days } from './compare.ts';
import { type CalendarDay, type Day, inZone, readDay, type Zone } from './day.ts';
import { namedSpan, type PeriodName, type Span } from './named.ts';

/** Two calendar days, `YYYY-MM-DD`, both included. */
export interface Period {
  readonly start: string;
  readonly end: string;
}

/** First and last day, both included. The day that `end` is in is included whole. */
export interface Bounds<D extends Day = Day> {
  readonly start: D;
  readonly end: D;
}

/** What a period is compared with: one by name, or any other. */
export type Compare<D extends Day = Day> = CompareName | Bounds<D>;

interface CalendarDays extends Bounds<CalendarDay> {
  readonly period?: undefined;
  readonly compare?: Compare<CalendarDay> | undefined;
  /** IANA name of the zone that the days are meant in; `YYYY-MM-DD` is the same day in each. */
  readonly timeZone?: string | undefined;
}

interface Zoned {
  readonly compare?: Compare | undefined;
  /** IANA name of the zone that the days are meant in, e.g. `America/Sao_Paulo`. */
  readonly timeZone: string;
}

interface DaysInZone extends Bounds, Zoned {
  readonly period?: undefined;
}

interface Named extends Zoned {
  readonly period: PeriodName;
  readonly start?: undefined;
  readonly end?: undefined;
}

/**
 * Which days: either `start` and `end`, or a `period` by its name; and what to `compare` them with.
 * The `timeZone` is required as soon as a day depends on it: with a name, a `Date`, or a
 * `Temporal.Instant`.
 */
export type PeriodOptions = CalendarDays | DaysInZone | Named;

/** The days of a period, and those it is compared with, if any. */
export interface ResolvedPeriod extends Period {
  readonly compare?: Period;
}

const readBounds = ({ start, end }: Partial<Bounds>, prefix: string, zone?: Zone): Span => {
  const first = readDay(start, `${prefix}start`, zone);
  const last = readDay(end, `${prefix}end`, zone);
  if (first > last) throw new ConfigError(`${prefix}start is after ${prefix}end`);
  const isWhole = dayOfMonth(first) === 1 && dayOfMonth(last + 1) === 1;
  return {
    start: first,
    end: last,
    months: isWhole ? monthOf(last + 1) - monthOf(first) : 0,
    days: last + 1 - first,
  };
};

const textsOf = ({ start, end }: Days, prefix = ''): Period => ({
  start: textOf(start, `${prefix}start`),
  end: textOf(end, `${prefix}end`),
});

/**
 * The calendar days that the options mean, for the wire. Nothing but `now` and the zones that the
 * runtime knows goes in: no local time, no clock unless a period is named.
 *
 * @param now which moment `today` is taken from, in `timeZone`; by default this one
 * @throws ConfigError for a day, name or zone that is none, a moment without a `timeZone`, one day
 *   without the other, a start after its end, and days outside the years 0001 to 9999.
 */
export const resolvePeriod = (options: PeriodOptions, now: Date = new Date()): ResolvedPeriod => {
  const { period, compare, timeZone } = options;
  const zone = timeZone === undefined ? undefined : inZone(timeZone);
  const isNamed = period !== undefined;
  if ([options.start, options.end].some((day) => (day !== undefined) === isNamed)) {
    throw new ConfigError('give start and end, or else a period by its name');
  }
  if (isNamed && !zone) throw new ConfigError('period needs the timeZone in which today is told');
  const span = isNamed
    ? namedSpan(period, readDay(now, 'now', zone))
    : readBounds(options, '', zone);
  if (compare === undefined) return textsOf(span);
  const other =
    typeof compare === 'object'
      ? readBounds(compare ?? {}, 'compare.', zone)
      : comparedWith(compare, span);
  return { ...textsOf(span), compare: textsOf(other, 'compare.') };
};
