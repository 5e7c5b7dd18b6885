import type { Temporal } from '@js-temporal/polyfill';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type CalendarDay,
  type Compare,
  type Day,
  dayIn,
  type Moment,
  type Period,
  type PeriodName,
  type PeriodOptions,
  resolvePeriod,
  type ResolvedPeriod,
} from '../../src/reportei/dates/index.ts';

declare const date: Date;
declare const instant: Temporal.Instant;
declare const plain: Temporal.PlainDate;
declare const maybeZone: string | undefined;
declare const zoned: Temporal.ZonedDateTime;
const start = '2024-01-01';
const end = '2024-01-31';
const timeZone = 'America/Sao_Paulo';

describe('days', () => {
  it('are texts, Dates and the Temporal objects that have a date', () => {
    expectTypeOf<Date | Temporal.Instant>().toExtend<Moment>();
    expectTypeOf<string>().toExtend<CalendarDay>();
    expectTypeOf<Temporal.PlainDate>().toExtend<CalendarDay>();
    expectTypeOf<Temporal.PlainDateTime>().toExtend<CalendarDay>();
    expectTypeOf<Temporal.ZonedDateTime>().toExtend<CalendarDay>();
    expectTypeOf<Moment | CalendarDay>().toEqualTypeOf<Day>();
    expectTypeOf<Temporal.PlainYearMonth>().not.toExtend<Day>();
    expectTypeOf<Temporal.PlainMonthDay>().not.toExtend<Day>();
    expectTypeOf<Temporal.PlainTime>().not.toExtend<Day>();
    expectTypeOf<Temporal.Duration>().not.toExtend<Day>();
    expectTypeOf<number>().not.toExtend<Day>();
    expectTypeOf<{ year: number; month: number; day: number }>().not.toExtend<Day>();
  });

  it('a moment is no calendar day', () => {
    expectTypeOf<Date>().not.toExtend<CalendarDay>();
    expectTypeOf<Temporal.Instant>().not.toExtend<CalendarDay>();
    // @ts-expect-error a PlainDate is the same day everywhere
    dayIn(timeZone, plain);
    expectTypeOf(dayIn(timeZone, instant)).toEqualTypeOf<string>();
  });
});

describe('resolvePeriod', () => {
  it('gives both days, and perhaps two others', () => {
    expectTypeOf(resolvePeriod({ start, end })).toEqualTypeOf<ResolvedPeriod>();
    expectTypeOf<ResolvedPeriod>().toExtend<Period>();
    expectTypeOf<ResolvedPeriod['compare']>().toEqualTypeOf<Period | undefined>();
  });

  it('needs no zone for calendar days', () => {
    resolvePeriod({ start, end });
    resolvePeriod({ start: plain, end: zoned });
    resolvePeriod({ start, end, compare: 'previous-year' });
    resolvePeriod({ start, end, compare: { start: plain, end } });
    resolvePeriod({ start, end, timeZone });
    resolvePeriod({ start, end, timeZone: undefined, compare: undefined, period: undefined });
  });

  it('needs one for moments', () => {
    resolvePeriod({ start: date, end: instant, timeZone });
    resolvePeriod({ start, end: date, timeZone, compare: { start: instant, end } });
    // @ts-expect-error in which zone?
    resolvePeriod({ start: date, end });
    // @ts-expect-error in which zone?
    resolvePeriod({ start, end: date });
    // @ts-expect-error in which zone?
    resolvePeriod({ start, end: instant });
    // @ts-expect-error a zone that may be missing
    resolvePeriod({ start, end: date, timeZone: maybeZone });
    // @ts-expect-error in which zone?
    resolvePeriod({ start, end, compare: { start, end: date } });
  });

  it('needs one for names', () => {
    resolvePeriod({ period: 'last-month', timeZone });
    resolvePeriod({ period: 'last-month', timeZone, compare: { start: date, end } });
    // @ts-expect-error whose today?
    resolvePeriod({ period: 'last-month' });
  });

  it('wants two days or a name, and not both', () => {
    // @ts-expect-error no end
    resolvePeriod({ start });
    // @ts-expect-error no start
    resolvePeriod({ end, timeZone });
    // @ts-expect-error nothing
    resolvePeriod({ timeZone });
    // @ts-expect-error both
    resolvePeriod({ start, end, period: 'last-month', timeZone });
    // @ts-expect-error a bit of both
    resolvePeriod({ start, period: 'last-month', timeZone });
    // @ts-expect-error no end to compare with
    resolvePeriod({ start, end, compare: { start } });
  });

  it('knows the names', () => {
    expectTypeOf<'last-7-days' | 'last-365-days'>().toExtend<PeriodName>();
    expectTypeOf<
      'last-week' | 'last-month' | 'last-quarter' | 'last-year'
    >().toExtend<PeriodName>();
    expectTypeOf<'today' | 'yesterday' | 'week-to-date'>().toExtend<PeriodName>();
    expectTypeOf<'month-to-date' | 'quarter-to-date' | 'year-to-date'>().toExtend<PeriodName>();
    // @ts-expect-error no such period
    resolvePeriod({ period: 'this-month', timeZone });
    // @ts-expect-error not a number
    resolvePeriod({ period: 'last-seven-days', timeZone });
    // @ts-expect-error a mix of two
    resolvePeriod({ period: 'last-month-to-date', timeZone });
    // @ts-expect-error no such comparison
    resolvePeriod({ start, end, compare: 'previous-month' });
    expectTypeOf<Compare>().toExtend<string | { readonly start: Day; readonly end: Day }>();
  });

  it('refuses what it does not know', () => {
    // @ts-expect-error a typo
    resolvePeriod({ start, end, timezone: 'UTC' });
    // @ts-expect-error a number is no day
    resolvePeriod({ start: 0, end, timeZone });
  });

  it('can be part of other options', () => {
    type Options = PeriodOptions & { readonly integration: string };
    const days = { integration: 'uuid', start: '2024-01-01', end: '2024-01-31' };
    expectTypeOf(days).toExtend<Options>();
    expectTypeOf<{ integration: string; start: Date; end: Date }>().not.toExtend<Options>();
  });
});
