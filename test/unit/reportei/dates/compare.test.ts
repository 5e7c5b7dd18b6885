import { Temporal } from '@js-temporal/polyfill';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CompareName,
  type PeriodName,
  resolvePeriod,
} from '../../../../src/reportei/dates/index.ts';
import { at, days, firstOf, isMonthEnd, monthsBack, textAt } from './naive-calendar.ts';

const compared = (compare: CompareName, start: string, end: string): string => {
  const { compare: other } = resolvePeriod({ start, end, compare });
  return `${other?.start} ${other?.end}`;
};

const comparedByName = (compare: CompareName, period: PeriodName, today: string): string => {
  const now = new Date(`${today}T12:00:00Z`);
  const { compare: other } = resolvePeriod({ period, timeZone: 'UTC', compare }, now);
  return `${other?.start} ${other?.end}`;
};

const isConfig = (message: RegExp) =>
  expect.objectContaining({
    code: 'config',
    message: expect.stringMatching(message) as string,
  });

describe('previous-period at month ends, in leap years, over quarters and years', () => {
  it.each([
    // Whole months, quarters, years.
    ['2024-02-01', '2024-02-29', '2024-01-01', '2024-01-31'],
    ['2024-03-01', '2024-03-31', '2024-02-01', '2024-02-29'],
    ['2023-03-01', '2023-03-31', '2023-02-01', '2023-02-28'],
    ['1900-03-01', '1900-03-31', '1900-02-01', '1900-02-28'],
    ['2000-03-01', '2000-03-31', '2000-02-01', '2000-02-29'],
    ['2024-01-01', '2024-01-31', '2023-12-01', '2023-12-31'],
    ['2024-01-01', '2024-03-31', '2023-10-01', '2023-12-31'],
    ['2024-04-01', '2024-06-30', '2024-01-01', '2024-03-31'],
    ['2024-01-01', '2024-12-31', '2023-01-01', '2023-12-31'],
    ['2023-01-01', '2024-12-31', '2021-01-01', '2022-12-31'],
    ['2024-02-01', '2024-03-31', '2023-12-01', '2024-01-31'],
    ['0099-02-01', '0099-02-28', '0099-01-01', '0099-01-31'],
    // As many days.
    ['2024-03-01', '2024-03-01', '2024-02-29', '2024-02-29'],
    ['2024-02-29', '2024-02-29', '2024-02-28', '2024-02-28'],
    ['2024-03-01', '2024-03-30', '2024-01-31', '2024-02-29'],
    ['2024-02-01', '2024-02-28', '2024-01-04', '2024-01-31'],
    ['2024-03-02', '2024-03-31', '2024-02-01', '2024-03-01'],
    ['2024-01-15', '2024-02-14', '2023-12-15', '2024-01-14'],
    ['2023-12-25', '2023-12-31', '2023-12-18', '2023-12-24'],
    ['2023-03-10', '2023-03-16', '2023-03-03', '2023-03-09'],
  ])('%s to %s: %s to %s', (start, end, before, until) => {
    expect(compared('previous-period', start, end)).toBe(`${before} ${until}`);
  });

  it.each<[PeriodName, string, string]>([
    ['today', '2024-03-01', '2024-02-29 2024-02-29'],
    ['yesterday', '2024-03-01', '2024-02-28 2024-02-28'],
    ['last-7-days', '2024-03-01', '2024-02-16 2024-02-22'],
    // April as thirty days, not as a month.
    ['last-30-days', '2024-05-01', '2024-03-02 2024-03-31'],
    ['last-31-days', '2024-08-01', '2024-05-31 2024-06-30'],
    ['last-366-days', '2025-01-01', '2022-12-31 2023-12-31'],
    ['week-to-date', '2024-01-03', '2023-12-25 2023-12-27'],
    ['week-to-date', '2024-03-04', '2024-02-26 2024-02-26'],
    ['last-week', '2024-01-03', '2023-12-18 2023-12-24'],
    ['month-to-date', '2024-03-15', '2024-02-01 2024-02-15'],
    ['month-to-date', '2024-03-29', '2024-02-01 2024-02-29'],
    ['month-to-date', '2024-03-30', '2024-02-01 2024-02-29'],
    ['month-to-date', '2024-03-31', '2024-02-01 2024-02-29'],
    ['month-to-date', '2023-03-31', '2023-02-01 2023-02-28'],
    ['month-to-date', '2024-01-31', '2023-12-01 2023-12-31'],
    ['month-to-date', '2024-03-01', '2024-02-01 2024-02-01'],
    // On its last day the month is whole.
    ['month-to-date', '2024-04-29', '2024-03-01 2024-03-29'],
    ['month-to-date', '2024-04-30', '2024-03-01 2024-03-31'],
    ['month-to-date', '2024-02-29', '2024-01-01 2024-01-31'],
    ['last-month', '2024-03-15', '2024-01-01 2024-01-31'],
    ['quarter-to-date', '2024-05-15', '2024-01-01 2024-02-15'],
    ['quarter-to-date', '2024-05-30', '2024-01-01 2024-02-29'],
    ['quarter-to-date', '2024-05-31', '2024-01-01 2024-02-29'],
    ['quarter-to-date', '2024-04-30', '2024-01-01 2024-01-31'],
    ['quarter-to-date', '2024-06-30', '2024-01-01 2024-03-31'],
    ['quarter-to-date', '2024-02-10', '2023-10-01 2023-11-10'],
    ['last-quarter', '2024-02-10', '2023-07-01 2023-09-30'],
    ['year-to-date', '2024-03-15', '2023-01-01 2023-03-15'],
    ['year-to-date', '2024-02-29', '2023-01-01 2023-02-28'],
    ['year-to-date', '2025-02-28', '2024-01-01 2024-02-29'],
    ['year-to-date', '2025-02-27', '2024-01-01 2024-02-27'],
    ['last-year', '2025-06-01', '2023-01-01 2023-12-31'],
  ])('%s on %s: %s', (period, today, other) => {
    expect(comparedByName('previous-period', period, today)).toBe(other);
  });
});

describe('previous-year', () => {
  it.each([
    ['2024-03-10', '2024-03-20', '2023-03-10', '2023-03-20'],
    ['2024-02-29', '2024-02-29', '2023-02-28', '2023-02-28'],
    ['2024-02-10', '2024-02-29', '2023-02-10', '2023-02-28'],
    ['2024-02-29', '2024-03-05', '2023-02-28', '2023-03-05'],
    ['2025-02-10', '2025-02-28', '2024-02-10', '2024-02-28'],
    ['2023-12-25', '2024-01-07', '2022-12-25', '2023-01-07'],
    // The whole of February stays whole.
    ['2024-02-01', '2024-02-29', '2023-02-01', '2023-02-28'],
    ['2025-02-01', '2025-02-28', '2024-02-01', '2024-02-29'],
    ['1901-02-01', '1901-02-28', '1900-02-01', '1900-02-28'],
    ['2001-02-01', '2001-02-28', '2000-02-01', '2000-02-29'],
    ['2024-12-01', '2025-02-28', '2023-12-01', '2024-02-29'],
    ['2024-01-01', '2024-12-31', '2023-01-01', '2023-12-31'],
  ])('%s to %s: %s to %s', (start, end, before, until) => {
    expect(compared('previous-year', start, end)).toBe(`${before} ${until}`);
  });

  it.each<[PeriodName, string, string]>([
    ['today', '2024-02-29', '2023-02-28 2023-02-28'],
    ['last-7-days', '2025-03-01', '2024-02-22 2024-02-28'],
    // February as 28 days, not as a month.
    ['last-28-days', '2025-03-01', '2024-02-01 2024-02-28'],
    ['last-week', '2024-01-03', '2022-12-25 2022-12-31'],
    ['month-to-date', '2025-02-28', '2024-02-01 2024-02-29'],
    ['last-month', '2025-03-15', '2024-02-01 2024-02-29'],
    ['last-month', '2024-03-15', '2023-02-01 2023-02-28'],
    ['last-quarter', '2024-04-15', '2023-01-01 2023-03-31'],
  ])('%s on %s: %s', (period, today, other) => {
    expect(comparedByName('previous-year', period, today)).toBe(other);
  });
});

const numRuns = 1_500;
const someDay = fc.integer({ min: 4_000, max: days.length - 1_500 });
const someLength = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 1_000 }));

describe('against a calendar that is walked day by day', () => {
  it('what is no whole month is compared with as many days, right before', () => {
    fc.assert(
      fc.property(someDay, someLength, (end, length) => {
        const start = end - length + 1;
        fc.pre(at(start).day !== 1 || !isMonthEnd(end));
        expect(compared('previous-period', textAt(start), textAt(end))).toBe(
          `${textAt(start - length)} ${textAt(start - 1)}`,
        );
      }),
      { numRuns },
    );
  });

  it('whole months are compared with as many, right before', () => {
    fc.assert(
      fc.property(someDay, fc.integer({ min: 1, max: 40 }), (day, months) => {
        const start = firstOf('month', day);
        let after = start;
        for (let count = 0; count < months; count += 1) after = firstOf('month', after + 31);
        let before = start;
        for (let count = 0; count < months; count += 1) before = firstOf('month', before - 1);
        expect(compared('previous-period', textAt(start), textAt(after - 1))).toBe(
          `${textAt(before)} ${textAt(start - 1)}`,
        );
      }),
      { numRuns },
    );
  });

  it('a year before is the same dates, as far as there are such', () => {
    const anySpan = fc
      .tuple(someDay, someLength)
      .map(([end, length]) => [end - length + 1, end] as const);
    const wholeMonths = anySpan.map(
      ([start, end]) => [firstOf('month', start), firstOf('month', end + 31) - 1] as const,
    );
    fc.assert(
      fc.property(fc.oneof(anySpan, wholeMonths), ([start, end]) => {
        const isWhole = at(start).day === 1 && isMonthEnd(end);
        expect(compared('previous-year', textAt(start), textAt(end))).toBe(
          `${monthsBack(start, 12, false)} ${monthsBack(end, 12, isWhole)}`,
        );
      }),
      { numRuns },
    );
  });

  it('what is up to date is compared with the same stretch of the unit before', () => {
    const units = { month: 1, quarter: 3, year: 12 } as const;
    const someUnit = fc.constantFrom('month', 'quarter', 'year');
    fc.assert(
      fc.property(someDay, someUnit, (today, unit) => {
        const first = firstOf(unit, today);
        expect(comparedByName('previous-period', `${unit}-to-date`, textAt(today))).toBe(
          `${textAt(firstOf(unit, first - 1))} ${monthsBack(today, units[unit], isMonthEnd(today))}`,
        );
        expect(comparedByName('previous-period', 'week-to-date', textAt(today))).toBe(
          `${textAt(firstOf('week', today) - 7)} ${textAt(today - 7)}`,
        );
      }),
      { numRuns },
    );
  });
});

describe('against Temporal, in all years', () => {
  const first = Temporal.PlainDate.from('0011-01-01');
  const text = (start: Temporal.PlainDate, end: Temporal.PlainDate) =>
    `${start.toString()} ${end.toString()}`;
  const anyDay = fc.integer({ min: 0, max: 3_648_000 }).map((days) => first.add({ days }));
  const length = fc.integer({ min: 0, max: 400 });

  it('moves by years and by days', () => {
    fc.assert(
      fc.property(anyDay, length, fc.boolean(), (day, length, aligned) => {
        const start = aligned ? day.with({ day: 1 }) : day;
        const until = start.add({ days: length });
        const end = aligned ? until.with({ day: until.daysInMonth }) : until;
        const isWhole = start.day === 1 && end.day === end.daysInMonth;

        const yearBefore = end.subtract({ years: 1 });
        expect(compared('previous-year', start.toString(), end.toString())).toBe(
          text(
            start.subtract({ years: 1 }),
            isWhole ? yearBefore.with({ day: yearBefore.daysInMonth }) : yearBefore,
          ),
        );
        const back = start.until(end.add({ days: 1 }), { largestUnit: isWhole ? 'month' : 'day' });
        expect(compared('previous-period', start.toString(), end.toString())).toBe(
          text(start.subtract(back), start.subtract({ days: 1 })),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('compare', () => {
  const january = { start: '2024-01-01', end: '2024-01-31' };

  it('takes other days', () => {
    const compare = { start: '2022-06-01', end: '2022-06-05' };
    expect(resolvePeriod({ ...january, compare })).toEqual({ ...january, compare });
  });

  it('takes moments, in the stated zone', () => {
    const compare = {
      start: new Date('2023-01-01T02:00:00Z'),
      end: Temporal.Instant.from('2023-02-01T02:00:00Z'),
    };
    const timeZone = 'America/Sao_Paulo';
    expect(resolvePeriod({ ...january, compare, timeZone }).compare).toEqual({
      start: '2022-12-31',
      end: '2023-01-31',
    });
  });

  it.each(['previous-month', 'previous', 'PREVIOUS-YEAR', '', true, 7])('refuses %j', (compare) => {
    expect(() => resolvePeriod({ ...january, compare } as never)).toThrow(
      isConfig(/^compare must be previous-period, previous-year, or \{ start, end \}$/),
    );
  });

  it.each([
    [{ start: '2023-01-01' }, /^compare\.end must be a calendar day/],
    [{ end: '2023-01-01' }, /^compare\.start must be a calendar day/],
    [{}, /^compare\.start must be a calendar day/],
    [null, /^compare\.start must be a calendar day/],
  ])('refuses %j', (compare, message) => {
    expect(() => resolvePeriod({ ...january, compare } as never)).toThrow(isConfig(message));
  });

  it.each(['previous-period', 'previous-year'] as const)(
    'refuses %s where there is none',
    (compare) => {
      expect(() => resolvePeriod({ start: '0001-01-01', end: '0001-01-31', compare })).toThrow(
        isConfig(/^compare\.start is outside the years 0001 to 9999$/),
      );
    },
  );
});
