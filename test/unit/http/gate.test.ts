import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGate } from '../../../src/http/gate.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('createGate', () => {
  it('lets in as many as are allowed at once, in the order of their coming', async () => {
    const gate = createGate({ concurrency: 2 });
    const entered: number[] = [];
    const leaves: (() => void)[] = [];
    for (let i = 0; i < 5; i += 1) {
      void Promise.resolve(gate(undefined)).then((leave) => {
        entered.push(i);
        leaves.push(leave);
      });
    }
    await vi.advanceTimersByTimeAsync(0);
    expect(entered).toEqual([0, 1]);
    leaves[0]?.();
    leaves[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(entered).toEqual([0, 1, 2]);
  });

  it('starts no more than allowed in any second and any minute', async () => {
    const gate = createGate({ concurrency: 1_000, perSecond: 3, perMinute: 10 });
    const starts: number[] = [];
    for (let i = 0; i < 25; i += 1) {
      void Promise.resolve(gate(undefined)).then((leave) => {
        starts.push(performance.now());
        leave();
      });
    }
    await vi.advanceTimersByTimeAsync(200_000);
    expect(starts).toHaveLength(25);
    const within = (ms: number) =>
      Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + ms).length));
    expect(within(1_000)).toBe(3);
    expect(within(60_000)).toBe(10);
  });

  it('lets go of whoever stops waiting', async () => {
    const gate = createGate({ concurrency: 1 });
    const leave = await gate(undefined);
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = gate(controller.signal);
    const next = gate(undefined);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    leave();
    await expect(next).resolves.toBeTypeOf('function');
    await expect(gate(controller.signal)).rejects.toBe(reason);
  });
});
