import { describe, expect, it } from 'vitest';
import { OutboxError } from '../../../../src/http/errors.ts';
import { createReoClient } from '../../../../src/reo/index.ts';
import { fakeClock } from '../../../../src/testing/fake-clock.ts';
import {
  createTracker,
  type TrackerOptions,
  type UsageRecord,
} from '../../../../src/tracker/index.ts';
import { memoryOutbox } from '../../../../src/tracker/memory/memory-outbox.ts';
import { scriptedStore } from './scripted-store.ts';

const reo = createReoClient({
  apiKey: 'test_key',
  defaults: { activity_type: 'LOGIN', product_id: 'web', user_id_type: 'EMAIL' },
});
const ann = { user_id: 'ann@example.com' };
const anns = { mode: 'USER', ...ann } as const;

const open = (options: TrackerOptions = {}) => {
  const clock = fakeClock();
  const store = scriptedStore(clock);
  const sent: UsageRecord[] = [];
  const degraded: unknown[] = [];
  const dropped: string[] = [];
  const tracker = createTracker(reo, {
    clock,
    outbox: store.open,
    sink: async (record) => {
      sent.push(record);
      return { is: 'done' };
    },
    hooks: {
      degraded: ({ error }) => degraded.push(error),
      dropped: ({ reason, dropped: { calls } }) => dropped.push(`${calls} ${reason}`),
    },
    ...options,
  });
  const countsSent = () =>
    sent.map(({ payload }) => (JSON.parse(payload) as { count?: number }).count ?? 1);
  return { clock, store, tracker, sent, degraded, dropped, countsSent };
};

const full = expect.objectContaining({ code: 'outbox', reason: 'full' }) as Error;

describe('a store behind memory', () => {
  it('has what was tracked soon, and delivers it', async () => {
    const { clock, store, tracker, sent } = open();
    for (let n = 0; n < 50; n += 1) tracker.track(ann);
    expect(tracker.stats()).toMatchObject({ pending: { records: 50 } });
    await clock.advance(10);
    expect(tracker.stats().scope).toBe('store');
    expect(store.writes()).toBe(1);
    expect(sent).toHaveLength(50);
    expect(tracker.stats()).toMatchObject({ sent: { records: 50 }, pending: { records: 0 } });
    expect(clock.waiting()).toBe(0);
  });

  it('may hold what is not ours to send: then a flush is not complete, and says why', async () => {
    const { clock, store, tracker } = open();
    tracker.count(anns);
    await clock.advance(1_000);
    store.loseWindows();
    const flushed = tracker.flush();
    await clock.advance(1_000);
    expect(await flushed).toMatchObject({
      pending: 0,
      complete: false,
      failures: [expect.stringMatching(/^others: 1 records/)],
    });
  });

  it('has what is put when the promise resolves, many in one commit', async () => {
    const { clock, store, tracker } = open({ sink: () => new Promise(() => {}) });
    await clock.advance(0);
    const puts = Array.from({ length: 50 }, () => tracker.put(ann));
    expect(tracker.stats().given.records).toBe(0);
    await clock.advance(0);
    await Promise.all(puts);
    expect(store.writes()).toBe(1);
    expect(tracker.stats().given.records).toBe(50);
  });

  it('has the window with a count in it when the promise resolves', async () => {
    const { clock, store, tracker } = open();
    tracker.count(anns);
    const counted = tracker.putCount({ ...anns, count: 5 });
    await clock.advance(1);
    await counted;
    const [saved] = store.saved.values();
    expect(saved).toMatchObject({ kind: 'count', calls: 2 });
    expect(JSON.parse(saved?.payload ?? '')).toMatchObject({ count: 6, event_id: saved?.id });
    expect(tracker.stats()).toMatchObject({
      given: { records: 1, calls: 2 },
      pending: { records: 1, calls: 2 },
    });
  });

  it('saves windows for which nobody waits, too, and not all the time', async () => {
    const { clock, store, tracker } = open();
    for (let n = 0; n < 20; n += 1) {
      tracker.count(anns);
      await clock.advance(10);
    }
    expect([...store.saved.values()][0]?.calls).toBeGreaterThan(5);
    expect(store.writes()).toBeLessThan(5);
  });

  it('gets the record of a window in place of what was saved of it', async () => {
    const { clock, store, tracker, countsSent } = open();
    tracker.count({ ...anns, count: 2 });
    await clock.advance(200);
    expect(store.saved.size).toBe(1);
    tracker.count({ ...anns, count: 3 });
    const flushed = tracker.flush();
    await clock.advance(10);
    expect(await flushed).toMatchObject({ sent: 1, complete: true });
    expect(store.saved.size).toBe(0);
    expect(countsSent()).toEqual([5]);
    expect(tracker.stats()).toMatchObject({ given: { records: 1, calls: 2 }, sent: { calls: 2 } });
  });
});

describe('a count that is put while its window is being saved', () => {
  it('goes into the window that follows, when that one ends meanwhile', async () => {
    const { clock, store, tracker, countsSent } = open();
    await clock.advance(0);
    store.become('hangs');
    const first = tracker.putCount({ ...anns, count: 1 });
    await clock.advance(1);
    const second = tracker.putCount({ ...anns, count: 10 });
    const flushed = tracker.flush();
    await clock.advance(1);
    expect(tracker.stats().given.calls).toBe(0);
    store.become('works');
    await clock.advance(1);
    await Promise.all([first, second, flushed]);
    expect(tracker.stats().given).toEqual({ records: 2, calls: 2 });
    const closed = tracker.close();
    await clock.advance(100);
    expect((await closed).complete).toBe(true);
    expect(countsSent()).toEqual([1, 10]);
  });
});

describe('a store that fails', () => {
  it('is told of once, and records are delivered from memory', async () => {
    const { clock, store, tracker, sent, degraded } = open();
    await clock.advance(0);
    store.become('fails');
    for (let n = 0; n < 5; n += 1) {
      tracker.track(ann);
      await clock.advance(1_000);
    }
    expect(degraded).toEqual([full]);
    expect(sent).toHaveLength(5);
    expect(tracker.stats()).toMatchObject({ degraded: true, sent: { records: 5 } });
  });

  it('rejects what is put, which is counted nowhere, in no time', async () => {
    const { clock, store, tracker } = open();
    await clock.advance(0);
    store.become('fails');
    for (let n = 0; n < 3; n += 1) {
      const put = expect(tracker.put(ann)).rejects.toThrow(full);
      const counted = expect(tracker.putCount(anns)).rejects.toThrow(full);
      await clock.advance(1);
      await Promise.all([put, counted]);
    }
    expect(tracker.stats()).toMatchObject({ given: { records: 0, calls: 0 } });
    const flushed = tracker.flush();
    await clock.advance(0);
    expect(await flushed).toMatchObject({ complete: true, sent: 0 });
  });

  it('is tried again less and less often, and used again when it works', async () => {
    const { clock, store, tracker } = open({ sink: () => new Promise(() => {}) });
    await clock.advance(0);
    store.become('fails');
    for (let n = 0; n < 40; n += 1) tracker.track(ann);
    await clock.advance(600_000);
    expect(store.writes()).toBeLessThan(50);
    store.become('works');
    await clock.advance(60_000);
    expect(tracker.stats()).toMatchObject({ degraded: false, pending: { records: 40 } });
    // The sink has the others, from memory, as many as a lane starts with.
    expect(await store.left()).toHaveLength(36);
    const put = tracker.put(ann);
    await clock.advance(1);
    await put;
  });

  it('takes what is put again after one that failed alone, with nothing else to try it with', async () => {
    const { clock, store, tracker } = open();
    await clock.advance(0);
    store.become('fails');
    const failed = expect(tracker.put(ann)).rejects.toThrow(OutboxError);
    await clock.advance(1);
    await failed;
    store.become('works');
    await clock.advance(60_000);
    const put = tracker.put(ann);
    await clock.advance(1);
    await put;
    expect(tracker.stats()).toMatchObject({ degraded: false, given: { records: 1 } });
  });

  it('does not send the window of which it has a part, until it has the rest', async () => {
    const { clock, store, tracker, sent, countsSent } = open();
    tracker.count({ ...anns, count: 2 });
    await clock.advance(200);
    tracker.count({ ...anns, count: 3 });
    store.become('fails');
    await clock.advance(120_000);
    expect(sent).toEqual([]);
    expect(tracker.stats()).toMatchObject({ pending: { records: 1, calls: 2 } });
    store.become('works');
    await clock.advance(60_000);
    expect(countsSent()).toEqual([5]);
  });

  it('when full, still gets the record of a window that it has, whatever else waits', async () => {
    const { clock, store, tracker } = open({
      aggregate: { every: '10s' },
      sink: () => new Promise(() => {}),
      outbox: async () => {
        const inner = await store.open();
        const put: typeof inner.put = async (records, kept) => {
          const isNew = ({ id }: UsageRecord): boolean => !store.saved.has(id);
          if (records.some(isNew)) throw new OutboxError('full', 'the disk is full');
          return inner.put(records, kept);
        };
        return { ...inner, put };
      },
    });
    tracker.count(anns);
    await clock.advance(200);
    expect(store.saved.size).toBe(1);
    for (let n = 0; n < 50; n += 1) tracker.track(ann);
    await clock.advance(70_000);
    expect(store.saved.size).toBe(0);
  });

  it('to write, not to read: nothing is sent twice, and it is told once', async () => {
    const sent: string[] = [];
    let isLimited = true;
    let attempts = 0;
    const { clock, store, tracker, degraded } = open({
      sink: async ({ id }) => {
        attempts += 1;
        if (isLimited) return { is: 'wait', ms: 1_000, detail: 'answered 429' };
        sent.push(id);
        return { is: 'done' };
      },
    });
    for (let n = 0; n < 20; n += 1) tracker.track(ann);
    await clock.advance(500);
    store.become('fails');
    isLimited = false;
    for (let n = 0; n < 60; n += 1) {
      tracker.track(ann);
      await clock.advance(1_000);
      expect(tracker.stats().degraded).toBe(true);
    }
    expect(sent).toHaveLength(80);
    expect(degraded).toHaveLength(1);
    store.become('works');
    await clock.advance(60_000);
    await Promise.all([tracker.put(ann), clock.advance(1_000)]);
    expect(new Set(sent).size).toBe(sent.length);
    expect(tracker.stats()).toMatchObject({
      sent: { records: 81 },
      pending: { records: 0 },
      attempts,
      degraded: false,
    });
  });

  it('at the opening: is tried again, and ready() tells', async () => {
    const clock = fakeClock();
    const store = scriptedStore(clock);
    let degraded = 0;
    store.become('fails');
    const tracker = createTracker(reo, {
      clock,
      outbox: store.open,
      sink: async () => ({ is: 'done' }),
      hooks: { degraded: () => void (degraded += 1) },
    });
    tracker.track(ann);
    await expect(tracker.ready()).rejects.toThrow(full);
    await clock.advance(1);
    // Nobody knows what it holds.
    expect(await tracker.flush()).toMatchObject({ complete: false, failures: ['outbox: full'] });
    expect(tracker.stats()).toMatchObject({ sent: { records: 1 }, degraded: true });
    expect(degraded).toBe(1);
    store.become('works');
    await clock.advance(60_000);
    await tracker.ready();
    expect(tracker.stats().degraded).toBe(false);
    const put = tracker.put(ann);
    await clock.advance(1);
    await put;
    expect(store.writes()).toBe(1);
    store.become('fails');
    tracker.track(ann);
    await clock.advance(10);
    expect(degraded).toBe(2);
  });
});

describe('what is put while the store takes its time', () => {
  it('is held within the bounds of memory, and refused beyond', async () => {
    const { clock, store, tracker } = open({ maxRecords: 10 });
    await clock.advance(0);
    store.become('hangs');
    // One is on its way, and all others wait for it.
    const first = [tracker.put(ann), tracker.putCount(anns)];
    await clock.advance(0);
    const puts = Array.from({ length: 30 }, () => tracker.put(ann));
    const counts = Array.from({ length: 30 }, () => tracker.putCount(anns));
    const ends = [Promise.allSettled(puts), Promise.allSettled(counts)];
    await clock.advance(0);
    store.become('works');
    await clock.advance(1);
    await Promise.all(first);
    for (const end of ends) {
      const results = await end;
      const refused = results.filter(({ status }) => status === 'rejected');
      expect(refused).toHaveLength(20);
      expect(refused[0]).toMatchObject({ reason: full });
    }
    expect(tracker.stats().given.calls).toBe(22);
    const put = tracker.put(ann);
    await clock.advance(1);
    await put;
  });

  it('is weighed, too', async () => {
    const { clock, tracker } = open({ outbox: () => new Promise(() => {}), maxBytes: 2_000 });
    const puts = Promise.allSettled(Array.from({ length: 30 }, () => tracker.put(ann)));
    await clock.advance(0);
    const closed = tracker.close({ timeout: 0 });
    await clock.advance(2_000);
    await closed;
    const reasons = (await puts).map(
      (put) => (put as { reason?: { reason?: string } }).reason?.reason,
    );
    const kept = reasons.filter((reason) => reason === 'closed').length;
    expect(kept).toBeGreaterThan(1);
    expect(kept).toBeLessThan(10);
    expect(reasons.filter((reason) => reason === 'full')).toHaveLength(30 - kept);
  });
});

describe('windows that were lost to another process', () => {
  it('go on with what was not saved of them, under another id', async () => {
    const { clock, store, tracker, countsSent } = open();
    tracker.count({ ...anns, count: 2 });
    await clock.advance(200);
    const [saved] = store.saved.values();
    store.loseWindows();
    tracker.count({ ...anns, count: 3 });
    const flushed = tracker.flush();
    await clock.advance(100);
    expect(await flushed).toMatchObject({ sent: 1 });
    expect(store.foreign).toEqual([saved]);
    expect(countsSent()).toEqual([3]);
    expect(tracker.stats()).toMatchObject({
      given: { records: 2, calls: 2 },
      sent: { records: 1, calls: 1 },
      pending: { records: 1, calls: 1 },
    });
  });
});

describe('before the store is open', () => {
  const openSlowly = (options: TrackerOptions = {}) => {
    const clock = fakeClock();
    const memory = memoryOutbox({ clock });
    const left = { kind: 'event', calls: 1, at: clock.now(), payload: '{}' } as const;
    memory.put(['a', 'b', 'c'].map((id) => ({ ...left, id })));
    const tracker = createTracker(reo, {
      clock,
      outbox: async () => {
        await new Promise<void>((resolve) => void clock.after(500, resolve));
        return { ...memory, scope: 'store' };
      },
      sink: async () => ({ is: 'done' }),
      ...options,
    });
    return { clock, tracker };
  };

  it.each(['flush', 'close'] as const)('%s waits for it, and for what it holds', async (how) => {
    const { clock, tracker } = openSlowly();
    const result = tracker[how]();
    await clock.advance(600);
    expect(await result).toMatchObject({ sent: 3, pending: 0, complete: true });
  });

  it('flush has no more time than it was given', async () => {
    const { clock, tracker } = openSlowly({ sink: () => new Promise(() => {}) });
    const flushed = [100, 1_000].map((timeout) => tracker.flush({ timeout }));
    await clock.advance(1_000);
    expect(await Promise.all(flushed)).toMatchObject([
      { pending: 0, complete: false, failures: ['timeout'] },
      { pending: 3, complete: false, failures: ['timeout'] },
    ]);
  });
});

describe('the end', () => {
  it('commits what memory has, and leaves it in the store', async () => {
    const { clock, store, tracker } = open({ sink: () => new Promise(() => {}) });
    for (let n = 0; n < 2_500; n += 1) tracker.track(ann);
    tracker.count(anns);
    const closed = tracker.close({ timeout: 0 });
    await clock.advance(100);
    expect(await closed).toMatchObject({ pending: 2_501, dropped: 0, complete: false });
    expect(await store.left()).toHaveLength(2_501);
    expect(store.isClosed()).toBe(true);
  });

  it('drops as closed what the store does not take, and tells', async () => {
    const { clock, store, tracker, dropped } = open({ sink: () => new Promise(() => {}) });
    tracker.count(anns);
    await clock.advance(200);
    store.become('fails');
    tracker.track(ann);
    tracker.count(anns);
    const closed = tracker.close({ timeout: 10 });
    await clock.advance(2_000);
    // One call of the window is in the store.
    expect(await closed).toMatchObject({ dropped: 1, pending: 1 });
    expect(dropped.toSorted()).toEqual(['1 closed', '1 closed']);
    expect(tracker.stats()).toMatchObject({
      given: { records: 2, calls: 3 },
      pending: { records: 1, calls: 1 },
      dropped: { closed: { records: 1, calls: 2 } },
    });
  });

  it('does not wait for a store that hangs', async () => {
    const { clock, store, tracker } = open();
    await clock.advance(0);
    store.become('hangs');
    tracker.track(ann);
    const put = expect(tracker.put(ann)).rejects.toThrow(OutboxError);
    const closed = tracker.close({ timeout: 100 });
    await clock.advance(2_000);
    expect(await closed).toMatchObject({ complete: false, pending: 1 });
    store.become('works');
    await clock.advance(0);
    expect(store.isClosed()).toBe(true);
    await put;
  });
});
