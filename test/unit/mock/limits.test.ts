import { describe, expect, it } from 'vitest';
import { createLimits } from '../../../src/mock/limits.ts';

const LIMIT = { perSecond: 2, perMinute: 5 };
const waits = (limits: ReturnType<typeof createLimits>, ...times: number[]): (number | null)[] =>
  times.map((time) => limits.take(LIMIT, time).retryAfter);

describe('the rate limit', () => {
  it('holds within a second', () => {
    expect(waits(createLimits(), 0, 10, 20, 999, 1000, 1001, 1002)).toEqual([
      null,
      null,
      1,
      1,
      null,
      null,
      1,
    ]);
  });

  it('holds within a minute, and says when there is room again', () => {
    const limits = createLimits();
    expect(waits(limits, 0, 0, 1000, 1000, 2000)).toEqual([null, null, null, null, null]);
    expect(waits(limits, 2000, 30_500, 59_001, 59_999)).toEqual([58, 30, 1, 1]);
    expect(waits(limits, 60_000)).toEqual([null]);
  });

  it('has room again when a client has waited as long as it was told', () => {
    const limits = createLimits();
    let now = 0;
    for (let call = 0; call < 40; call += 1) {
      const { retryAfter } = limits.take(LIMIT, now);
      if (retryAfter === null) continue;
      now += retryAfter * 1000;
      expect(limits.take(LIMIT, now).retryAfter).toBeNull();
    }
    // 40 calls at 5 a minute.
    expect(now).toBeGreaterThanOrEqual(7 * 60_000);
  });

  it('does not count what it refused', () => {
    const limits = createLimits();
    waits(limits, 0, 0, 0, 0, 0, 0, 0);
    expect(waits(limits, 1000, 1000, 2000)).toEqual([null, null, null]);
  });

  it('shows what is left of the minute', () => {
    const limits = createLimits();
    const shown = [0, 1000, 2000, 3000, 4000, 5000].map((now) => limits.take(LIMIT, now).headers);
    expect(shown.map((headers) => headers['x-ratelimit-remaining'])).toEqual([
      '4',
      '3',
      '2',
      '1',
      '0',
      '0',
    ]);
    expect(new Set(shown.map((headers) => headers['x-ratelimit-limit']))).toEqual(new Set(['5']));
  });

  it('is none, if there is none', () => {
    const limits = createLimits();
    for (let n = 0; n < 1000; n += 1) {
      expect(limits.take(null, 0)).toEqual({ headers: {}, retryAfter: null });
    }
  });

  it('begins anew when the clock is set back, and after a reset', () => {
    const limits = createLimits();
    waits(limits, 100_000, 100_000);
    expect(waits(limits, 100_000)).toEqual([1]);
    expect(waits(limits, 50_000, 50_000, 50_000)).toEqual([null, null, 1]);
    limits.reset();
    expect(waits(limits, 50_000)).toEqual([null]);
  });

  it('is the one that is set now', () => {
    const limits = createLimits();
    limits.take({ perSecond: 10, perMinute: 10 }, 0);
    limits.take({ perSecond: 10, perMinute: 10 }, 0);
    expect(limits.take({ perSecond: 2, perMinute: 10 }, 0).retryAfter).toBe(1);
    expect(limits.take({ perSecond: 3, perMinute: 10 }, 0).retryAfter).toBeNull();
  });
});
