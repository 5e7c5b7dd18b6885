import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createReoClient } from '../../src/reo/index.ts';
import { anEvent } from '../../src/testing/outbox-contract/records.ts';
import {
  type BullmqOutbox,
  bullmqOutbox,
  createUsageWorker,
  type UsageRecord,
  type UsageWorkerOptions,
} from '../../src/tracker/bullmq/index.ts';
import type { Taken } from '../../src/tracker/outbox.ts';
import { needsRedis, type RedisServer, startRedis } from '../support/redis.ts';
import { refused, startUsageApi, taken, type UsageApi } from '../support/usage-api.ts';

const eventually = (check: () => unknown, timeout = 10_000): Promise<unknown> =>
  vi.waitFor(check, { timeout, interval: 20 });

describe('a fleet on a real server', { timeout: 30_000 }, () => {
  let redis: RedisServer | undefined;
  let queues = 0;
  const ends: (() => unknown)[] = [];

  beforeEach(needsRedis);
  beforeEach(async () => {
    // One for all, started by the first that is not skipped.
    redis ??= await startRedis();
  });
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });
  afterAll(() => redis?.end());

  const connection = () => ({ host: '127.0.0.1', port: redis?.port ?? 0 });
  const newQueue = (): string => `fleet-${(queues += 1)}`;

  const api = async (): Promise<UsageApi> => {
    const one = await startUsageApi();
    ends.push(() => one[Symbol.asyncDispose]());
    return one;
  };

  const worker = (
    { url }: UsageApi,
    queue: string,
    { key = 'k-1', ...options }: Partial<UsageWorkerOptions> & { readonly key?: string } = {},
  ) => {
    const reo = createReoClient({ apiKey: key, baseUrl: url });
    const made = createUsageWorker(reo, {
      connection: connection(),
      queue,
      takeOver: '10s',
      warn: () => {},
      ...options,
    });
    ends.push(() => made.close({ timeout: 1_000 }));
    return made;
  };

  const feed = async (queue: string, count: number): Promise<readonly UsageRecord[]> => {
    const outbox: BullmqOutbox = bullmqOutbox({ connection: connection(), queue, warn: () => {} });
    const records = Array.from({ length: count }, () => anEvent(Date.now()));
    await outbox.put(records);
    await outbox.close();
    return records;
  };

  test('each record is delivered by one of the workers, once', async () => {
    const [server, queue] = [await api(), newQueue()];
    const records = await feed(queue, 300);
    const delivered: string[] = [];
    const hooks = { delivered: ({ record }: { record: UsageRecord }) => delivered.push(record.id) };
    const workers = [1, 2].map(() => worker(server, queue, { hooks }));
    await eventually(() => expect(delivered).toHaveLength(300));
    expect(new Set(server.calls.map(({ id }) => id)).size).toBe(300);
    expect(server.calls).toHaveLength(300);
    expect(delivered.toSorted()).toEqual(records.map(({ id }) => id).toSorted());
    const stats = await Promise.all(workers.map((one) => one.stats()));
    for (const { sent, pending, lane, scope } of stats) {
      expect({ sent, pending, lane, scope }).toEqual({
        sent: { records: 300, calls: 300 },
        pending: { records: 0, calls: 0 },
        lane: 'open',
        scope: 'store',
      });
    }
    const attempts = stats.map((one) => one.attempts);
    expect(attempts.reduce((a, b) => a + b)).toBe(300);
    expect(Math.min(...attempts), 'both took part').toBeGreaterThan(0);
  });

  test('records that come a few at a time are all delivered', async () => {
    const [server, queue] = [await api(), newQueue()];
    worker(server, queue);
    const outbox = bullmqOutbox({ connection: connection(), queue, warn: () => {} });
    ends.push(outbox.close);
    let count = 0;
    for (let i = 0; i < 60; i += 1) {
      const some = Array.from({ length: 1 + (i % 4) }, () => anEvent(Date.now()));
      count += some.length;
      await outbox.put(some);
      await new Promise((resolve) => setTimeout(resolve, (i * 7) % 30));
    }
    await eventually(() => expect(server.times().size).toBe(count), 3_000);
  });

  test('who waits for an answer longer than `takeOver` keeps its record', async () => {
    const [server, queue] = [await api(), newQueue()];
    server.answer((response, call) => void setTimeout(() => taken(response, call), 5_000));
    for (let i = 0; i < 2; i += 1) worker(server, queue, { takeOver: 2_000 });
    const [record] = await feed(queue, 1);
    await eventually(async () => {
      const { totals, close } = bullmqOutbox({ connection: connection(), queue, warn: () => {} });
      ends.push(close);
      expect((await totals()).sent.records).toBe(1);
    });
    expect(server.calls.map(({ id }) => id)).toEqual([record?.id]);
  });

  test('the rate limit holds over both workers', async () => {
    const [server, queue] = [await api(), newQueue()];
    await feed(queue, 100);
    for (let i = 0; i < 2; i += 1) worker(server, queue, { rateLimit: { perSecond: 40 } });
    await eventually(() => expect(server.calls.length).toBe(100));
    const times = server.calls.map(({ at }) => at);
    const perSecond = times.map((at, i) => times.slice(i).filter((t) => t < at + 1_000).length);
    // A span of the limiter more than asked, and as much again for the way.
    expect(Math.max(...perSecond)).toBeLessThanOrEqual(44);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(6_000);
  });

  test('a refused key holds its own queue with few requests, and nothing is lost', async () => {
    const [server, held, open] = [await api(), newQueue(), newQueue()];
    server.answer((response, call) =>
      (call.key === 'k-bad' ? refused(401, 'Authentication Failure') : taken)(response, call),
    );
    const reasons: string[] = [];
    const resumed = vi.fn<() => void>();
    const hooks = {
      held: ({ reason }: { reason: string }) => reasons.push(reason),
      resumed,
    };
    const fleet = [1, 2, 3].map(() => worker(server, held, { key: 'k-bad', hooks }));
    worker(server, open);
    await Promise.all(fleet.map((one) => one.ready()));
    const bad = await feed(held, 60);
    const from = performance.now();
    await eventually(() => expect(reasons).not.toHaveLength(0));
    const good = await feed(open, 60);
    await eventually(() => {
      const came = server.times();
      for (const { id } of good) expect(came.get(id)).toBe(1);
    });
    await new Promise((resolve) =>
      setTimeout(resolve, Math.max(0, from + 5_000 - performance.now())),
    );
    const asked = server.calls.filter(({ key }) => key === 'k-bad').map(({ at }) => at);
    // What three workers start with, and few probes.
    expect(asked.length).toBeLessThanOrEqual(3 * 4 + 3);
    // Each by itself would probe at least once in this time; one after the other they do twice at most.
    const probes = asked.filter((at) => at > (asked[0] ?? 0) + 1_500);
    expect(probes.length).toBeGreaterThanOrEqual(1);
    expect(probes.length).toBeLessThanOrEqual(2);
    expect(new Set(reasons)).toEqual(new Set(['authentication']));
    expect(await fleet[0]?.stats()).toMatchObject({
      pending: { records: 60 },
      dead: { records: 0 },
      dropped: {},
    });

    server.answer(taken);
    await eventually(async () =>
      expect((await fleet[0]?.stats())?.sent).toEqual({ records: 60, calls: 60 }),
    );
    expect(resumed).toHaveBeenCalled();
    const came = server.times();
    for (const { id } of bad) expect(came.get(id)).toBeGreaterThanOrEqual(1);
  });

  test('one worker with a wrong key does not stop the others', async () => {
    const [server, queue] = [await api(), newQueue()];
    server.answer((response, call) =>
      (call.key === 'k-bad' ? refused(401, 'Authentication Failure') : taken)(response, call),
    );
    worker(server, queue, { key: 'k-bad', hooks: { held: () => {} } });
    worker(server, queue, { key: 'k-good' });
    await feed(queue, 200);
    await eventually(() => {
      const good = server.calls.filter(({ key }) => key === 'k-good');
      expect(new Set(good.map(({ id }) => id)).size).toBe(200);
    }, 6_000);
  });

  test('429 stops the fleet for as long as it says, and counts as no attempt', async () => {
    const [server, queue] = [await api(), newQueue()];
    let asked: number | undefined;
    server.answer((response, call) => {
      asked ??= call.at;
      refused(429, 'Too many', { 'retry-after': '2' })(response, call);
    });
    const attempts: number[] = [];
    const hooks = { delivered: (told: { attempts: number }) => attempts.push(told.attempts) };
    const fleet = [1, 2].map(() => worker(server, queue, { hooks }));
    await Promise.all(fleet.map((one) => one.ready()));
    await feed(queue, 40);
    await eventually(() => expect(asked).toBeDefined());
    server.answer(taken);
    await eventually(() => expect(attempts).toHaveLength(40));
    expect(attempts).toEqual(attempts.map(() => 1));
    const early = server.calls.filter(
      ({ at }) => at > (asked ?? 0) + 300 && at < (asked ?? 0) + 1_950,
    );
    expect(early).toEqual([]);
  });

  test('what is refused while others are taken dies, and is listed, replayed and dropped', async () => {
    const [server, queue] = [await api(), newQueue()];
    const records = await feed(queue, 30);
    const poison = [records[3], records[7]].map((record) => record?.id ?? '');
    server.answer((response, call) =>
      (poison.includes(call.id) ? refused(400, 'Invalid mode') : taken)(response, call),
    );
    const died: string[] = [];
    const one = worker(server, queue, {
      hooks: { dead: ({ record }) => died.push(record.id) },
    });
    // The last is only judged by what is taken after it.
    for (const until = performance.now() + 15_000; died.length < 2;) {
      if (performance.now() > until) break;
      await feed(queue, 1);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(died.toSorted()).toEqual(poison.toSorted());
    const listed = [];
    for await (const letter of one.dead.list()) listed.push(letter);
    expect(listed.map(({ record }) => record.id).toSorted()).toEqual(poison.toSorted());
    for (const { reason } of listed) expect(reason).toContain('400');

    server.answer(taken);
    const before = server.times().get(poison[0] as string) ?? 0;
    expect(await one.dead.replay([poison[0] as string])).toBe(1);
    await eventually(() => expect(server.times().get(poison[0] as string)).toBe(before + 1));
    expect(await one.dead.drop()).toBe(1);
    await eventually(async () =>
      expect(await one.stats()).toMatchObject({
        dead: { records: 0 },
        pending: { records: 0 },
        dropped: { discarded: { records: 1, calls: 1 } },
      }),
    );
  });

  test('beyond so many dead letters the oldest are dropped, whatever else has failed there', async () => {
    const queue = newQueue();
    const outbox = bullmqOutbox({ connection: connection(), queue, maxDead: 2, warn: () => {} });
    ends.push(outbox.close);
    const client = new Redis(connection());
    ends.push(() => client.disconnect());
    const others = Array.from({ length: 150 }, (_, n) => [n, `other-${n}`]).flat();
    await client.zadd(`tallywire:${queue}:failed`, ...others);
    const records = Array.from({ length: 5 }, () => anEvent(Date.now()));
    for (const record of records) {
      await outbox.put([record]);
      const [mine] = await outbox.take(1);
      await outbox.settle(mine as Taken, { to: 'dead', reason: 'refused' });
    }
    const listed: string[] = [];
    for await (const { record } of outbox.dead.list()) listed.push(record.id);
    expect(listed).toEqual(records.slice(3).map(({ id }) => id));
    expect((await outbox.totals()).dropped).toEqual({ overflow: { records: 3, calls: 3 } });
    expect(await client.zcard(`tallywire:${queue}:failed`)).toBe(152);
  });

  test('what another has taken over and settled is counted once', async () => {
    const queue = newQueue();
    const make = (): BullmqOutbox => {
      const made = bullmqOutbox({ connection: connection(), queue, takeOver: 200, warn: () => {} });
      ends.push(made.close);
      return made;
    };
    const [slow, fast] = [make(), make()];
    await slow.put([anEvent(Date.now())]);
    const [mine] = await slow.take(1);
    const client = new Redis(connection());
    ends.push(() => client.disconnect());
    // As if it could not be reached for as long as a lock lasts.
    expect(await client.del(`tallywire:${queue}:r-${mine?.record.id}:lock`)).toBe(1);
    let its: readonly Taken[] = [];
    await eventually(async () => {
      its = await fast.take(1);
      expect(its).toHaveLength(1);
    });
    await fast.settle(its[0] as Taken, { to: 'sent' });
    await slow.settle(mine as Taken, { to: 'sent' });
    const { given, sent } = await slow.totals();
    expect({ given, sent }).toEqual({
      given: { records: 1, calls: 1 },
      sent: { records: 1, calls: 1 },
    });
  });

  test('closes whatever its timeout is said to be', async () => {
    const one = worker(await api(), newQueue());
    await one.ready();
    await expect(one.close({ timeout: 'soon' as never })).resolves.toBeUndefined();
  });

  test('what may lose records is said once, by a worker and by an outbox', async () => {
    const other = await startRedis('--maxmemory-policy', 'allkeys-lru');
    ends.push(() => other.end());
    const warnings: string[] = [];
    const options = {
      connection: { host: '127.0.0.1', port: other.port },
      queue: 'q',
      warn: (warning: string) => warnings.push(warning),
    };
    const log = vi.spyOn(console, 'warn').mockImplementation(() => {});
    worker(await api(), 'q', options);
    await eventually(() => expect(warnings).toHaveLength(2));
    expect(warnings[0]).toContain('allkeys-lru');
    expect(warnings[1]).toContain('nothing to disk');
    log.mockRestore();
  });
});
