import { ConfigError } from '../../http/errors.ts';
import { dayLength, type DayNumber, dayOfMonth, parseDay, textOf } from './calendar.ts';

// Temporal by its shape: a runtime's own and a polyfill's objects are equally good, and neither has
// to be there.
interface Temporal<Tag extends string> {
  readonly [Symbol.toStringTag]: `Temporal.${Tag}`;
}
interface Dated {
  toString(options?: { readonly calendarName?: 'never' }): string;
}
interface Timed {
  readonly epochMilliseconds: number;
}

/** A moment. Which day it is depends on the zone. */
export type Moment = Date | (Temporal<'Instant'> & Timed);

/**
 * What names a day by itself: `YYYY-MM-DD`, or a `Temporal.PlainDate`, `PlainDateTime` or
 * `ZonedDateTime`, whatever its calendar. A `ZonedDateTime` is the day in its own zone, unless a
 * `timeZone` is stated: then it is the day of that moment there.
 */
export type CalendarDay =
  | string
  | (Temporal<'PlainDate' | 'PlainDateTime'> & Dated)
  | (Temporal<'ZonedDateTime'> & Dated & Timed);

/** A calendar day, or a moment whose day is told by the `timeZone` stated next to it. */
export type Day = CalendarDay | Moment;

/** Tells the day of a moment, given in milliseconds, in one zone. `NaN` for `NaN`. */
export type Zone = (ms: number) => DayNumber;

/** @throws ConfigError for anything but the name of a zone that the runtime knows. */
export const inZone = (timeZone: string): Zone => {
  let format: Intl.DateTimeFormat;
  try {
    // Newer runtimes take offsets such as +03:00 as well; the API takes names.
    if (!/^[a-z]/i.test(timeZone)) throw new RangeError();
    format = new Intl.DateTimeFormat('en-US', { timeZone, day: 'numeric' });
  } catch (cause) {
    throw new ConfigError('timeZone must be an IANA name, such as America/Sao_Paulo', { cause });
  }
  return (ms) => {
    if (Number.isNaN(ms)) return ms;
    const day = Math.floor(ms / dayLength);
    // No zone is a whole day away from UTC, and days next to each other differ in their number.
    const number = Number(format.format(ms));
    return [day - 1, day, day + 1].find((near) => dayOfMonth(near) === number) ?? NaN;
  };
};

/** @throws ConfigError that names `option` for what is no day, or a moment without a zone. */
export const readDay = (value: Day | undefined, option: string, zone?: Zone): DayNumber => {
  // By tag, since `instanceof` is false for what another realm made.
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  let day = NaN;
  if (typeof value === 'string') {
    day = parseDay(value);
  } else if (/^(Date|Temporal.Instant)$/.test(tag) || (zone && tag === 'Temporal.ZonedDateTime')) {
    if (!zone) throw new ConfigError(`${option} is a moment: state the timeZone of its day`);
    day = zone(tag === 'Date' ? Number(value) : (value as Timed).epochMilliseconds);
  } else if (/^Temporal.(PlainDate|ZonedDate)/.test(tag)) {
    day = parseDay((value as Dated).toString({ calendarName: 'never' }).split('T')[0] as string);
  }
  if (!Number.isNaN(day)) return day;
  throw new ConfigError(
    `${option} must be a calendar day: YYYY-MM-DD, a valid Date or a Temporal date`,
  );
};

/**
 * The calendar day of a moment in a zone, as `YYYY-MM-DD`.
 *
 * @param timeZone IANA name, e.g. `America/Sao_Paulo`
 * @throws ConfigError for an unknown zone, an invalid `Date`, and outside the years 0001 to 9999.
 */
export const dayIn = (timeZone: string, moment: Moment): string =>
  textOf(readDay(moment, 'the moment', inZone(timeZone)), 'the moment');
