import { describe, expect, it, vi } from 'vitest';
import { createReoClient } from '../../../../src/reo/index.ts';
import { fakeClock } from '../../../../src/testing/fake-clock.ts';
import { createTracker, type TrackerOptions, type Verdict } from '../../../../src/tracker/index.ts';

const reo = createReoClient({
  apiKey: 'test_key',
  defaults: { activity_type: 'LOGIN', product_id: 'web', user_id_type: 'EMAIL' },
});
const ann = { user_id: 'ann@example.com' };
const never = (): Promise<Verdict> => new Promise(() => {});

/** A hook that tracks what cannot be kept, so many times for each time that it is told. */
const stubborn = (times: number, options: TrackerOptions = {}) => {
  const clock = fakeClock();
  let depth = 0;
  const seen = { told: 0, calls: 0, deepest: 0 };
  const tracker = createTracker(reo, {
    clock,
    sink: never,
    hooks: {
      dropped: ({ dropped: { calls } }) => {
        depth += 1;
        seen.told += 1;
        seen.calls += calls;
        seen.deepest = Math.max(seen.deepest, depth);
        for (let n = 0; n < times; n += 1) tracker.track(ann);
        depth -= 1;
      },
    },
    ...options,
  });
  return { clock, tracker, seen };
};

describe('a hook that always leads to another drop', () => {
  it.each<[string, TrackerOptions]>([
    ['closed', {}],
    ['full', { maxRecords: 1 }],
    ['giving way', { maxRecords: 2, overflow: 'drop-oldest' }],
  ])('is told in a loop, and others get their turn (%s)', async (how, options) => {
    const { clock, tracker, seen } = stubborn(1, options);
    if (how === 'closed') void tracker.close({ timeout: 0 });
    for (let n = 0; n < 3; n += 1) tracker.track(ann);
    expect(seen.deepest).toBe(1);
    expect(seen.told).toBeLessThan(1_000);
    const before = seen.told;
    await clock.advance(1);
    expect(seen.told).toBeGreaterThan(before);
    expect(tracker.stats().given.records).toBeLessThan(2_000);
  });

  it('is told of each drop in the end, of many in one sum', async () => {
    const clock = fakeClock();
    let calls = 0;
    let told = 0;
    const tracker = createTracker(reo, {
      clock,
      sink: never,
      maxRecords: 1,
      hooks: {
        dropped: ({ dropped }) => {
          calls += dropped.calls;
          told += 1;
          if (told === 1) for (let n = 0; n < 5_000; n += 1) tracker.track(ann);
        },
      },
    });
    tracker.track(ann);
    tracker.track(ann);
    expect(told).toBeLessThan(1_000);
    await clock.advance(20);
    expect(calls).toBe(5_001);
    expect(told).toBeLessThan(2_000);
    expect(tracker.stats().dropped.overflow?.calls).toBe(5_001);
  });
});

describe('hooks', () => {
  it('may be null', () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      const tracker = createTracker(reo, { hooks: null } as unknown as TrackerOptions);
      expect(() => tracker.track({} as never)).not.toThrow();
    } finally {
      emitWarning.mockRestore();
    }
  });

  it('are told what is wrong in short words, whatever a field is called', () => {
    const details: (string | undefined)[] = [];
    const tracker = createTracker(reo, {
      hooks: { dropped: ({ detail }) => void details.push(detail) },
    });
    const field = 'f'.repeat(100_000);
    tracker.track({ ...ann, [field]: 1 });
    tracker.count({ ...ann, mode: 'USER', [field]: 1 } as never);
    tracker.track({ ...ann, meta: { [field]: 1n } });
    expect(details).toHaveLength(3);
    for (const detail of details) expect(detail?.length).toBeLessThan(200);
  });

  it('missing: the warning of what is wrong with a meta names none of its keys', () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      const tracker = createTracker(reo, { clock: fakeClock() });
      tracker.track({ ...ann, meta: { 'jo smith@example.com': 1n } });
      expect(emitWarning).toHaveBeenCalledTimes(1);
      expect(String(emitWarning.mock.calls[0]?.[0])).toContain('(invalid: meta)');
    } finally {
      emitWarning.mockRestore();
    }
  });

  it('are told once of one cause, which the warning begins with', async () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      for (const hooks of [undefined, { held: vi.fn() }]) {
        const clock = fakeClock();
        const sink = async ({ kind }: { readonly kind: string }): Promise<Verdict> => ({
          is: 'hold',
          reason: 'authentication',
          detail: `POST /api/${kind} answered 400 (check REO_API_KEY)`,
        });
        const tracker = createTracker(reo, { clock, sink, hooks });
        tracker.track(ann);
        tracker.count({ ...ann, mode: 'USER' });
        await clock.advance(3_600_000);
        expect(tracker.stats().attempts).toBeGreaterThan(4);
        if (hooks !== undefined) expect(hooks.held).toHaveBeenCalledTimes(1);
      }
      expect(emitWarning).toHaveBeenCalledTimes(1);
      expect(String(emitWarning.mock.calls[0]?.[0])).toMatch(
        /^tallywire: authentication: POST \S+ answered 400 \(check REO_API_KEY\)\. No .* nothing is lost yet\. Give/,
      );
    } finally {
      emitWarning.mockRestore();
    }
  });

  it('missing: the warning of a dead record holds nothing of what the API wrote', async () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      const clock = fakeClock();
      const tracker = createTracker(reo, {
        clock,
        sink: async ({ payload }) =>
          payload.includes('bad@example.com')
            ? { is: 'refused', reason: 'answered 422: bad@example.com is unknown' }
            : { is: 'done' },
      });
      tracker.track({ user_id: 'bad@example.com' });
      for (let n = 0; n < 20; n += 1) {
        tracker.track(ann);
        await clock.advance(60_000);
      }
      expect(tracker.stats().dead.records).toBe(1);
      expect(emitWarning).toHaveBeenCalledTimes(1);
      expect(String(emitWarning.mock.calls[0]?.[0])).not.toContain('bad@');
      for await (const { reason } of tracker.dead.list()) expect(reason).toContain('bad@');
    } finally {
      emitWarning.mockRestore();
    }
  });
});
