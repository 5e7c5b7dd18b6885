import diagnostics from 'node:diagnostics_channel';
import { describe, expect, it, vi } from 'vitest';
import { createReoClient } from '../../../../src/reo/index.ts';
import { fakeClock } from '../../../../src/testing/fake-clock.ts';
import { memoryOutbox } from '../../../../src/tracker/memory/memory-outbox.ts';
import {
  createTracker,
  type FlushResult,
  type Tracker,
  type TrackerHooks,
  type TrackerOptions,
  type UsageRecord,
  type Verdict,
} from '../../../../src/tracker/index.ts';

const reo = createReoClient({
  apiKey: 'test_key',
  defaults: { activity_type: 'LOGIN', product_id: 'web', user_id_type: 'EMAIL' },
});
const ann = { user_id: 'ann@example.com' };
const anns = { mode: 'USER', ...ann } as const;

const quiet: TrackerHooks = { dropped: () => {}, dead: () => {}, held: () => {} };

const open = (options: TrackerOptions = {}, verdict: () => Verdict = () => ({ is: 'done' })) => {
  const clock = fakeClock();
  const sent: UsageRecord[] = [];
  const tracker = createTracker(reo, {
    clock,
    sink: async (record) => {
      const answer = verdict();
      if (answer.is === 'done') sent.push(record);
      return answer;
    },
    hooks: quiet,
    ...options,
  });
  const payloads = () => sent.map(({ payload }) => JSON.parse(payload) as Record<string, unknown>);
  return { clock, tracker, sent, payloads };
};

const done: Verdict = { is: 'done' };
const refused: Verdict = { is: 'refused', reason: 'no' };
const never = (): Promise<Verdict> => new Promise(() => {});

const assertIdentity = (tracker: Pick<Tracker, 'stats'>): void => {
  const { given, sent, pending, dead, dropped } = tracker.stats();
  for (const of of ['records', 'calls'] as const) {
    const parts = [sent, pending, dead, ...Object.values(dropped)].map((tally) => tally[of]);
    expect(parts.reduce((a, b) => a + b)).toBe(given[of]);
  }
};

describe('track', () => {
  it('sends what was given at the call, also when the caller changes it', async () => {
    const { clock, tracker, payloads } = open();
    const meta = { plan: 'team' };
    const event = { ...ann, meta };
    tracker.track(event);
    meta.plan = 'changed';
    event.user_id = 'bob@example.com';
    await clock.advance(0);
    expect(payloads()).toEqual([
      expect.objectContaining({ user_id: 'ann@example.com', meta: { plan: 'team' } }),
    ]);
  });

  it('does nothing in the turn of its caller but keep the record', async () => {
    const sink = vi.fn(never);
    const { clock, tracker } = open({ sink });
    tracker.track(ann);
    expect(sink).not.toHaveBeenCalled();
    await clock.advance(0);
    expect(sink).toHaveBeenCalledTimes(1);
  });

  it('gives each record its own id, which is also its event_id, unless that is given', async () => {
    const { clock, tracker, sent, payloads } = open();
    tracker.track(ann);
    tracker.track({ ...ann, event_id: 'mine' });
    await clock.advance(0);
    expect(sent[0]?.id).toBe(payloads()[0]?.['event_id']);
    expect(payloads()[1]?.['event_id']).toBe('mine');
    expect(sent[1]?.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  const hostile: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['null', null],
    ['a text', 'secret-value'],
    ['a missing field', {}],
    ['an unknown field', { ...ann, evnironment: 'secret-value' }],
    ['a BigInt', { ...ann, meta: { secret: 1n } }],
    ['a cycle', { ...ann, meta: cycle }],
    ['a sparse list', { ...ann, meta: { list: Object.assign([], { length: 1e9 }) } }],
    [
      'a getter that throws',
      {
        get user_id() {
          throw new Error('secret-value');
        },
      },
    ],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('secret-value');
          },
          ownKeys: () => {
            throw new Error('secret-value');
          },
        },
      ),
    ],
    ['a symbol', { user_id: Symbol('secret-value') }],
  ];
  it.each(hostile)('counts %s as dropped, and says what is wrong without its values', (_, bad) => {
    const dropped = vi.fn();
    const { tracker } = open({ hooks: { dropped } });
    tracker.track(bad as never);
    tracker.count(bad as never);
    expect(dropped).toHaveBeenCalledTimes(2);
    for (const [told] of dropped.mock.calls) {
      expect(told).toMatchObject({ reason: 'invalid', dropped: { records: 1, calls: 1 } });
      expect(JSON.stringify(told)).not.toContain('secret-value');
      expect((told as { detail: string }).detail).not.toBe('');
    }
    expect(tracker.stats()).toMatchObject({
      given: { records: 2, calls: 2 },
      dropped: { invalid: { records: 2, calls: 2 } },
    });
  });

  it('rejects in put what it drops in track, and counts nothing', async () => {
    for (const [, bad] of hostile) {
      const { tracker } = open();
      await expect(tracker.put(bad as never)).rejects.toMatchObject({ code: 'config' });
      await expect(tracker.putCount(bad as never)).rejects.toMatchObject({ code: 'config' });
      expect(tracker.stats().given).toEqual({ records: 0, calls: 0 });
    }
  });

  it('is bounded while nothing gets through, and accounts for all', async () => {
    const { tracker } = open({ sink: never, maxRecords: 100 });
    for (let n = 0; n < 1_000; n += 1) tracker.track(ann);
    await expect(tracker.put(ann)).rejects.toMatchObject({ code: 'outbox', reason: 'full' });
    expect(tracker.stats()).toMatchObject({
      given: { records: 1_000 },
      pending: { records: 100 },
      dropped: { overflow: { records: 900, calls: 900 } },
    });
  });
});

describe('count', () => {
  it('makes one record of many calls, which are counted apart', async () => {
    const { clock, tracker, payloads } = open();
    for (let n = 0; n < 1_000; n += 1) tracker.count(anns);
    expect(tracker.stats()).toMatchObject({
      given: { records: 1, calls: 1_000 },
      pending: { records: 1, calls: 1_000 },
    });
    await clock.advance(60_000);
    expect(payloads()).toEqual([expect.objectContaining({ mode: 'USER', count: 1_000 })]);
    expect(tracker.stats()).toMatchObject({ sent: { records: 1, calls: 1_000 } });
  });

  it('tells the age of the oldest that waits, in windows too', async () => {
    const { clock, tracker } = open({ sink: never });
    tracker.count(anns);
    const at = clock.now();
    await clock.advance(10);
    tracker.track(ann);
    expect(tracker.stats().oldestAt).toBe(at);
  });
});

describe('hooks', () => {
  it('find sums that agree, whatever they tell of', async () => {
    const told: string[] = [];
    const wrong: unknown[] = [];
    const hook = (name: string) => () => {
      told.push(name);
      try {
        assertIdentity(tracker);
      } catch (error) {
        wrong.push(error);
      }
    };
    const answers: Verdict[] = [
      { is: 'refused', reason: 'no' },
      { is: 'done' },
      { is: 'hold', reason: 'tls', detail: 'expired' },
    ];
    const { clock, tracker } = open(
      {
        concurrency: 1,
        maxRecords: 4,
        hooks: {
          delivered: hook('delivered'),
          dropped: hook('dropped'),
          dead: hook('dead'),
          held: hook('held'),
          paused: hook('paused'),
          resumed: hook('resumed'),
        },
      },
      () => answers.shift() ?? { is: 'refused', reason: 'no' },
    );
    for (let n = 0; n < 6; n += 1) tracker.track(ann);
    for (let n = 0; n < 6; n += 1) tracker.count(anns);
    await clock.advance(600_000);
    const closed = tracker.close({ timeout: 0 });
    await clock.advance(5_000);
    await closed;
    expect(new Set(told)).toEqual(new Set(['dropped', 'delivered', 'dead', 'held']));
    expect(wrong).toEqual([]);
    assertIdentity(tracker);
  });

  it('that throw or reject hurt nobody', async () => {
    const bad = {
      delivered: () => {
        throw new Error('bad');
      },
      dropped: async () => {
        throw new Error('bad');
      },
    };
    const { clock, tracker, sent } = open({ hooks: bad });
    tracker.track(ann);
    tracker.track({} as never);
    await clock.advance(0);
    expect(sent).toHaveLength(1);
  });

  it('may track, flush and close', async () => {
    let more = 3;
    const results: Promise<unknown>[] = [];
    const { clock, tracker, sent } = open({
      hooks: {
        delivered: () => {
          if ((more -= 1) > 0) tracker.track(ann);
          results.push(more === 0 ? tracker.close() : tracker.flush());
        },
        dropped: () => tracker.count(anns),
      },
    });
    tracker.track(ann);
    await clock.advance(10_000);
    await Promise.all(results);
    expect(sent).toHaveLength(3);
    assertIdentity(tracker);
  });

  it('missing: losses are a warning of the process, once for each reason', async () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      const { tracker } = open({ hooks: {}, maxRecords: 1, sink: never });
      for (let n = 0; n < 5; n += 1) tracker.track(ann);
      expect(emitWarning).toHaveBeenCalledTimes(1);
      expect(String(emitWarning.mock.calls[0]?.[0])).toContain('overflow');
      for (let n = 0; n < 5; n += 1) tracker.track({ ...ann, user_id: '' });
      expect(emitWarning).toHaveBeenCalledTimes(2);
      const { calls } = emitWarning.mock;
      expect(String(calls[1]?.[0])).toContain('(invalid: user_id must not be empty)');
    } finally {
      emitWarning.mockRestore();
    }
  });
});

describe('the diagnostics channels', () => {
  it('tell what the hooks are told, and each attempt', async () => {
    const told: [string, Record<string, unknown>][] = [];
    const names = ['delivered', 'dropped', 'attempt'];
    const listeners = names.map((name) => {
      const listener = (message: unknown) => {
        told.push([name, message as Record<string, unknown>]);
      };
      diagnostics.subscribe(`tallywire.tracker.${name}`, listener);
      return () => diagnostics.unsubscribe(`tallywire.tracker.${name}`, listener);
    });
    try {
      const { clock, tracker } = open();
      tracker.track(ann);
      tracker.track({} as never);
      await clock.advance(0);
      expect(told.map(([name]) => name)).toEqual(['dropped', 'attempt', 'delivered']);
      expect(told[1]?.[1]).toMatchObject({ kind: 'event', outcome: 'sent', ambiguous: false });
      for (const [, message] of told) expect(message['tracker']).toBe(tracker);
    } finally {
      for (const stop of listeners) stop();
    }
  });
});

describe('attempts', () => {
  it('are what was tried, not what was put back since the lane had stopped meanwhile', async () => {
    const clock = fakeClock();
    const memory = memoryOutbox({ clock });
    const in50Ms = () => new Promise<void>((resolve) => void clock.after(50, resolve));
    const take = vi.fn(async (limit: number) => {
      const batch = memory.take(limit);
      await in50Ms();
      return batch;
    });
    const sink = vi.fn(async (): Promise<Verdict> => {
      await in50Ms();
      return { is: 'wait', ms: 60_000, detail: 'answered 429' };
    });
    const { tracker } = open({ clock, sink, outbox: () => ({ ...memory, take }) });
    await tracker.ready();
    tracker.track(ann);
    await clock.advance(80);
    void tracker.put(ann);
    await clock.advance(1_000);
    expect(sink).toHaveBeenCalledTimes(1);
    const given = await Promise.all(take.mock.results.map(({ value }) => value));
    expect(given.flat()).toHaveLength(2);
    expect(tracker.stats()).toMatchObject({ attempts: 1, pending: { records: 2 } });
  });
});

describe('flush', () => {
  it('seals windows, and resolves when all that was pending is sent', async () => {
    const { clock, tracker, sent } = open();
    tracker.track(ann);
    tracker.count(anns);
    const flushed = tracker.flush();
    await clock.advance(5);
    expect(await flushed).toEqual({
      sent: 2,
      dropped: 0,
      dead: 0,
      pending: 0,
      complete: true,
      failures: [],
    });
    expect(sent).toHaveLength(2);
    expect(clock.waiting()).toBe(0);
  });

  it('does not wait for what comes later', async () => {
    const answers: (() => void)[] = [];
    const { clock, tracker } = open({
      sink: () =>
        new Promise((resolve) => {
          answers.push(() => resolve({ is: 'done' }));
        }),
    });
    tracker.track(ann);
    await clock.advance(0);
    const flushed = tracker.flush();
    for (let n = 0; n < 3; n += 1) tracker.track(ann);
    tracker.count(anns);
    await clock.advance(0);
    answers[0]?.();
    await clock.advance(0);
    expect(await flushed).toMatchObject({ sent: 1, complete: true, pending: 0 });
    expect(tracker.stats().pending.records).toBe(4);
  });

  it('counts none of the dead that give way meanwhile', async () => {
    const answers: Verdict[] = [refused, done, refused];
    const { clock, tracker } = open({
      sink: async () => answers.shift() ?? never(),
      maxRecords: 2,
      concurrency: 1,
    });
    tracker.track(ann);
    tracker.track(ann);
    await clock.advance(10_000);
    expect(tracker.stats()).toMatchObject({ dead: { records: 1 } });
    tracker.track(ann);
    const flushed = tracker.flush({ timeout: '1s' });
    tracker.track(ann);
    await clock.advance(1_000);
    expect(tracker.stats()).toMatchObject({ dropped: { overflow: { records: 1 } } });
    expect(await flushed).toMatchObject({ dropped: 0, pending: 1 });
  });

  it('says why something is still pending when the time is over', async () => {
    const { clock, tracker } = open({}, () => ({
      is: 'hold',
      reason: 'authentication',
      detail: 'answered 401',
    }));
    tracker.track(ann);
    const flushed = tracker.flush({ timeout: '2s' });
    await clock.advance(2_000);
    expect(await flushed).toMatchObject({
      complete: false,
      pending: 1,
      failures: ['held: authentication'],
    });
    expect(tracker.stats().lane).toBe('held');
  });

  it('does not wait when the API asks for more time than there is', async () => {
    const { clock, tracker } = open({}, () => ({ is: 'wait', ms: 60_000, detail: 'answered 429' }));
    tracker.track(ann);
    await clock.advance(0);
    const flushed = tracker.flush({ timeout: '5s' });
    await clock.advance(0);
    expect(await flushed).toMatchObject({ complete: false, failures: ['paused: rate-limit'] });
  });
});

describe('flush and close', () => {
  it.each<[string, Verdict]>([
    ['is down', { is: 'retry', detail: 'answered 500', ambiguous: false }],
    ['takes nothing', { is: 'hold', reason: 'tls', detail: 'a certificate has expired' }],
  ])('do not wait for an API that %s for longer than there is time', async (_, verdict) => {
    const { clock, tracker } = open({}, () => verdict);
    for (let n = 0; n < 20; n += 1) tracker.track(ann);
    await clock.advance(400_000);
    const startedAt = clock.monotonic();
    const results: FlushResult[] = [];
    void tracker.flush().then((result) => results.push(result));
    await clock.advance(0);
    expect(results).toMatchObject([{ pending: 20, complete: false }]);
    void tracker.close().then((result) => results.push(result));
    await clock.advance(0);
    expect(results[1]).toMatchObject({ dropped: 20 });
    expect(clock.monotonic()).toBe(startedAt);
  });
});

describe('close', () => {
  it('takes nothing more, and counts what comes', async () => {
    const { clock, tracker, sent } = open();
    tracker.track(ann);
    const closed = tracker.close();
    tracker.track(ann);
    tracker.count(anns);
    await expect(tracker.put(ann)).rejects.toMatchObject({ code: 'outbox', reason: 'closed' });
    await clock.advance(10);
    expect(await closed).toMatchObject({ sent: 1, complete: true });
    expect(await tracker.close()).toBe(await closed);
    expect(sent).toHaveLength(1);
    expect(tracker.stats()).toMatchObject({ dropped: { closed: { records: 2, calls: 2 } } });
    expect(clock.waiting()).toBe(0);
  });

  it('drops what memory still holds, and tells', async () => {
    const dropped = vi.fn();
    const { clock, tracker } = open({ sink: never, hooks: { dropped } });
    tracker.track(ann);
    tracker.count(anns);
    tracker.count(anns);
    const closed = tracker.close({ timeout: 100 });
    await clock.advance(2_000);
    expect(await closed).toMatchObject({
      dropped: 2,
      pending: 0,
      complete: false,
      failures: [expect.any(String), 'closed: 2 records were given up'],
    });
    expect(dropped).toHaveBeenCalledTimes(2);
    expect(tracker.stats().dropped.closed).toEqual({ records: 2, calls: 3 });
  });

  it('leaves no window behind, however many, without any time', async () => {
    const { clock, tracker } = open({ sink: never });
    for (let n = 0; n < 3_000; n += 1) tracker.count({ ...anns, user_id: `user-${n}` });
    const closed = tracker.close({ timeout: 0 });
    await clock.advance(0);
    await clock.advance(2_000);
    expect(await closed).toMatchObject({ dropped: 3_000, pending: 0 });
    assertIdentity(tracker);
  });

  it('closes its sink once, after the last record', async () => {
    const told: string[] = [];
    const sink = async (): Promise<Verdict> => {
      told.push('record');
      return { is: 'done' };
    };
    const { clock, tracker } = open({
      sink: Object.assign(sink, { close: () => told.push('close') }),
    });
    tracker.track(ann);
    const closed = [tracker.close(), tracker.close()];
    await clock.advance(10);
    await Promise.all(closed);
    expect(told).toEqual(['record', 'close']);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('of a sink');
      },
    ],
    ['rejects', () => Promise.reject(new Error('of a sink'))],
    ['never ends', never],
  ])('ends although the close of its sink %s', async (_how, closeSink) => {
    const sink = async (): Promise<Verdict> => ({ is: 'done' });
    const { clock, tracker } = open({ sink: Object.assign(sink, { close: closeSink }) });
    tracker.track(ann);
    const closed = tracker.close({ timeout: 100 });
    await clock.advance(2_000);
    expect(await closed).toMatchObject({ sent: 1, complete: true });
    expect(clock.waiting()).toBe(0);
  });

  it('is what `await using` ends with', async () => {
    const { clock, tracker, sent } = open();
    tracker.track(ann);
    const disposed = tracker[Symbol.asyncDispose]();
    await clock.advance(10);
    await disposed;
    tracker.track(ann);
    expect(sent).toHaveLength(1);
    expect(tracker.stats().dropped.closed?.records).toBe(1);
  });
});

describe('waitUntil', () => {
  it('gets a promise whenever there is something new, until it is sent', async () => {
    const promises: Promise<unknown>[] = [];
    const { clock, tracker, sent } = open({ waitUntil: (promise) => promises.push(promise) });
    tracker.track(ann);
    tracker.count(anns);
    expect(promises).toHaveLength(1);
    await clock.advance(10);
    await promises[0];
    expect(sent).toHaveLength(2);
    tracker.count(anns);
    await clock.advance(10);
    expect(promises).toHaveLength(2);
    await promises[1];
    expect(sent).toHaveLength(3);
  });

  it('that throws or rejects hurts nobody', async () => {
    let calls = 0;
    const waitUntil = (): Promise<never> => {
      calls += 1;
      if (calls === 1) throw new Error('outside of a request');
      return Promise.reject(new Error('outside of a request'));
    };
    const { clock, tracker, sent } = open({ waitUntil });
    for (let n = 1; n <= 2; n += 1) {
      tracker.track(ann);
      await clock.advance(10);
      expect(calls).toBe(n);
    }
    expect(sent).toHaveLength(2);
  });
});

describe('options that cannot work', () => {
  it.each<[string, unknown]>([
    ['concurrency', { concurrency: 0 }],
    ['maxRecords', { maxRecords: 0.5 }],
    ['maxBytes', { maxBytes: -1 }],
    ['maxKeys', { aggregate: { maxKeys: NaN } }],
    ['aggregate.every', { aggregate: { every: 'often' } }],
    ['maxAge', { maxAge: 'old' }],
    ['overflow', { overflow: 'drop-some' }],
    ['outbox', { outbox: '' }],
    ['outbox', { outbox: 5 }],
    ['sink', { sink: 'redis' }],
  ])('%s', (option, options) => {
    expect(() => createTracker(reo, options as TrackerOptions)).toThrow(option);
  });
  it('another client', () => {
    expect(() => createTracker({} as never)).toThrow('createReoClient');
  });
});
