import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClock } from '../../../src/mock/clock.ts';

const START = new Date('2026-01-15T09:30:00.000Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the time', () => {
  it('is the machine’s, moved', () => {
    const clock = createClock();
    expect([clock.now(), clock.offset()]).toEqual([START, 0]);
    vi.advanceTimersByTime(HOUR);
    expect(clock.now()).toEqual(new Date(START.getTime() + HOUR));
    clock.advance(DAY);
    expect([clock.now(), clock.offset()]).toEqual([new Date(START.getTime() + HOUR + DAY), DAY]);
    clock.advance(DAY);
    expect(clock.offset()).toBe(2 * DAY);
  });

  it('goes to a moment, and back to the machine’s', () => {
    const clock = createClock();
    const there = new Date('2030-02-28T00:00:00Z');
    clock.set(there);
    expect(clock.now()).toEqual(there);
    vi.advanceTimersByTime(1);
    expect(clock.now()).toEqual(new Date(there.getTime() + 1));
    clock.set(null);
    expect([clock.now(), clock.offset()]).toEqual([new Date(), 0]);
  });

  it('is one that the caller gives', () => {
    const clock = createClock(() => new Date(0));
    clock.advance(5);
    expect(clock.now()).toEqual(new Date(5));
  });

  it('moves by whole milliseconds', () => {
    const clock = createClock();
    clock.advance(1.001 * 1000);
    expect(clock.offset()).toBe(1001);
  });

  it.each([
    ['beyond the last year', (clock: ReturnType<typeof createClock>) => clock.advance(8e15)],
    ['by more than a date holds', (clock) => clock.advance(1e300)],
    ['to no date', (clock) => clock.set(new Date('nonsense'))],
    ['before the first year', (clock) => clock.set(new Date('1969-12-31T23:59:59Z'))],
    ['to the year 9000', (clock) => clock.set(new Date('9000-01-01T00:00:00Z'))],
  ] satisfies [string, (clock: ReturnType<typeof createClock>) => void][])(
    'does not go %s, and stays where it is',
    (_what, move) => {
      const clock = createClock();
      clock.advance(7);
      expect(() => move(clock)).toThrow('The clock goes from the year 1970 to 8999, not beyond');
      expect(clock.offset()).toBe(7);
    },
  );
});

describe('what is scheduled', () => {
  it('happens when its time has come, once', () => {
    const clock = createClock();
    const act = vi.fn();
    clock.schedule(500, act);
    vi.advanceTimersByTime(499);
    expect(act).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(act).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(DAY);
    expect(act).toHaveBeenCalledOnce();
  });

  it('happens at once when the clock goes past it, in its order', () => {
    const clock = createClock();
    const done: string[] = [];
    clock.schedule(2 * DAY, () => done.push('second'));
    clock.schedule(DAY, () => done.push('first'));
    clock.schedule(9 * DAY, () => done.push('never'));
    clock.advance(8 * DAY);
    vi.advanceTimersByTime(0);
    expect(done).toEqual(['first', 'second']);
  });

  it('waits no longer when the clock goes back, and tells when it happens now', () => {
    const clock = createClock();
    const act = vi.fn();
    const moved = vi.fn();
    clock.advance(8 * DAY);
    clock.schedule(HOUR, act, moved);
    clock.advance(HOUR / 2);
    expect(moved).not.toHaveBeenCalled();
    clock.set(null);
    expect(moved.mock.calls).toEqual([[new Date(START.getTime() + HOUR / 2)]]);
    vi.advanceTimersByTime(HOUR / 2 - 1);
    expect(act).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(act).toHaveBeenCalledOnce();
  });

  it('is not hasty beyond what a timer can hold', () => {
    const clock = createClock();
    const act = vi.fn();
    clock.schedule(30 * DAY, act);
    vi.advanceTimersByTime(30 * DAY - 10);
    expect(act).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10);
    expect(act).toHaveBeenCalledOnce();
  });

  it('waits for as long as the machine’s clock stands', () => {
    const clock = createClock(() => new Date(0));
    const act = vi.fn();
    clock.schedule(100, act);
    vi.advanceTimersByTime(60_000);
    expect(act).not.toHaveBeenCalled();
    clock.advance(100);
    vi.advanceTimersByTime(0);
    expect(act).toHaveBeenCalledOnce();
  });

  it('can be called off, one or all', () => {
    const clock = createClock();
    const act = vi.fn();
    clock.schedule(1, act)();
    clock.schedule(2, act);
    clock.schedule(DAY, act);
    clock.close();
    clock.advance(2 * DAY);
    vi.advanceTimersByTime(2 * DAY);
    expect(act).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
