import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { split } from '../../../src/mock/data/split.ts';

const weights = fc.array(fc.integer({ min: 0, max: 4095 }), { minLength: 1, maxLength: 60 });
const total = fc.integer({ min: 0, max: 2 ** 40 });
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe('split', () => {
  it.each([
    [10, [1, 1, 1], [4, 3, 3]],
    [100, [50, 30, 20], [50, 30, 20]],
    [1, [1, 2, 2], [0, 1, 0]],
    [7, [0, 5], [0, 7]],
    [5, [0, 0], [5, 0]],
    [0, [3, 4], [0, 0]],
    [3, [], []],
  ])('of %i by %j is %j', (amount, by, expected) => {
    expect(split(amount, by)).toEqual(expected);
  });

  it('sums to the total exactly, in whole parts', () => {
    fc.assert(
      fc.property(total, weights, (amount, by) => {
        const parts = split(amount, by);
        expect(sum(parts)).toBe(amount);
        expect(parts.every((part) => Number.isInteger(part) && part >= 0)).toBe(true);
      }),
    );
  });

  it('keeps each part less than one away from its share', () => {
    fc.assert(
      fc.property(total, weights, (amount, by) => {
        fc.pre(sum(by) > 0);
        for (const [i, part] of split(amount, by).entries()) {
          const share = (amount * (by[i] ?? 0)) / sum(by);
          expect(Math.abs(part - share)).toBeLessThan(1.001);
        }
      }),
    );
  });

  it('gives what weighs nothing nothing', () => {
    fc.assert(
      fc.property(total, weights, (amount, by) => {
        fc.pre(sum(by) > 0);
        for (const [i, part] of split(amount, by).entries()) if (by[i] === 0) expect(part).toBe(0);
      }),
    );
  });
});
