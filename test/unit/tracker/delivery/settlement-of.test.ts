import { describe, expect, it } from 'vitest';
import { settlementOf } from '../../../../src/tracker/delivery/settlement-of.ts';
import type { Taken } from '../../../../src/tracker/outbox.ts';
import { recordOf, verdicts } from './support.ts';

const { done, refused, held, failed, wait } = verdicts;
const now = 1_000_000;
const usual = { now, random: 1, restMs: 0, isAtFault: false, isSpent: false };
const taken = (attempts: number): Taken => ({ record: recordOf('a'), attempts });

describe('what becomes of a record', () => {
  it('that was taken, or is at fault', () => {
    expect(settlementOf(taken(0), done, usual)).toEqual({ to: 'sent' });
    expect(settlementOf(taken(1), refused, { ...usual, isAtFault: true })).toEqual({
      to: 'dead',
      reason: refused.reason,
    });
  });

  it('that had to wait: no attempt, and due when the lane goes on', () => {
    const settlement = settlementOf(taken(3), wait, { ...usual, restMs: 7_000 });
    expect(settlement).toEqual({ to: 'retry', at: now + 7_000, counts: false });
  });

  it.each([
    ['failed', failed],
    ['was refused', refused],
    ['was held', held],
  ])('that %s: at any moment before a bound that doubles', (_, verdict) => {
    const bounds = [0, 1, 2, 8, 9, 100, 5_000].map((attempts) => {
      const settlement = settlementOf(taken(attempts), verdict, usual);
      expect(settlement).toMatchObject({ to: 'retry', counts: true });
      return settlement.to === 'retry' ? settlement.at - now : NaN;
    });
    expect(bounds).toEqual([1_000, 2_000, 4_000, 256_000, 300_000, 300_000, 300_000]);
    const least = settlementOf(taken(9), verdict, { ...usual, random: 0 });
    expect(least).toEqual({ to: 'retry', at: now, counts: true });
  });

  it('is due at a whole millisecond', () => {
    const settlement = settlementOf(taken(0), failed, { ...usual, random: 0.123_456 });
    expect(settlement).toMatchObject({ at: now + 124 });
    const waited = settlementOf(taken(0), wait, { ...usual, restMs: 0.5 });
    expect(waited).toMatchObject({ at: now + 1 });
  });

  it('that failed when too much fails: much later', () => {
    const settlement = settlementOf(taken(0), failed, { ...usual, isSpent: true });
    expect(settlement).toEqual({ to: 'retry', at: now + 32_000, counts: true });
  });
});
