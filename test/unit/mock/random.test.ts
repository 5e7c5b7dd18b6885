import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash, mix, uuid } from '../../../src/mock/data/random.ts';

describe('hash', () => {
  // Written down: a change of these changes everybody's data.
  it.each([
    [['tallywire'], 3_820_645_767],
    [[1, 'ig:reach', 'reach'], 3_509_929_367],
    [[], 3_312_464_927],
  ])('of %j is the same on every machine', (parts, expected) => {
    expect(hash(...parts)).toBe(expected);
  });

  it('keeps parts apart', () => {
    expect(hash('ab', 'c')).not.toBe(hash('a', 'bc'));
    expect(hash('1')).not.toBe(hash(1));
  });

  it('is an unsigned 32-bit number', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.integer())), fc.integer(), (parts, n) => {
        for (const value of [hash(...parts), mix(hash(...parts), n)]) {
          expect(Number.isInteger(value) && value >= 0 && value < 2 ** 32).toBe(true);
        }
      }),
    );
  });

  it('spreads neighbours over the whole range', () => {
    const buckets = Array.from({ length: 16 }, () => 0);
    for (let n = 0; n < 16_000; n += 1) {
      const bucket = Math.floor((mix(7, n) / 2 ** 32) * 16);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    expect(Math.min(...buckets)).toBeGreaterThan(850);
    expect(Math.max(...buckets)).toBeLessThan(1150);
  });
});

describe('uuid', () => {
  it('has the form of version 4 and differs by its parts', () => {
    const seen = new Set(Array.from({ length: 2000 }, (_, n) => uuid('seed', n)));
    expect(seen.size).toBe(2000);
    for (const one of seen) {
      expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });
});
