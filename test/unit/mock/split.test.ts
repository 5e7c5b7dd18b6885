import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cross, cutsOf, split, WHOLE, type Cuts } from '../../../src/mock/data/split.ts';

const weights = fc.array(fc.integer({ min: 1, max: 4095 }), { minLength: 1, maxLength: 60 });
const total = fc.integer({ min: 0, max: 2 ** 34 });
const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function parts(amount: number, cuts: Cuts, phase: number): number[] {
  const into: number[] = [];
  split(amount, cuts, phase, into);
  return into;
}

describe('split', () => {
  it.each([
    [100, [50, 30, 20], 0, [50, 30, 20]],
    [10, [1, 1, 1], 0, [3, 3, 4]],
    [10, [1, 1, 1], 1, [3, 4, 3]],
    [10, [1, 1, 1], 2, [4, 3, 3]],
    [1, [1, 2, 2], 4, [1, 0, 0]],
    [0, [3, 4], 5, [0, 0]],
  ])('of %i by %j at phase %i is %j', (amount, by, phase, expected) => {
    expect(parts(amount, cutsOf(by), phase)).toEqual(expected);
  });

  it('sums to the total exactly, in whole parts less than one away from their share', () => {
    fc.assert(
      fc.property(total, weights, fraction, (amount, by, at) => {
        const all = parts(amount, cutsOf(by), Math.floor(at * sum(by)));
        expect(sum(all)).toBe(amount);
        for (const [i, part] of all.entries()) {
          expect(Number.isInteger(part) && part >= 0).toBe(true);
          expect(Math.abs(part - (amount * (by[i] ?? 0)) / sum(by))).toBeLessThan(1.0001);
        }
      }),
    );
  });

  it('gives each part its exact share over all phases', () => {
    const cuts = cutsOf([5, 1, 14]);
    const all = Array.from({ length: cuts.sum }, (_, phase) => parts(3, cuts, phase));
    expect([0, 1, 2].map((i) => sum(all.map((one) => one[i] ?? 0)))).toEqual([15, 3, 42]);
  });

  it('by two partitions keeps the parts of the first', () => {
    // As large as amount × weights × weights may be.
    const few = fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 24 });
    const amounts = fc.integer({ min: 0, max: 2 ** 28 });
    fc.assert(
      fc.property(amounts, few, few, fraction, (amount, a, b, at) => {
        const [first, second] = [cutsOf(a), cutsOf(b)];
        const both = cross(first, second);
        const phase = Math.floor(at * both.sum);
        const fine = parts(amount, both, phase);
        const summed = a.map((_, i) => sum(fine.slice(i * b.length, (i + 1) * b.length)));
        expect(summed).toEqual(parts(amount, first, Math.floor(phase / second.sum)));
      }),
    );
  });

  it('into one is the whole', () => {
    expect(parts(7, WHOLE, 0)).toEqual([7]);
    expect(cross(WHOLE, cutsOf([2, 3]))).toEqual(cutsOf([2, 3]));
  });
});
