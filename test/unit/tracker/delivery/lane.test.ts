import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ended,
  type Lane,
  newLane,
  roomIn,
  started,
  stateOf,
} from '../../../../src/tracker/delivery/lane.ts';
import type { Verdict } from '../../../../src/tracker/delivery/verdict.ts';
import { verdicts } from './support.ts';

const { done, refused, held, failed, wait } = verdicts;
const hour = 3_600_000;

/** A lane after attempts one after the other, each as soon as it may start. */
const after = (lane: Lane, verdicts: readonly Verdict[], random = 1) => {
  let now = 0;
  const waits: number[] = [];
  for (const verdict of verdicts) {
    const until = Math.max(now, lane.stop?.until ?? 0);
    waits.push(until - now);
    now = until;
    const begun = started(lane);
    lane = ended(begun, { era: begun.era, verdict, now, random });
  }
  return { lane, now, waits };
};

const times = <T>(count: number, value: T): readonly T[] =>
  Array.from({ length: count }, () => value);

describe('an open lane', () => {
  it('starts slowly, and grows with every success up to its concurrency', () => {
    const limits = [0, 1, 2, 3, 4, 10].map((count) => {
      const { lane } = after(newLane(8), times(count, done));
      return roomIn(lane, 0);
    });
    expect(limits).toEqual([4, 5, 6, 7, 8, 8]);
    expect(roomIn(newLane(2), 0)).toBe(2);
    expect(roomIn(after(newLane(2), times(9, done)).lane, 0)).toBe(2);
  });

  it('counts what is under way', () => {
    const lane = started(started(newLane(8)));
    expect(roomIn(lane, 0)).toBe(2);
    expect(roomIn(started(started(started(lane))), 0)).toBe(0);
  });

  it('halves with every failure, and goes on from there', () => {
    const wide = after(newLane(32), times(28, done)).lane;
    const limits = [0, 1, 2, 3, 4].map((count) =>
      roomIn(after(wide, times(count, failed)).lane, 0),
    );
    expect(limits).toEqual([32, 16, 8, 4, 2]);
    expect(roomIn(after(wide, [failed, failed, done]).lane, 0)).toBe(9);
  });

  it.each([
    [32, 28, 5],
    [32, 0, 4],
    [2, 0, 2],
    [1, 0, 1],
  ])('of %i after %i successes is paused by %i failures in a row', (concurrency, good, bad) => {
    const { lane } = after(newLane(concurrency), times(good, done));
    expect(stateOf(after(lane, times(bad - 1, failed)).lane)).toMatchObject({ is: 'open' });
    expect(stateOf(after(lane, times(bad, failed)).lane)).toEqual({
      is: 'paused',
      reason: 'outage',
      detail: failed.detail,
    });
  });

  it('is not paused by failures among successes', () => {
    const mixed = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? done : failed));
    expect(after(newLane(32), [...times(28, done), ...mixed]).lane.stop).toBeUndefined();
  });

  it('is held when record after record is refused', () => {
    expect(stateOf(after(newLane(8), times(4, refused)).lane)).toMatchObject({ is: 'open' });
    expect(stateOf(after(newLane(8), times(5, refused)).lane)).toMatchObject({
      is: 'held',
      reason: 'configuration',
    });
    const mixed = Array.from({ length: 100 }, (_, index) => (index % 5 === 0 ? done : refused));
    expect(stateOf(after(newLane(8), mixed).lane)).toMatchObject({ is: 'open' });
  });
});

describe('a stopped lane', () => {
  it.each<[string, Verdict, number]>([
    ['held', held, 1],
    ['down', failed, 4],
    ['asked to wait', wait, 1],
  ])('%s probes with one at a time, later and later', (_, verdict, first) => {
    const stops = times(first + 11, verdict);
    const { lane, now, waits } = after(newLane(4), stops);
    const seconds = waits.slice(first).map((ms) => ms / 1_000);
    expect(seconds).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    expect(after(newLane(4), stops, 0).waits.slice(first)).toEqual(
      seconds.map((each) => each * 500),
    );
    const until = lane.stop?.until ?? 0;
    expect(until).toBe(now + 300_000);
    expect(roomIn(lane, until - 1)).toBe(0);
    expect(roomIn(lane, until)).toBe(1);
    expect(roomIn(started(lane), until)).toBe(0);
  });

  it('opens for one with the first success', () => {
    const { lane } = after(newLane(8), [held, held, done]);
    expect(stateOf(lane)).toEqual({ is: 'open', limit: 1 });
    expect(roomIn(lane, 0)).toBe(1);
    expect(roomIn(after(lane, times(3, done)).lane, 0)).toBe(4);
  });

  it('begins with short waits again', () => {
    const { waits } = after(newLane(8), [...times(6, held), done, held, held]);
    expect(waits.at(-1)).toBe(1_000);
  });

  it('tells what somebody has to mend, while other things go wrong', () => {
    const { lane } = after(newLane(8), [held, failed, failed]);
    expect(stateOf(lane)).toMatchObject({ is: 'held', reason: 'authentication' });
    expect(stateOf(after(newLane(1), [failed, held]).lane)).toMatchObject({ is: 'held' });
  });

  it('asks again soon when a probe was refused: the API works', () => {
    const { lane, waits } = after(newLane(1), [...times(8, failed), refused, refused, done]);
    expect(waits.slice(-3)).toEqual([128_000, 1_000, 1_000]);
    expect(lane.stop).toBeUndefined();
  });

  it('of refusals probes every minute: each is another record', () => {
    const { waits } = after(newLane(8), times(16, refused));
    expect(waits.slice(5).map((ms) => ms / 1_000)).toEqual([
      1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60,
    ]);
  });

  it('learns nothing from what had started before', () => {
    const many = started(started(started(newLane(8))));
    const stop = ended(many, { era: many.era, verdict: held, now: 0, random: 1 });
    for (const verdict of [done, failed, held, refused, wait]) {
      expect(ended(stop, { era: many.era, verdict, now: 5, random: 1 })).toBe(stop);
    }
  });
});

describe('a lane that is asked to wait', () => {
  const waitFor = (ms: number): Verdict => ({ ...wait, ms });

  it.each([
    [60_000, 60_000],
    [0, 1_000],
    [-5, 1_000],
    [NaN, 1_000],
    [1e15, hour],
    [Infinity, hour],
  ])('for %i ms waits %i ms', (ms, waited) => {
    const { lane } = after(newLane(8), [waitFor(ms)]);
    expect(lane.stop).toMatchObject({ is: 'paused', reason: 'rate-limit', until: waited });
  });

  it('tells when it is down', () => {
    const { lane } = after(newLane(8), [{ ...wait, reason: 'outage' }]);
    expect(stateOf(lane)).toMatchObject({ is: 'paused', reason: 'outage' });
  });

  it('is opened by no probe that had started before', () => {
    const two = started(started(newLane(8)));
    const stop = ended(two, { era: two.era, verdict: held, now: 0, random: 1 });
    const probing = started(stop);
    const asked = ended(probing, { era: two.era, verdict: waitFor(9_000), now: 2_000, random: 1 });
    const after = ended(asked, { era: probing.era, verdict: done, now: 2_001, random: 1 });
    expect(roomIn(after, 10_999)).toBe(0);
    expect(roomIn(after, 11_000)).toBe(1);
  });

  it('listens to whoever says so, at any time', () => {
    const many = started(started(started(newLane(8))));
    const { era } = many;
    const stop = ended(many, { era, verdict: held, now: 0, random: 1 });
    const longer = ended(stop, { era, verdict: waitFor(9_000), now: 5, random: 1 });
    expect(longer.stop).toMatchObject({ is: 'held', until: 9_005 });
    const shorter = ended(longer, { era, verdict: waitFor(1), now: 6, random: 1 });
    expect(shorter.stop).toMatchObject({ until: 9_005 });
    const open = after(stop, [done]).lane;
    expect(ended(open, { era, verdict: waitFor(9_000), now: 7, random: 1 }).stop).toMatchObject({
      is: 'paused',
      until: 9_007,
    });
  });
});

describe('any lane', () => {
  const anyVerdict: fc.Arbitrary<Verdict> = fc.oneof(
    { weight: 4, arbitrary: fc.constant<Verdict>(done) },
    { weight: 4, arbitrary: fc.constantFrom<Verdict[]>(failed, refused, held, wait) },
    {
      weight: 1,
      arbitrary: fc
        .oneof(fc.nat(100_000), fc.constant(Number.MAX_VALUE))
        .map((ms): Verdict => ({ ...wait, ms })),
    },
  );
  const step = fc.oneof(
    fc.record({ do: fc.constant('start' as const) }),
    fc.record({
      do: fc.constant('end' as const),
      which: fc.nat(63),
      verdict: anyVerdict,
      random: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.oneof(fc.nat(2_000), fc.nat(hour)) }),
  );

  const isLong = process.env.LONG !== undefined;

  it(
    'keeps to its limit and to its times, and always tries again',
    { timeout: isLong ? 900_000 : 20_000 },
    () => {
      const lanes = fc.tuple(fc.integer({ min: 1, max: 64 }), fc.array(step, { maxLength: 200 }));
      fc.assert(
        fc.property(lanes, ([concurrency, steps]) => {
          let lane = newLane(concurrency);
          let now = 0;
          let notBefore = 0;
          const underWay: number[] = [];
          for (const step of steps) {
            if (step.do === 'pass') now += step.ms;
            if (step.do === 'start') {
              while (roomIn(lane, now) > 0) {
                expect(now).toBeGreaterThanOrEqual(notBefore);
                lane = started(lane);
                underWay.push(lane.era);
              }
            }
            if (step.do === 'end' && underWay.length > 0) {
              const { verdict, random, which } = step;
              const [era = 0] = underWay.splice(which % underWay.length, 1);
              const before = lane;
              lane = ended(lane, { era, verdict, now, random });
              if (verdict.is === 'wait' && verdict.ms !== undefined) {
                notBefore = Math.max(notBefore, now + Math.min(verdict.ms, hour));
              }
              if (verdict.is !== 'done') expect(lane.limit).toBeLessThanOrEqual(before.limit);
            }
            const active = underWay.filter((era) => era === lane.era).length;
            expect(lane.active).toBe(active);
            expect(active).toBeLessThanOrEqual(concurrency);
            expect(lane.limit).toBeGreaterThanOrEqual(1);
            expect(lane.limit).toBeLessThanOrEqual(concurrency);
            if (lane.stop !== undefined) {
              expect(active).toBeLessThanOrEqual(1);
              expect(lane.stop.until).toBeLessThanOrEqual(now + hour);
            }
            // Whatever happened: once nothing is under way any more, it goes on.
            if (active === 0) expect(roomIn(lane, now + hour)).toBeGreaterThan(0);
          }
        }),
        { numRuns: isLong ? 100_000 : 1_000 },
      );
    },
  );
});
