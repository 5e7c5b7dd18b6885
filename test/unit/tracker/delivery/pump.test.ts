import { describe, expect, it } from 'vitest';
import { createPump } from '../../../../src/tracker/delivery/create-pump.ts';
import type { Sink, Verdict } from '../../../../src/tracker/delivery/verdict.ts';
import type { Source } from '../../../../src/tracker/outbox.ts';
import type { UsageRecord } from '../../../../src/tracker/record.ts';
import { type FakeClock, fakeClock } from '../../../../src/testing/fake-clock.ts';
import { ear, listSource, recordOf, recordsOf, verdicts } from './support.ts';

const { done, refused, held, failed, wait } = verdicts;

/** A pump over a list, with a sink that answers as told, and counts. */
const stage = (
  answer: (record: UsageRecord, attempt: number) => Verdict | Promise<Verdict> = () => done,
  { concurrency = 8, maxAgeMs = 1e9, latency = 0, random = () => 0.5 } = {},
) => {
  let timers = 0;
  const still = fakeClock({ random });
  const clock: FakeClock = {
    ...still,
    after: (ms, call) => {
      timers += 1;
      return still.after(ms, call);
    },
  };
  const source = listSource(clock);
  const { heard, listener, news } = ear();
  const sent: string[] = [];
  let inFlight = 0;
  let most = 0;
  const sink: Sink = async (record) => {
    const attempt = sent.push(record.id);
    inFlight += 1;
    most = Math.max(most, inFlight);
    if (latency > 0) await new Promise<void>((resolve) => void clock.after(latency, resolve));
    const verdict = await answer(record, attempt);
    inFlight -= 1;
    return verdict;
  };
  const start = (other: Partial<Source> = {}) => {
    const over = { ...source, ...other };
    const pump = createPump({ source: over, sink, clock, concurrency, maxAgeMs, listener });
    pump.start();
    return pump;
  };
  return { clock, source, sent, heard, news, start, most: () => most, timersSet: () => timers };
};

describe('a pump', () => {
  it('delivers what is there and what comes, then rests without a timer', async () => {
    const { clock, source, sent, heard, start } = stage();
    source.add(...recordsOf(5));
    const pump = start();
    await clock.advance(0);
    source.add(recordOf('late'));
    await clock.advance(0);
    expect(sent).toEqual(['r0', 'r1', 'r2', 'r3', 'r4', 'late']);
    expect([...source.settled.values()]).toEqual(sent.map(() => ({ to: 'sent' })));
    expect(heard.map(({ is }) => is)).toEqual(sent.map(() => 'settled'));
    expect(pump.underWay()).toBe(0);
    expect(clock.waiting()).toBe(0);
    const asked = source.asked.length;
    await clock.advance(1e6);
    expect(source.asked).toHaveLength(asked);
  });

  it('does nothing in the call that adds a record, whatever its state', async () => {
    const { clock, source, sent, start, timersSet } = stage(() => held);
    start();
    await clock.advance(0);
    const asked = source.asked.length;
    source.add(recordOf('a'));
    expect([sent.length, source.asked.length]).toEqual([0, asked]);
    await clock.advance(0);
    expect(sent).toEqual(['a']);
    source.add(recordOf('b'));
    await clock.advance(0);
    const timers = timersSet();
    for (const record of recordsOf(100)) source.add(record);
    await clock.advance(0);
    expect(timersSet()).toBe(timers);
    expect(source.asked.length).toBeLessThan(asked + 5);
  });

  it('never has more under way than its lane allows, and gets to its concurrency', async () => {
    const { clock, source, sent, start, most } = stage(undefined, { latency: 100 });
    source.add(...recordsOf(100));
    const pump = start();
    await clock.advance(50);
    expect(pump.underWay()).toBe(4);
    await clock.advance(1e4);
    expect(sent).toHaveLength(100);
    expect(most()).toBe(8);
    expect(Math.max(...source.asked)).toBeLessThanOrEqual(8);
  });

  it('tells how long an attempt took and what it came to', async () => {
    const answers = [failed, wait, done];
    const { clock, source, heard, start } = stage((_, attempt) => answers[attempt - 1] as Verdict, {
      latency: 30,
    });
    source.add(recordOf('a'));
    start();
    await clock.advance(60_000);
    const settled = heard.filter((event) => event.is === 'settled');
    expect(settled).toMatchObject([
      { settlement: { to: 'retry', counts: true }, ambiguous: true, detail: failed.detail },
      { settlement: { to: 'retry', counts: false }, ambiguous: false, detail: wait.detail },
      { settlement: { to: 'sent' }, ambiguous: false, taken: { attempts: 1 } },
    ]);
    expect(settled.map(({ durationMs }) => durationMs)).toEqual([30, 30, 30]);
  });

  it('drops what is too old, without an attempt', async () => {
    const { clock, source, sent, heard, start } = stage(undefined, { maxAgeMs: 1_000 });
    source.add(...recordsOf(3));
    clock.jump(1_001);
    source.add(recordOf('new', clock.now()));
    start();
    await clock.advance(0);
    expect(sent).toEqual(['new']);
    expect(heard.slice(0, 3)).toMatchObject(
      recordsOf(3).map((record) => ({
        is: 'settled',
        taken: { record },
        settlement: { to: 'dropped', reason: 'expired' },
        isTried: false,
      })),
    );
  });

  it.each([
    ['that jumps forward, for a minute or for good', Date.UTC(2024, 0, 1), 8 * 864e5],
    ['that was never set, and is now', 0, Date.UTC(2026, 0, 1)],
  ])('drops nothing for a wall clock %s', async (_, at, jump) => {
    let answer: Verdict = failed;
    const { clock, source, sent, start } = stage(() => answer, { maxAgeMs: 7 * 864e5 });
    source.add(recordOf('a', at));
    clock.jump(at - clock.now());
    start();
    await clock.advance(10_000);
    clock.jump(jump);
    await clock.advance(600_000);
    expect(source.settled.size).toBe(0);
    answer = done;
    await clock.advance(600_000);
    expect(source.settled.get('a')).toEqual({ to: 'sent' });
    expect(sent.length).toBeGreaterThan(1);
  });

  it('drops what gets too old while it waits, a jump forward or not', async () => {
    const { clock, source, start } = stage(() => failed, { maxAgeMs: 864e5 });
    source.add(recordOf('a'));
    start();
    clock.jump(8 * 864e5);
    await clock.advance(864e5 - 600_000);
    expect(source.settled.size).toBe(0);
    await clock.advance(1_200_000);
    expect(source.settled.get('a')).toEqual({ to: 'dropped', reason: 'expired' });
  });

  it('drops nothing of a clock that was never set, as another process left it', async () => {
    const { clock, source, start } = stage();
    source.add(recordOf('a', 5_000));
    start();
    await clock.advance(0);
    expect(source.settled.get('a')).toEqual({ to: 'sent' });
  });

  it('gives others a turn while it drops very many', async () => {
    const { clock, source, start } = stage(undefined, { maxAgeMs: 0 });
    clock.jump(1);
    source.add(...recordsOf(2_500));
    start();
    expect(source.settled.size).toBe(1_000);
    await clock.advance(0);
    expect(source.settled.size).toBe(2_500);
  });

  it('survives a sink that throws or rejects', async () => {
    const { clock, source, sent, heard, start } = stage((_, attempt) => {
      if (attempt === 1) throw new Error('thrown');
      return attempt === 2 ? Promise.reject(new Error('rejected')) : done;
    });
    source.add(recordOf('a'));
    start();
    await clock.advance(60_000);
    expect(sent).toEqual(['a', 'a', 'a']);
    expect(heard[0]).toMatchObject({ ambiguous: true, settlement: { to: 'retry', counts: true } });
    expect(source.settled.get('a')).toEqual({ to: 'sent' });
  });

  it.each([undefined, null, 'done', {}, { is: 'gone' }])(
    'takes %j from a sink for a failure',
    async (nonsense) => {
      const { clock, source, start } = stage((_, attempt) =>
        attempt === 1 ? (nonsense as unknown as Verdict) : done,
      );
      source.add(recordOf('a'));
      start();
      await clock.advance(60_000);
      expect(source.settled.get('a')).toEqual({ to: 'sent' });
    },
  );

  it('tries nothing again before its time', async () => {
    const tries: number[] = [];
    const { clock, source, start } = stage(() => {
      tries.push(clock.monotonic());
      return tries.length < 6 ? failed : done;
    });
    source.add(recordOf('a'));
    start();
    await clock.advance(600_000);
    // Half of what may be drawn, since chance is ½: then the lane, which was paused by four, probes.
    expect(tries).toEqual([0, 500, 1_500, 3_500, 7_500, 15_500]);
  });

  it('puts off retries when too many fail', async () => {
    let failing = true;
    const { clock, source, sent, start } = stage(
      (_, attempt) => (failing && attempt % 2 === 0 ? failed : done),
      { concurrency: 2 },
    );
    source.add(...recordsOf(1_000));
    start();
    await clock.advance(2_000);
    const soon = sent.length - 1_000;
    failing = false;
    await clock.advance(300_000);
    expect(source.settled.size).toBe(1_000);
    // Ten in hand, and one for each five that are new.
    expect(soon).toBeGreaterThan(150);
    expect(soon).toBeLessThan(300);
  });
});

describe('a pump in trouble', () => {
  it('holds everything with a wrong key, probes, and goes on', async () => {
    let isKeyWrong = true;
    const { clock, source, sent, heard, news, start } = stage(() => (isKeyWrong ? held : done), {
      latency: 1,
    });
    source.add(...recordsOf(1_000));
    const pump = start();
    await clock.advance(3_600_000);
    expect(sent.length).toBeLessThan(40);
    expect(news()).toEqual(['held']);
    expect(heard.find(({ is }) => is === 'held')).toEqual({
      is: 'held',
      reason: held.reason,
      detail: held.detail,
    });
    expect(pump.state()).toEqual({ is: 'held', reason: held.reason, detail: held.detail });
    expect(source.left() + source.taken()).toBe(1_000);
    isKeyWrong = false;
    await clock.advance(400_000);
    expect(source.settled.size).toBe(1_000);
    expect(news()).toEqual(['held', 'resumed']);
    expect(pump.state()).toEqual({ is: 'open', limit: 8 });
    await clock.advance(300_000);
    expect(clock.waiting()).toBe(0);
  });

  it('waits as long as it is asked to, at the cost of no attempt', async () => {
    let asked = 0;
    const { clock, source, heard, news, start } = stage(
      () => (clock.monotonic() < 10_000 ? { ...wait, ms: 60_000 } : done),
      { latency: 10 },
    );
    source.add(...recordsOf(100));
    start();
    await clock.advance(59_000);
    asked = source.asked.length;
    expect(news()).toEqual(['paused']);
    expect(heard.find(({ is }) => is === 'paused')).toMatchObject({
      reason: 'rate-limit',
      ms: 60_000,
    });
    expect(source.paused).toEqual([[60_000, true], ...source.paused.slice(1)]);
    await clock.advance(1_000);
    expect(source.asked).toHaveLength(asked);
    await clock.advance(60_000);
    expect(source.settled.size).toBe(100);
    expect(heard.filter((event) => event.is === 'settled' && event.taken.attempts > 0)).toEqual([]);
    expect(news()).toEqual(['paused', 'resumed']);
  });

  it('goes on however time passes while it looks at the clock', async () => {
    let drawn = 0;
    const still = fakeClock({ random: () => ((drawn += 1) * 0.618_034) % 1 });
    let looks = 0;
    const clock: FakeClock = {
      ...still,
      monotonic: () => still.monotonic() + (looks += 1) * 0.3,
      // As a timer does that knows whole milliseconds only.
      after: (ms, call) => still.after(Math.trunc(ms), call),
    };
    const source = listSource(clock);
    let count = 0;
    const sink: Sink = async () => (++count % 2 === 0 ? done : held);
    source.add(...recordsOf(100));
    const { listener } = ear();
    createPump({ source, sink, clock, concurrency: 1, maxAgeMs: 1e9, listener }).start();
    for (let i = 0; i < 100; i += 1) await clock.advance(10_000);
    expect(source.settled.size).toBe(100);
  });

  it('asks others to pause with it, as long as it does', async () => {
    const { clock, source, start } = stage(() => held);
    source.add(...recordsOf(3));
    start();
    await clock.advance(5_000);
    expect(source.paused.slice(0, 3)).toEqual([
      [750, false],
      [1_500, false],
      [3_000, false],
    ]);
  });

  it('lets nobody else’s pause stop it', async () => {
    const { clock, source, start } = stage((_, attempt) => (attempt === 1 ? held : done));
    source.add(...recordsOf(10));
    start({ pause: () => Promise.reject(new Error('no')) });
    await clock.advance(60_000);
    expect(source.settled.size).toBe(10);
  });

  it('buries one poison among many, and delivers the others', async () => {
    const { clock, source, heard, news, start } = stage(
      ({ id }) => (id === 'r500' ? refused : done),
      { latency: 5 },
    );
    source.add(...recordsOf(1_000));
    start();
    await clock.advance(600);
    source.add(...recordsOf(100, 'later'));
    await clock.advance(60_000);
    expect(source.settled.get('r500')).toEqual({ to: 'dead', reason: refused.reason });
    expect([...source.settled.values()].filter(({ to }) => to === 'sent')).toHaveLength(1_099);
    expect(news()).toEqual([]);
    expect(heard.find((event) => event.is === 'settled' && event.settlement.to === 'dead')).toEqual(
      expect.objectContaining({ detail: refused.reason }),
    );
  });

  it('neither blocks nor lives for ever as the only poison that is left', async () => {
    const { clock, source, start } = stage(({ id }) => (id === 'poison' ? refused : done));
    source.add(recordOf('poison'));
    const pump = start();
    await clock.advance(3_600_000);
    expect(pump.state()).toMatchObject({ is: 'held', reason: 'configuration' });
    expect(source.settled.size).toBe(0);
    source.add(recordOf('good'));
    await clock.advance(600_000);
    expect(source.settled.get('good')).toEqual({ to: 'sent' });
    expect(source.settled.get('poison')).toMatchObject({ to: 'dead' });
  });

  it.each([
    ['as the documents show it', held],
    ['in words that nobody knows', refused],
  ])('loses nothing to a key that is revoked, %s', async (_, verdict) => {
    let isRevoked = false;
    const { clock, source, sent, heard, start } = stage(
      // Some had failed before: they are not at fault either.
      (_, attempt) => (isRevoked ? verdict : attempt % 10 === 0 ? failed : done),
      { latency: 10 },
    );
    source.add(...recordsOf(1_000));
    start();
    await clock.advance(400);
    isRevoked = true;
    const before = sent.length;
    expect(before).toBeGreaterThan(100);
    await clock.advance(86_400_000);
    expect([...source.settled.values()].filter(({ to }) => to !== 'sent')).toEqual([]);
    expect(sent.length - before).toBeLessThan(2_000);
    isRevoked = false;
    await clock.advance(3_600_000);
    expect(source.settled.size).toBe(1_000);
    expect(heard.some((event) => event.is === 'settled' && event.settlement.to === 'dead')).toBe(
      false,
    );
  });

  it('probes with other records while all are refused', async () => {
    const { clock, source, sent, start } = stage(() => refused);
    source.add(...recordsOf(100));
    start();
    await clock.advance(3_600_000);
    expect(new Set(sent).size).toBeGreaterThan(40);
  });
});

describe('a source that fails', () => {
  const failing = (times: number) => {
    let left = times;
    return () => {
      left -= 1;
      if (left >= 0) throw new Error('the disk is full');
    };
  };

  it.each(['throws', 'rejects'])(
    'when it is asked for records (%s) is left alone, then asked again',
    async (how) => {
      const { clock, source, news, start } = stage();
      const fails = failing(3);
      source.add(...recordsOf(5));
      const take = (limit: number) => {
        fails();
        return source.take(limit);
      };
      start({ take: how === 'throws' ? take : async (limit) => take(limit) });
      await clock.advance(5_249);
      expect(news()).toEqual(['unsettled', 'unsettled', 'unsettled']);
      expect(source.settled.size).toBe(0);
      await clock.advance(1);
      expect(source.settled.size).toBe(5);
    },
  );

  it.each(['throws', 'rejects'])(
    'when it is told of the end (%s) gets few records more to send',
    async (how) => {
      const { clock, source, sent, heard, start } = stage();
      const settle = failing(1_000);
      source.add(...recordsOf(100));
      const pump = start({ settle: how === 'throws' ? settle : async () => settle() });
      await clock.advance(600_000);
      expect(sent.length).toBeLessThan(25);
      expect(pump.underWay()).toBe(0);
      expect(heard[0]).toMatchObject({ is: 'unsettled', taken: { record: { id: 'r0' } } });
    },
  );

  it.each(['throws', 'rejects'])(
    'when it is told of the end (%s), and gives the record again, has it sent once',
    async (how) => {
      const { clock, source, sent, heard, start } = stage(({ id }) => (id === 'r1' ? wait : done));
      const fails = failing(5);
      source.add(...recordsOf(3));
      const settle: Source['settle'] = (taken, settlement) => {
        try {
          if (settlement.to !== 'retry') fails();
        } catch (error) {
          source.settle(taken, { to: 'retry', at: clock.now(), counts: false });
          throw error;
        }
        source.settle(taken, settlement);
      };
      start({ settle: how === 'throws' ? settle : async (...given) => settle(...given) });
      await clock.advance(60_000);
      expect(sent.filter((id) => id !== 'r1')).toEqual(['r0', 'r2']);
      expect([...source.settled.keys()].sort()).toEqual(['r0', 'r2']);
      const ended = heard.filter(
        (event) => event.is === 'settled' && event.settlement.to === 'sent',
      );
      expect(ended).toMatchObject([{ isTried: true }, { isTried: true }]);
    },
  );

  it('that is slow to settle holds nothing up, until much waits for it', async () => {
    const { clock, source, most, start } = stage(undefined, { concurrency: 3, latency: 10 });
    const release: (() => void)[] = [];
    source.add(...recordsOf(20));
    const pump = start({
      settle: async (taken, settlement) => {
        await new Promise<void>((resolve) => release.push(resolve));
        source.settle(taken, settlement);
      },
    });
    await clock.advance(1_000);
    expect([source.taken(), pump.underWay(), most()]).toEqual([12, 12, 3]);
    release.shift()?.();
    await clock.advance(10);
    expect([source.taken(), pump.underWay(), source.settled.size]).toEqual([12, 12, 1]);
  });

  it('that is slow to give may find the lane stopped', async () => {
    const { clock, source, sent, heard, start } = stage((_, attempt) =>
      attempt === 1 ? held : done,
    );
    source.add(recordOf('first'));
    start({
      take: async (limit) => {
        const batch = source.take(limit);
        if (sent.length === 1) await new Promise<void>((go) => void clock.after(50, go));
        return batch;
      },
    });
    source.add(...recordsOf(5));
    await clock.advance(700);
    expect(sent).toEqual(['first']);
    await clock.advance(10_000);
    expect(source.settled.size).toBe(6);
    const settled = heard.filter((event) => event.is === 'settled');
    expect(settled.filter(({ isTried }) => isTried)).toHaveLength(sent.length);
    expect(settled.length).toBeGreaterThan(sent.length);
  });
});

describe('a pump that is stopped', () => {
  it('takes nothing more, and waits for what is under way', async () => {
    const { clock, source, sent, start } = stage(undefined, { latency: 100 });
    source.add(...recordsOf(50));
    const pump = start();
    await clock.advance(50);
    const stopped = pump.stop(1_000);
    await clock.advance(60);
    await stopped;
    expect(clock.monotonic()).toBe(110);
    expect(sent).toHaveLength(4);
    expect(source.settled.size).toBe(4);
    expect(source.taken()).toBe(0);
    expect(clock.waiting()).toBe(0);
    source.add(recordOf('late'));
    await clock.advance(1e6);
    expect(sent).toHaveLength(4);
  });

  it('aborts what takes too long, and puts it back', async () => {
    const clock = fakeClock();
    const source = listSource(clock);
    const { heard, listener } = ear();
    const sink: Sink = ({ id }, signal) =>
      new Promise((resolve) => {
        // One of them is deaf.
        if (id === 'r1') return;
        signal.addEventListener('abort', () => {
          resolve({ is: 'retry', detail: 'aborted', ambiguous: id === 'r2' });
        });
      });
    source.add(...recordsOf(4));
    const pump = createPump({ source, sink, clock, concurrency: 4, maxAgeMs: 1e9, listener });
    pump.start();
    const stopped = pump.stop(500);
    await clock.advance(499);
    expect(pump.underWay()).toBe(4);
    await clock.advance(1);
    await stopped;
    expect(pump.underWay()).toBe(0);
    expect([source.left(), source.taken()]).toEqual([4, 0]);
    const counts = heard.map((event) => {
      if (event.is !== 'settled' || event.settlement.to !== 'retry') return expect.fail(event.is);
      return [event.taken.record.id, event.settlement.counts, event.ambiguous];
    });
    expect(counts).toEqual([
      ['r0', false, false],
      ['r2', true, true],
      ['r3', false, false],
      ['r1', true, true],
    ]);
  });

  it('puts back what a slow source gives after that', async () => {
    const { clock, source, sent, start } = stage();
    source.add(...recordsOf(3));
    const pump = start({
      take: async (limit) => {
        const batch = source.take(limit);
        await new Promise<void>((go) => void clock.after(50, go));
        return batch;
      },
    });
    const stopped = pump.stop(1_000);
    await clock.advance(50);
    await stopped;
    expect(sent).toEqual([]);
    expect([source.left(), source.taken()]).toEqual([3, 0]);
  });

  it('on hold leaves no timer of its own', async () => {
    const { clock, source, start } = stage(() => held);
    const pump = start();
    source.add(recordOf('a'));
    await clock.advance(0);
    source.add(recordOf('b'));
    await clock.advance(0);
    const timers = clock.waiting();
    await pump.stop(1_000);
    // The other is the list's, for what is due later.
    expect([timers, clock.waiting()]).toEqual([2, 1]);
  });

  it('is stopped at once when there is nothing under way', async () => {
    const { start, clock } = stage();
    await start().stop(10_000);
    expect(clock.waiting()).toBe(0);
  });

  it('waits for nothing without grace', async () => {
    const { start, source } = stage(() => new Promise(() => {}));
    source.add(...recordsOf(3));
    const pump = start();
    await pump.stop(0);
    expect([pump.underWay(), source.left()]).toEqual([0, 3]);
  });
});
