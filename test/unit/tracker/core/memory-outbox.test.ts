import { describe, expect, it } from 'vitest';
import { OutboxError } from '../../../../src/http/errors.ts';
import { memoryOutbox, type MemoryOptions } from '../../../../src/tracker/memory/memory-outbox.ts';
import { type UsageRecord, weightOf } from '../../../../src/tracker/record.ts';
import { fakeClock } from '../../../../src/testing/fake-clock.ts';
import { outboxContract } from '../../../../src/testing/outbox-contract.ts';

describe('the contract', () => {
  const open = () => {
    const clock = fakeClock();
    return { outbox: memoryOutbox({ clock }), now: clock.now, advance: clock.advance };
  };
  for (const { name, run } of outboxContract(open, { lacks: ['reopen', 'crash', 'windows'] })) {
    it(name, run);
  }
});

let made = 0;
const record = (calls = 1, payload = '{}'): UsageRecord => ({
  id: `r${(made += 1)}`,
  kind: 'count',
  calls,
  at: 1_000 + made,
  payload,
});

const open = (options: MemoryOptions = {}) => {
  const told: string[] = [];
  const clock = fakeClock();
  const outbox = memoryOutbox({
    clock,
    onDropped: ({ id }, reason) => told.push(`${id} ${reason}`),
    ...options,
  });
  return { outbox, told, clock };
};

const ids = (taken: readonly { readonly record: UsageRecord }[]) =>
  taken.map(({ record }) => record.id);

describe('a full memory', () => {
  it('refuses what is put and drops what is added, and nothing of what it has', () => {
    const { outbox, told } = open({ maxRecords: 2 });
    const [a, b, c] = [record(2), record(3), record(5)] as const;
    outbox.put([a, b]);
    expect(() => outbox.put([c])).toThrow(
      expect.objectContaining({ code: 'outbox', reason: 'full' }) as Error,
    );
    expect(outbox.totals()).toMatchObject({ given: { records: 2, calls: 5 }, dropped: {} });
    outbox.add(c);
    expect(told).toEqual([`${c.id} overflow`]);
    expect(outbox.totals()).toMatchObject({
      given: { records: 3, calls: 10 },
      pending: { records: 2, calls: 5 },
      dropped: { overflow: { records: 1, calls: 5 } },
    });
    expect(ids(outbox.take(9))).toEqual([a.id, b.id]);
  });

  it('keeps all of what is put together, or nothing', () => {
    for (const overflow of ['drop-new', 'drop-oldest'] as const) {
      const { outbox, told } = open({ maxRecords: 3, overflow });
      const old = record();
      outbox.put([old]);
      expect(() => outbox.put([record(), record(), record(), record()])).toThrow(OutboxError);
      expect(ids(outbox.take(9))).toEqual([old.id]);
      expect(told).toEqual([]);
    }
  });

  it('drops the oldest when told to, but not what is under way', () => {
    const { outbox, told } = open({ maxRecords: 3, overflow: 'drop-oldest' });
    const [a, b, c, d, e] = [record(), record(), record(), record(), record()] as const;
    outbox.put([a, b, c]);
    const [taken] = outbox.take(1);
    outbox.add(d);
    outbox.put([e]);
    expect(told).toEqual([`${b.id} overflow`, `${c.id} overflow`]);
    outbox.settle(taken!, { to: 'sent' });
    expect(ids(outbox.take(9))).toEqual([d.id, e.id]);
    expect(() => outbox.put([record(), record()])).toThrow(OutboxError);
  });

  it('drops one that waits to be tried again, when it is the oldest', async () => {
    const { outbox, told, clock } = open({ maxRecords: 2, overflow: 'drop-oldest' });
    const [a, b, c] = [record(), record(), record()] as const;
    outbox.put([a, b]);
    const [first] = outbox.take(1);
    outbox.settle(first!, { to: 'retry', at: clock.now() + 50, counts: true });
    outbox.add(c);
    expect(told).toEqual([`${a.id} overflow`]);
    await clock.advance(60);
    expect(ids(outbox.take(9))).toEqual([b.id, c.id]);
  });

  it('weighs records by their bytes', () => {
    const heavy = record(1, 'x'.repeat(1_000));
    const { outbox } = open({ maxBytes: 2 * weightOf(heavy) });
    outbox.put([heavy, record(1, 'x'.repeat(1_000))]);
    expect(() => outbox.put([record()])).toThrow(OutboxError);
    outbox.settle(outbox.take(1)[0]!, { to: 'sent' });
    outbox.put([record()]);
  });

  it.each([
    ['é', 1],
    ['ж', 2],
    ['\u{1f600}', 2],
  ])('weighs what an engine keeps for a text with %s in it', (text, each) => {
    const { payload } = record(1, text.repeat(1_000));
    const weight = weightOf({ ...record(), payload }) - weightOf({ ...record(), payload: '' });
    expect(weight).toBe(payload.length * each);
  });

  it('lets the dead give way first', () => {
    const { outbox, told } = open({ maxRecords: 2 });
    const [a, b, c, d] = [record(), record(), record(), record()] as const;
    outbox.put([a]);
    outbox.settle(outbox.take(1)[0]!, { to: 'dead', reason: 'refused' });
    outbox.put([b, c]);
    outbox.add(d);
    expect(told).toEqual([`${a.id} overflow`, `${d.id} overflow`]);
  });

  it('buries no more than it may', () => {
    const { outbox, told } = open({ maxDead: 2 });
    const records = [record(), record(), record()];
    outbox.put(records);
    for (const taken of outbox.take(3)) outbox.settle(taken, { to: 'dead', reason: 'refused' });
    expect(told).toEqual([`${records[0]?.id} overflow`]);
    expect(outbox.totals().dead.records).toBe(2);
  });
});

describe('the order', () => {
  it('is that of falling due: one that failed stands behind what came before', async () => {
    const { outbox, clock } = open();
    const [a, b, c] = [record(), record(), record()] as const;
    outbox.put([a]);
    outbox.settle(outbox.take(1)[0]!, { to: 'retry', at: clock.now() + 10, counts: true });
    await clock.advance(5);
    outbox.put([b]);
    await clock.advance(10);
    outbox.put([c]);
    expect(ids(outbox.take(2))).toEqual([b.id, a.id]);
    expect(ids(outbox.take(2))).toEqual([c.id]);
  });
});

describe('who settles late', () => {
  it('changes nothing for who has the record now', () => {
    const { outbox, clock } = open();
    outbox.put([record()]);
    const [first] = outbox.take(1);
    outbox.settle(first!, { to: 'retry', at: clock.now(), counts: true });
    const [second] = outbox.take(1);
    outbox.settle(first!, { to: 'dropped', reason: 'expired' });
    outbox.settle(second!, { to: 'sent' });
    expect(outbox.totals()).toMatchObject({ sent: { records: 1 }, dropped: {} });
  });
});

describe('a clock that jumps', () => {
  it('makes a retry neither earlier nor later', async () => {
    for (const jump of [-1e10, 1e10]) {
      const { outbox, clock } = open();
      outbox.put([record()]);
      outbox.settle(outbox.take(1)[0]!, { to: 'retry', at: clock.now() + 100, counts: true });
      clock.jump(jump);
      await clock.advance(99);
      expect(outbox.take(1)).toEqual([]);
      await clock.advance(1);
      expect(outbox.take(1)).toHaveLength(1);
    }
  });
});

describe('its timers', () => {
  it('are none unless something waits, and one then', async () => {
    const { outbox, clock } = open();
    let ready = 0;
    outbox.onReady(() => (ready += 1));
    outbox.put([record(), record(), record()]);
    expect(clock.waiting()).toBe(0);
    const taken = outbox.take(3);
    await clock.advance(0);
    ready = 0;
    for (const [n, one] of taken.entries()) {
      outbox.settle(one, { to: 'retry', at: clock.now() + 300 - 100 * n, counts: true });
    }
    expect(clock.waiting()).toBe(1);
    for (let passed = 0; passed < 3; passed += 1) {
      await clock.advance(100);
      expect(ready).toBe(passed + 1);
      expect(outbox.take(9)).toHaveLength(1);
    }
    expect(clock.waiting()).toBe(0);
  });
});

describe('the end', () => {
  it('drops what is left as closed, what was taken too, and tells', () => {
    const { outbox, told } = open();
    const [a, b] = [record(2), record(3)] as const;
    outbox.put([a, b]);
    const [taken] = outbox.take(1);
    outbox.close();
    expect(told).toEqual([`${a.id} closed`, `${b.id} closed`]);
    outbox.settle(taken!, { to: 'sent' });
    outbox.add(record(7));
    expect(outbox.totals()).toMatchObject({
      given: { records: 3, calls: 12 },
      sent: { records: 0 },
      pending: { records: 0 },
      dropped: { closed: { records: 3, calls: 12 } },
    });
  });
});

describe('what is kept elsewhere', () => {
  it('was never here', () => {
    const { outbox } = open();
    outbox.put([record(2), record(3)]);
    const [taken] = outbox.take(1);
    expect(outbox.has(taken!)).toBe(true);
    outbox.forget(taken!);
    expect(outbox.has(taken!)).toBe(false);
    expect(outbox.totals()).toMatchObject({
      given: { records: 1, calls: 3 },
      pending: { records: 1, calls: 3 },
    });
  });
});

describe('hundreds of thousands', () => {
  it('go in and out in the time of a blink each', () => {
    const { outbox } = open({ maxRecords: 1e6, maxBytes: 2 ** 40 });
    const before = performance.now();
    for (let n = 0; n < 2e5; n += 1) {
      outbox.add({ id: `many-${n}`, kind: 'event', calls: 1, at: n, payload: '{}' });
    }
    let out = 0;
    for (let taken; (taken = outbox.take(32)).length > 0;) {
      for (const one of taken) outbox.settle(one, { to: 'sent' });
      out += taken.length;
    }
    expect(out).toBe(2e5);
    // Anything that walks a list for each would take hours.
    expect(performance.now() - before).toBeLessThan(15_000);
  });
});
