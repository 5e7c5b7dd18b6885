import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysOf, formatDay, parseDay, weekdayOf } from '../../../src/mock/data/daily.ts';

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

describe('days', () => {
  it('of a period have both ends among them', () => {
    expect(daysOf({ first: -1, last: 1 })).toEqual([-1, 0, 1]);
    expect(daysOf({ first: 1, last: 0 })).toEqual([]);
  });

  it('have a weekday, from Monday', () => {
    fc.assert(
      fc.property(fc.integer({ min: -300_000, max: 2_000_000 }), (day) => {
        expect(weekdayOf(day)).toBe((new Date(day * 86_400_000).getUTCDay() + 6) % 7);
      }),
    );
  });
});
