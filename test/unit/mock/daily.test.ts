import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dailyValue,
  daysOf,
  formatDay,
  parseDay,
  periodValue,
} from '../../../src/mock/data/daily.ts';

describe('parseDay', () => {
  it.each([
    ['1970-01-01', 0],
    ['2024-02-29', 19_782],
    ['2024-09-01T23:30:00-03:00', 19_967],
    ['2024-09-01 10:00:00', 19_967],
  ])('reads %s as written', (text, day) => {
    expect(parseDay(text)).toBe(day);
  });

  it.each([
    '',
    '2024-02-30',
    '2023-02-29',
    '2024-13-01',
    '24-01-01',
    '2024-1-1',
    'now',
    '2024-01-01x',
  ])('refuses %j', (text) => {
    expect(parseDay(text)).toBeUndefined();
  });

  it('reads back what formatDay writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: -300_000, max: 2_000_000 }), (day) => {
        expect(parseDay(formatDay(day))).toBe(day);
      }),
    );
  });
});

describe('a series', () => {
  const series = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const day = fc.integer({ min: 0, max: 40_000 });

  it('has whole values that are never negative, and the same each time', () => {
    fc.assert(
      fc.property(series, day, (key, on) => {
        const value = dailyValue(key, on);
        expect(Number.isInteger(value) && value >= 0 && value < 4000).toBe(true);
        expect(dailyValue(key, on)).toBe(value);
      }),
    );
  });

  it('adds up over adjoining periods', () => {
    fc.assert(
      fc.property(series, day, fc.nat(90), fc.nat(90), (key, first, a, b) => {
        const middle = first + a;
        const last = middle + 1 + b;
        expect(periodValue(key, { first, last })).toBe(
          periodValue(key, { first, last: middle }) + periodValue(key, { first: middle + 1, last }),
        );
      }),
    );
  });

  it('is the sum of its days', () => {
    const period = { first: 19_700, last: 19_760 };
    const days = daysOf(period).map((one) => dailyValue(99, one));
    expect(days).toHaveLength(61);
    expect(periodValue(99, period)).toBe(days.reduce((a, b) => a + b, 0));
  });

  it('is weaker at the weekend', () => {
    const sum = (weekday: number): number =>
      Array.from({ length: 200 }, (_, week) => dailyValue(5, 4 + week * 7 + weekday)).reduce(
        (a, b) => a + b,
        0,
      );
    // 1970-01-05 (day 4) was a Monday.
    expect(sum(6)).toBeLessThan(sum(2) * 0.85);
  });
});
