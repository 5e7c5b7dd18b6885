import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../../src/testing/index.ts';

describe('a fake clock', () => {
  it('stands still', async () => {
    const clock = fakeClock({ now: 1_000 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([clock.now(), clock.monotonic()]).toEqual([1_000, 0]);
  });

  it('calls what is due in the order of its times, each at its time', async () => {
    const clock = fakeClock({ now: 0 });
    const calls: [string, number, number][] = [];
    const note = (name: string) => () => calls.push([name, clock.now(), clock.monotonic()]);
    clock.after(30, note('third'));
    clock.after(10, note('first'));
    clock.after(10, note('second'));
    clock.after(51, note('too late'));
    await clock.advance(50);
    expect(calls).toEqual([
      ['first', 10, 10],
      ['second', 10, 10],
      ['third', 30, 30],
    ]);
    expect([clock.now(), clock.waiting()]).toEqual([50, 1]);
  });

  it('calls what these calls ask for in turn, through promises as well', async () => {
    const clock = fakeClock();
    let turns = 0;
    const again = async (): Promise<void> => {
      await Promise.resolve();
      turns += 1;
      clock.after(10, () => void again());
    };
    clock.after(10, () => void again());
    await clock.advance(100);
    expect(turns).toBe(10);
  });

  it('takes a call back', async () => {
    const clock = fakeClock();
    let called = false;
    const cancel = clock.after(10, () => (called = true));
    cancel();
    await clock.advance(100);
    expect([called, clock.waiting()]).toEqual([false, 0]);
  });

  it('jumps without a timer noticing', async () => {
    const clock = fakeClock({ now: 10_000 });
    let called = 0;
    clock.after(100, () => (called += 1));
    clock.jump(-5_000);
    expect([clock.now(), clock.monotonic()]).toEqual([5_000, 0]);
    clock.jump(1_000_000);
    expect(called).toBe(0);
    await clock.advance(100);
    expect([called, clock.now()]).toEqual([1, 1_005_100]);
  });

  it('holds chance in hand', () => {
    expect(fakeClock().random()).toBe(0.5);
    expect(fakeClock({ random: () => 0.25 }).random()).toBe(0.25);
  });
});
