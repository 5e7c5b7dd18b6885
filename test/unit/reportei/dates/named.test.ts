import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PeriodName, resolvePeriod } from '../../../../src/reportei/dates/index.ts';
import { days, firstOf, textAt } from './naive-calendar.ts';

const noon = (day: string): Date => new Date(`${day}T12:00:00Z`);

const named = (period: PeriodName, today: string) =>
  resolvePeriod({ period, timeZone: 'UTC' }, noon(today));

const isConfig = (message: RegExp) =>
  expect.objectContaining({
    code: 'config',
    message: expect.stringMatching(message) as string,
  });

describe('a period by its name', () => {
  it.each<[PeriodName, string, string, string]>([
    ['today', '2024-03-01', '2024-03-01', '2024-03-01'],
    ['yesterday', '2024-03-01', '2024-02-29', '2024-02-29'],
    ['yesterday', '2023-03-01', '2023-02-28', '2023-02-28'],
    ['yesterday', '2024-01-01', '2023-12-31', '2023-12-31'],
    ['last-1-days', '2024-03-01', '2024-02-29', '2024-02-29'],
    ['last-7-days', '2024-03-01', '2024-02-23', '2024-02-29'],
    ['last-28-days', '2024-02-29', '2024-02-01', '2024-02-28'],
    ['last-30-days', '2024-03-10', '2024-02-09', '2024-03-09'],
    ['last-365-days', '2025-01-01', '2024-01-02', '2024-12-31'],
    ['last-3660-days', '2024-01-01', '2013-12-24', '2023-12-31'],
    // A Wednesday, a Monday, a Sunday.
    ['week-to-date', '2024-01-03', '2024-01-01', '2024-01-03'],
    ['week-to-date', '2024-01-01', '2024-01-01', '2024-01-01'],
    ['week-to-date', '2024-01-07', '2024-01-01', '2024-01-07'],
    ['week-to-date', '2023-01-01', '2022-12-26', '2023-01-01'],
    ['last-week', '2024-01-03', '2023-12-25', '2023-12-31'],
    ['last-week', '2024-01-01', '2023-12-25', '2023-12-31'],
    ['last-week', '2023-12-31', '2023-12-18', '2023-12-24'],
    ['last-week', '1965-03-03', '1965-02-22', '1965-02-28'],
    ['month-to-date', '2024-02-29', '2024-02-01', '2024-02-29'],
    ['month-to-date', '2024-03-01', '2024-03-01', '2024-03-01'],
    ['last-month', '2024-03-31', '2024-02-01', '2024-02-29'],
    ['last-month', '2023-03-31', '2023-02-01', '2023-02-28'],
    ['last-month', '2000-03-01', '2000-02-01', '2000-02-29'],
    ['last-month', '1900-03-31', '1900-02-01', '1900-02-28'],
    ['last-month', '2024-01-15', '2023-12-01', '2023-12-31'],
    ['quarter-to-date', '2024-01-01', '2024-01-01', '2024-01-01'],
    ['quarter-to-date', '2024-06-30', '2024-04-01', '2024-06-30'],
    ['quarter-to-date', '2024-11-15', '2024-10-01', '2024-11-15'],
    ['last-quarter', '2024-03-31', '2023-10-01', '2023-12-31'],
    ['last-quarter', '2024-04-01', '2024-01-01', '2024-03-31'],
    ['last-quarter', '2024-09-30', '2024-04-01', '2024-06-30'],
    ['last-quarter', '2024-12-31', '2024-07-01', '2024-09-30'],
    ['year-to-date', '2024-12-31', '2024-01-01', '2024-12-31'],
    ['year-to-date', '2024-01-01', '2024-01-01', '2024-01-01'],
    ['last-year', '2024-12-31', '2023-01-01', '2023-12-31'],
    ['last-year', '2024-01-01', '2023-01-01', '2023-12-31'],
    ['last-year', '0100-06-01', '0099-01-01', '0099-12-31'],
  ])('%s on %s: %s to %s', (period, today, start, end) => {
    expect(named(period, today)).toEqual({ start, end });
  });

  it('agrees with a calendar that is walked day by day', () => {
    const someDay = fc.integer({ min: 4_000, max: days.length - 1 });
    const someUnit = fc.constantFrom('week', 'month', 'quarter', 'year');
    fc.assert(
      fc.property(someDay, someUnit, fc.integer({ min: 1, max: 3660 }), (index, unit, count) => {
        const today = textAt(index);
        const first = firstOf(unit, index);
        expect(named(`${unit}-to-date`, today)).toEqual({ start: textAt(first), end: today });
        expect(named(`last-${unit}`, today)).toEqual({
          start: textAt(firstOf(unit, first - 1)),
          end: textAt(first - 1),
        });
        expect(named(`last-${count}-days`, today)).toEqual({
          start: textAt(index - count),
          end: textAt(index - 1),
        });
        expect(named('today', today)).toEqual({ start: today, end: today });
        expect(named('yesterday', today)).toEqual(named('last-1-days', today));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['UTC', '2024-03-01', '2024-02-01', '2024-02-29'],
    ['Pacific/Kiritimati', '2024-03-01', '2024-02-01', '2024-02-29'],
    ['America/Sao_Paulo', '2024-02-29', '2024-01-01', '2024-01-31'],
    ['Pacific/Niue', '2024-02-29', '2024-01-01', '2024-01-31'],
  ])('takes today from the stated zone: %s', (timeZone, today, start, end) => {
    const now = new Date('2024-03-01T00:30:00Z');
    expect(resolvePeriod({ period: 'today', timeZone }, now)).toEqual({ start: today, end: today });
    expect(resolvePeriod({ period: 'last-month', timeZone }, now)).toEqual({ start, end });
  });

  it('counts a day that a zone skipped: the calendar has it', () => {
    const now = new Date('2011-12-31T12:00:00Z');
    expect(resolvePeriod({ period: 'last-3-days', timeZone: 'Pacific/Apia' }, now)).toEqual({
      start: '2011-12-29',
      end: '2011-12-31',
    });
    expect(
      resolvePeriod(
        { period: 'yesterday', timeZone: 'Pacific/Apia' },
        new Date('2011-12-30T12:00Z'),
      ),
    ).toEqual({ start: '2011-12-30', end: '2011-12-30' });
  });

  it('is no hour off across a change of the clock', () => {
    const timeZone = 'America/New_York';
    // Half past midnight after the day of 23 hours, half past eleven after the day of 25.
    for (const [now, yesterday] of [
      ['2024-03-11T04:30:00Z', '2024-03-10'],
      ['2024-11-05T04:30:00Z', '2024-11-03'],
    ] as const) {
      expect(resolvePeriod({ period: 'yesterday', timeZone }, new Date(now)).end).toBe(yesterday);
    }
  });

  it('is counted from this moment, unless another one is given', () => {
    const before = Date.now();
    const { start } = resolvePeriod({ period: 'today', timeZone: 'UTC' });
    const after = Date.now();
    expect([before, after].map((ms) => new Date(ms).toISOString().slice(0, 10))).toContain(start);
  });

  it.each([
    'last-0-days',
    'last-3661-days',
    'last-99999-days',
    'last-07-days',
    'last--7-days',
    'last-1.5-days',
    'last-N-days',
    'last-7-day',
    'last-days',
    'this-month',
    'month',
    'last-month-to-date',
    'last-decade',
    'day-to-date',
    'LAST-MONTH',
    'last_month',
    'last-month ',
    'constructor',
    '',
    null,
    7,
  ])('refuses %j, and lists what there is', (period) => {
    expect(() => named(period as never, '2024-03-01')).toThrow(
      isConfig(
        /^period must be today, yesterday, last-N-days \(N: 1 to 3660\), last-X or X-to-date \(X: week, month, quarter, year\)$/,
      ),
    );
  });

  it('needs a zone', () => {
    expect(() => resolvePeriod({ period: 'today' } as never)).toThrow(
      isConfig(/^period needs the timeZone in which today is told$/),
    );
  });

  it('refuses days before the year 1', () => {
    expect(() => named('last-year', '0001-06-01')).toThrow(isConfig(/^start is outside the years/));
  });
});

describe('either two days or a name', () => {
  const either = isConfig(/^give start and end, or else a period by its name$/);
  it.each([
    {},
    { start: '2024-01-01' },
    { end: '2024-01-01' },
    { period: 'today', timeZone: 'UTC', start: '2024-01-01', end: '2024-01-01' },
    { period: 'today', timeZone: 'UTC', start: '2024-01-01' },
    { period: 'today', timeZone: 'UTC', end: '2024-01-01' },
  ])('refuses %j', (options) => {
    expect(() => resolvePeriod(options as never)).toThrow(either);
  });

  it('takes undefined for what is not given', () => {
    const timeZone = undefined;
    const compare = undefined;
    expect(
      resolvePeriod({
        period: undefined,
        start: '2024-01-01',
        end: '2024-01-31',
        timeZone,
        compare,
      }),
    ).toEqual({ start: '2024-01-01', end: '2024-01-31' });
    expect(
      resolvePeriod(
        { period: 'today', start: undefined, end: undefined, timeZone: 'UTC' },
        noon('2024-01-01'),
      ),
    ).toEqual({ start: '2024-01-01', end: '2024-01-01' });
  });

  it('takes one day, and refuses a start after its end', () => {
    const day = '2024-02-29';
    expect(resolvePeriod({ start: day, end: day })).toEqual({ start: day, end: day });
    expect(() => resolvePeriod({ start: '2024-03-01', end: day })).toThrow(
      isConfig(/^start is after end$/),
    );
    expect(() =>
      resolvePeriod({ start: day, end: day, compare: { start: '2023-03-01', end: '2023-02-28' } }),
    ).toThrow(isConfig(/^compare\.start is after compare\.end$/));
  });

  it('compares days, not moments', () => {
    const timeZone = 'America/Sao_Paulo';
    // Later by the clock, and the same day.
    const start = new Date('2024-03-01T02:59:00Z');
    expect(resolvePeriod({ start, end: new Date('2024-02-29T03:00:00Z'), timeZone })).toEqual({
      start: '2024-02-29',
      end: '2024-02-29',
    });
  });
});
