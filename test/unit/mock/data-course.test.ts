import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flowOn, stockOn, type Course } from '../../../src/mock/data/course.ts';

const key = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const day = fc.integer({ min: -719_000, max: 2_900_000 });
const course = fc.record({
  key,
  size: fc.integer({ min: 1, max: 200_000 }),
  tide: fc.option(key, { nil: null }),
});

describe('what flows', () => {
  it('is whole, never negative, near its size and the same each time', () => {
    fc.assert(
      fc.property(course, day, (one, on) => {
        const value = flowOn(one, on);
        expect(Number.isInteger(value) && value >= 0 && value <= one.size * 1.5 + 1).toBe(true);
        expect(flowOn({ ...one }, on)).toBe(value);
      }),
    );
  });

  it('is weaker at the weekend', () => {
    const one: Course = { key: 5, size: 400, tide: null };
    const sum = (weekday: number): number =>
      Array.from({ length: 200 }, (_, week) => flowOn(one, 4 + week * 7 + weekday)).reduce(
        (a, b) => a + b,
        0,
      );
    // 1970-01-05 (day 4) was a Monday.
    expect(sum(6)).toBeLessThan(sum(2) * 0.85);
  });

  it('keeps its proportion to what it shares a tide with, on each day', () => {
    fc.assert(
      fc.property(key, key, key, day, (tide, a, b, on) => {
        const large = flowOn({ key: a, size: 5000, tide }, on);
        const small = flowOn({ key: b, size: 4000, tide }, on);
        expect(small).toBeLessThan(large);
      }),
    );
  });
});

describe('what stands', () => {
  it('is whole and never negative, however early or late the day', () => {
    fc.assert(
      fc.property(course, day, (one, on) => {
        const value = stockOn(one, on);
        expect(Number.isSafeInteger(value) && value >= 0 && value <= one.size * 40).toBe(true);
      }),
    );
  });

  it('grows slowly: by no leap from day to day, and by something in a year', () => {
    fc.assert(
      fc.property(key, fc.integer({ min: 15_000, max: 25_000 }), (one, on) => {
        const of = (at: number): number => stockOn({ key: one, size: 20_000, tide: null }, at);
        expect(Math.abs(of(on + 1) - of(on)) / of(on)).toBeLessThan(0.01);
        expect(of(on + 365)).toBeGreaterThan(of(on));
      }),
    );
  });
});
