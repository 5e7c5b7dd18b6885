import { describe, expect, it } from 'vitest';
import { createPump } from '../../src/tracker/delivery/create-pump.ts';
import type { PumpEvent } from '../../src/tracker/delivery/pump.ts';
import type { Sink, Verdict } from '../../src/tracker/delivery/verdict.ts';
import { memoryOutbox } from '../../src/tracker/memory/memory-outbox.ts';
import { weightOf, type UsageRecord } from '../../src/tracker/record.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';

const many = 300_000;
const minute = 60_000;
const latency = 50;
const concurrency = 32;

const payload = JSON.stringify({ activity_type: 'LOGIN', user_id: 'ann@example.com', meta: {} });

/** An API that can be broken, records that wait for it, and everything that arrives there. */
const outage = ({ records = 0, maxRecords = many } = {}) => {
  let seed = 1;
  // Not the same for all: what fails together shall be seen to come back apart.
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const clock = fakeClock({ random });
  const record = (id: string): UsageRecord => {
    return { id, kind: 'event', calls: 1, at: clock.now(), payload };
  };
  const outbox = memoryOutbox({ clock, maxRecords, maxBytes: 64 * 2 ** 20 });
  const arrived: number[] = [];
  let answer: (record: UsageRecord) => Verdict = () => ({ is: 'done' });
  const sink: Sink = async (record) => {
    arrived.push(clock.monotonic());
    const verdict = answer(record);
    await new Promise<void>((resolve) => void clock.after(latency, resolve));
    return verdict;
  };
  const delivered = new Map<string, number>();
  let resumedAt = NaN;
  const told: Exclude<PumpEvent['is'], 'settled'>[] = [];
  const listener = (event: PumpEvent): void => {
    if (event.is === 'resumed') resumedAt = clock.monotonic();
    if (event.is !== 'settled') told.push(event.is);
    else if (event.settlement.to === 'sent') {
      delivered.set(event.taken.record.id, event.taken.attempts);
    }
  };
  const maxAgeMs = 7 * 24 * 60 * minute;
  const pump = createPump({ source: outbox, sink, clock, concurrency, maxAgeMs, listener });
  const fill = (count: number): void => {
    for (let i = 0; i < count; i += 1) outbox.add(record(`r${i}`));
  };
  fill(records);
  return {
    clock,
    outbox,
    pump,
    fill,
    add: (id: string) => outbox.add(record(id)),
    delivered,
    told,
    resumedAt: () => resumedAt,
    arrived,
    /** How many arrived between two moments. */
    between: (from: number, to: number) => arrived.filter((at) => at >= from && at < to).length,
    answers: (how: Verdict | typeof answer) => {
      answer = typeof how === 'function' ? how : () => how;
    },
  };
};

const down: Verdict = { is: 'retry', detail: 'ECONNREFUSED', ambiguous: false };
const wrongKey: Verdict = { is: 'hold', reason: 'authentication', detail: 'answered 401' };
const done: Verdict = { is: 'done' };

/** Until the next probe is sure to have got through. */
const recover = async (stage: ReturnType<typeof outage>): Promise<number> => {
  const { clock, told } = stage;
  for (let waited = 0; waited < 6 * minute && !told.includes('resumed'); waited += 1_000) {
    await clock.advance(1_000);
  }
  expect(told.at(-1)).toBe('resumed');
  return stage.resumedAt();
};

describe('an outage', () => {
  it('costs few requests, no event, and ends without a stampede', { timeout: 60_000 }, async () => {
    const stage = outage();
    const { outbox, pump, clock, told, arrived, delivered, between } = stage;
    stage.answers(down);
    pump.start();
    stage.fill(many + 1_000);
    await clock.advance(10 * minute);
    expect(arrived.length).toBeLessThanOrEqual(40);
    expect(told).toEqual(['paused']);
    expect(pump.state()).toMatchObject({ is: 'paused', reason: 'outage' });

    // The bound holds, and says what it cost.
    const { given, pending, dropped } = outbox.totals();
    expect(pending.records).toBe(many);
    expect(dropped.overflow?.records).toBe(1_000);
    expect(given.records).toBe(many + 1_000);
    expect(many * weightOf({ id: '', kind: 'event', calls: 1, at: 0, payload })).toBeLessThan(
      64 * 2 ** 20,
    );

    stage.answers(done);
    const resumed = await recover(stage);
    await clock.advance(1_000);
    // One, then twice as many with every round trip: then what may be under way, and never more.
    const rounds = Array.from({ length: 8 }, (_, round) =>
      between(resumed + round * latency, resumed + (round + 1) * latency),
    );
    expect(rounds).toEqual([1, 2, 4, 8, 16, 32, 32, 32]);
    const aSecond = (1_000 / latency) * concurrency;
    expect(between(resumed, resumed + 1_000)).toBeLessThan(aSecond);

    await clock.advance((many / aSecond) * 1_000);
    expect(delivered.size).toBe(many);
    expect(outbox.totals()).toMatchObject({ pending: { records: 0 }, sent: { records: many } });
    expect(told).toEqual(['paused', 'resumed']);
    await clock.advance(6 * minute);
    expect(clock.waiting()).toBe(0);
  });

  it('that lets every fifth through is not answered with more than there is', async () => {
    const stage = outage({ records: 2_000 });
    const { clock, pump, arrived, delivered } = stage;
    let count = 0;
    stage.answers(() => (++count % 5 === 0 ? done : down));
    pump.start();
    await clock.advance(10 * minute);
    expect(arrived.length / 600).toBeLessThan(4);
    stage.answers(done);
    await clock.advance(20 * minute);
    expect(delivered.size).toBe(2_000);
  });
});

describe('a wrong key', () => {
  it('for an hour costs few requests and no event', async () => {
    const stage = outage({ records: 10_000 });
    const { clock, pump, outbox, arrived, delivered, told } = stage;
    stage.answers(wrongKey);
    pump.start();
    await clock.advance(60 * minute);
    expect(arrived.length).toBeLessThan(40);
    expect(outbox.totals()).toMatchObject({ pending: { records: 10_000 } });
    stage.answers(done);
    await recover(stage);
    await clock.advance(minute);
    expect(delivered.size).toBe(10_000);
    expect(told).toEqual(['held', 'resumed']);
  });

  it.each([
    ['that says so', wrongKey],
    ['that is told by no words that are known', { is: 'refused', reason: 'answered 400' } as const],
  ])('from a moment on, %s, buries nothing', async (_, verdict) => {
    const stage = outage({ records: 10_000 });
    const { clock, pump, outbox, delivered } = stage;
    pump.start();
    await clock.advance(2_000);
    expect(delivered.size).toBeGreaterThan(500);
    stage.answers(verdict);
    await clock.advance(6 * 60 * minute);
    const { dead, pending, sent } = outbox.totals();
    expect(dead.records).toBe(0);
    expect(pending.records + sent.records).toBe(10_000);
    stage.answers(done);
    await clock.advance(10 * minute);
    expect(delivered.size).toBe(10_000);
  });
});

describe('an API that asks to wait', () => {
  it('is left alone for so long, and no attempt is counted', async () => {
    const stage = outage({ records: 5_000 });
    const { clock, pump, delivered, between, told } = stage;
    stage.answers({ is: 'wait', ms: 5 * minute, detail: 'answered 429' });
    pump.start();
    await clock.advance(latency);
    stage.answers(done);
    await clock.advance(5 * minute - latency);
    expect(between(latency, 5 * minute)).toBe(0);
    await clock.advance(minute);
    expect(delivered.size).toBe(5_000);
    expect([...delivered.values()].filter((attempts) => attempts > 0)).toEqual([]);
    expect(told).toEqual(['paused', 'resumed']);
  });
});

describe('a record that the API does not want', () => {
  it('is buried, and no other with it', async () => {
    const stage = outage({ records: 1_000 });
    const { clock, pump, outbox, delivered, told } = stage;
    stage.answers(({ id }) => (id === 'r500' ? { is: 'refused', reason: 'answered 422' } : done));
    pump.start();
    await clock.advance(1_000);
    for (let i = 0; i < 10; i += 1) stage.add(`later${i}`);
    await clock.advance(minute);
    expect(outbox.totals()).toMatchObject({
      dead: { records: 1 },
      pending: { records: 0 },
      sent: { records: 1_009 },
    });
    expect(delivered.has('r500')).toBe(false);
    const letters = [];
    for await (const letter of outbox.dead.list()) letters.push(letter);
    expect(letters).toMatchObject([{ record: { id: 'r500' }, reason: 'answered 422' }]);
    expect(told).toEqual([]);
  });
});
