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
    const { enter } = createGate({ concurrency: 2 });
    const entered: number[] = [];
    const leaves: (() => void)[] = [];
    for (let i = 0; i < 5; i += 1) {
      void Promise.resolve(enter(undefined)).then((leave) => {
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
    const { enter } = createGate({ concurrency: 1_000, perSecond: 3, perMinute: 10 });
    const starts: number[] = [];
    for (let i = 0; i < 25; i += 1) {
      void Promise.resolve(enter(undefined)).then((leave) => {
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
    const { enter } = createGate({ concurrency: 1 });
    const leave = await enter(undefined);
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = enter(controller.signal);
    const next = enter(undefined);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    leave();
    await expect(next).resolves.toBeTypeOf('function');
    await expect(enter(controller.signal)).rejects.toBe(reason);
  });

  it('keeps no timer when nobody waits for it', async () => {
    const { enter } = createGate({ concurrency: 9, perMinute: 1 });
    await enter(undefined);
    const controller = new AbortController();
    const waiting = enter(controller.signal);
    expect(vi.getTimerCount()).toBe(1);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a gate that learns', () => {
  type Hints = Parameters<ReturnType<typeof createGate>['learn']>[0];
  const setup = (options: object = { learns: true }) => {
    const gate = createGate({ concurrency: 1_000, ...options });
    const begunAt = performance.now();
    const starts: number[] = [];
    const come = (count: number, signal?: AbortSignal): void => {
      for (let i = 0; i < count; i += 1) {
        void Promise.resolve(gate.enter(signal)).then(
          (leave) => {
            starts.push(performance.now() - begunAt);
            leave();
          },
          () => {},
        );
      }
    };
    const most = (ms: number): number =>
      Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + ms).length));
    return { gate, starts, come, most };
  };
  const room = (remaining: number, resetMs: number): Hints => ({ room: { remaining, resetMs } });

  it('knows no limit before it is told one, and counts what has started already', async () => {
    const { gate, starts, come } = setup();
    come(7);
    gate.learn({ perSecond: 10 });
    come(20);
    await vi.advanceTimersByTimeAsync(0);
    expect(starts).toHaveLength(10);
    await vi.advanceTimersByTimeAsync(999);
    expect(starts).toHaveLength(10);
    await vi.advanceTimersByTimeAsync(1);
    expect(starts).toHaveLength(20);
  });

  it('keeps to both limits', async () => {
    const { gate, starts, come, most } = setup();
    gate.learn({ perSecond: 3, perMinute: 10 });
    come(25);
    await vi.advanceTimersByTimeAsync(200_000);
    expect(starts).toHaveLength(25);
    expect(most(1_000)).toBe(3);
    expect(most(60_000)).toBe(10);
  });

  it('counts a request when it ends, or a second after its start: so late it may have arrived', async () => {
    const { gate, starts, come } = setup();
    gate.learn({ perSecond: 3 });
    const [early, late] = [await gate.enter(undefined), await gate.enter(undefined)];
    const ending = await gate.enter(undefined);
    come(3);
    await vi.advanceTimersByTimeAsync(300);
    late();
    early();
    await vi.advanceTimersByTimeAsync(999);
    expect(starts).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(starts).toEqual([1_300, 1_300]);
    await vi.advanceTimersByTimeAsync(699);
    expect(starts).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(starts).toEqual([1_300, 1_300, 2_000]);
    ending();
  });

  it('is never over a limit, whenever between start and end the requests arrive', async () => {
    const { gate } = setup();
    gate.learn({ perSecond: 7, perMinute: 100 });
    const arrivals: number[] = [];
    let seed = 1;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const all = Array.from({ length: 250 }, async () => {
      const leave = await gate.enter(undefined);
      await sleep(random() * 900);
      arrivals.push(performance.now());
      await sleep(random() * (random() < 0.2 ? 5_000 : 50));
      leave();
    });
    await vi.advanceTimersByTimeAsync(400_000);
    await Promise.all(all);
    const most = (ms: number): number =>
      Math.max(
        ...arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + ms).length),
      );
    expect(arrivals).toHaveLength(250);
    expect(most(1_000)).toBeLessThanOrEqual(7);
    expect(most(60_000)).toBeLessThanOrEqual(100);
    // And not much below them either.
    expect(most(60_000)).toBeGreaterThan(95);
  });

  it('takes a higher limit at once, for those who wait too', async () => {
    const { gate, starts, come } = setup();
    gate.learn({ perMinute: 1 });
    come(5);
    await vi.advanceTimersByTimeAsync(10);
    expect(starts).toHaveLength(1);
    gate.learn({ perMinute: 100 });
    await vi.advanceTimersByTimeAsync(0);
    expect(starts).toHaveLength(5);
  });

  it('takes a lower limit at once', async () => {
    const { gate, starts, come } = setup();
    gate.learn({ perSecond: 100 });
    gate.learn({ perSecond: 2 });
    come(5);
    await vi.advanceTimersByTimeAsync(0);
    expect(starts).toHaveLength(2);
  });

  it('keeps what it knows when it is told nothing', async () => {
    const { gate, starts, come } = setup();
    gate.learn({ perSecond: 2 });
    gate.learn({});
    gate.learn({ perMinute: undefined, perSecond: undefined, room: undefined });
    come(5);
    await vi.advanceTimersByTimeAsync(0);
    expect(starts).toHaveLength(2);
  });

  it('starts nothing before the reset when those under way may use up what remains', async () => {
    const { gate, starts, come } = setup();
    const leaves = await Promise.all([1, 2, 3].map(async () => gate.enter(undefined)));
    gate.learn(room(3, 5_000));
    come(1);
    await vi.advanceTimersByTimeAsync(0);
    expect(starts).toHaveLength(1);
    gate.learn(room(2, 5_000));
    gate.learn(room(0, 1_000)); // shorter: the longer one stands
    for (const leave of leaves) leave();
    come(4);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(starts).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(starts).toHaveLength(5);
  });

  it('lets go of whoever stops waiting during a pause', async () => {
    const { gate, starts, come } = setup();
    const leave = await gate.enter(undefined);
    gate.learn(room(0, 30_000));
    leave();
    const controller = new AbortController();
    come(1, controller.signal);
    controller.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(starts).toEqual([]);
  });

  it('learns nothing where the limits are given', async () => {
    const { gate, starts, come } = setup({ perSecond: 5 });
    const leave = await gate.enter(undefined);
    gate.learn({ perSecond: 1, perMinute: 1, ...room(0, 30_000) });
    leave();
    come(4);
    await vi.advanceTimersByTimeAsync(0);
    expect(starts).toHaveLength(4);
  });
});
