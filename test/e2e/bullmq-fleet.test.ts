import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { bullmqOutbox } from '../../src/tracker/bullmq/index.ts';
import type { Work } from '../support/bullmq-processes.ts';
import { bundleChild } from '../support/outbox-kill.ts';
import { durable, needsRedis, type RedisServer, startRedis } from '../support/redis.ts';
import { startUsageApi, taken, type UsageApi } from '../support/usage-api.ts';

let program: Awaited<ReturnType<typeof bundleChild>>;
beforeAll(async () => {
  program = await bundleChild('bullmq-processes.ts');
});
afterAll(() => program.remove());

const eventually = (check: () => unknown, timeout = 30_000): Promise<unknown> =>
  vi.waitFor(check, { timeout, interval: 50 });

const uniqueOf = (api: UsageApi): Set<string> => new Set(api.calls.map(({ id }) => id));
const idsOf = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${name}-${n}`);

describe('producers and workers, each a process', { timeout: 90_000 }, () => {
  let redis: RedisServer;
  let api: UsageApi;
  let dir: string;
  const children = new Set<ChildProcess>();

  beforeEach(needsRedis);
  beforeEach(async () => {
    redis = await startRedis(...durable);
    api = await startUsageApi();
    dir = await mkdtemp(join(tmpdir(), 'tallywire-fleet-'));
  });
  afterEach(async () => {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    children.clear();
    await api[Symbol.asyncDispose]();
    await redis.end();
    await rm(dir, { recursive: true, force: true });
  });

  const start = async (work: Omit<Work, 'redisPort' | 'apiUrl' | 'queue'>) => {
    const all: Work = { redisPort: redis.port, apiUrl: api.url, queue: 'fleet', ...work };
    const args = ['--unhandled-rejections=strict', program.file, JSON.stringify(all)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    const lines: string[] = [];
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    createInterface(child.stdout).on('line', (line) => lines.push(line));
    await eventually(() => {
      expect(child.exitCode, errors).toBeNull();
      expect(lines[0]).toBe('ready');
    });
    return { child, lines, errors: () => errors };
  };

  const totals = async () => {
    const connection = { host: '127.0.0.1', port: redis.port };
    const outbox = bullmqOutbox({ connection, queue: 'fleet', warn: () => {} });
    try {
      return await outbox.totals();
    } finally {
      await outbox.close();
    }
  };

  test('two producers, three workers, one killed in the middle of its requests', async () => {
    const underWay = new Set<string>();
    let slow = true;
    // Answers late, so that there is something under way when the worker dies.
    api.answer((response, call) => {
      underWay.add(call.id);
      setTimeout(
        () => {
          if (response.destroyed) return;
          underWay.delete(call.id);
          taken(response, call);
        },
        slow ? 150 : 0,
      );
    });
    const workers = await Promise.all(
      ['w1', 'w2', 'w3'].map((name) => start({ as: 'worker', name, takeOver: 6_000 })),
    );
    const producers = await Promise.all(
      ['a', 'b'].map((name) => start({ as: 'producer', name, events: 250 })),
    );
    await eventually(() => expect(api.calls.length).toBeGreaterThan(60));
    const victim = workers[0]?.child as ChildProcess;
    await eventually(() => expect(underWay.size).toBeGreaterThan(3));
    victim.kill('SIGKILL');
    await once(victim, 'exit');
    slow = false;
    const expected = [...idsOf('a', 250), ...idsOf('b', 250)].toSorted();
    await eventually(() => expect([...uniqueOf(api)].toSorted()).toEqual(expected));
    await eventually(async () => expect((await totals()).pending.records).toBe(0));
    const keysOf = (id: string) => api.calls.filter((call) => call.id === id).map(({ key }) => key);
    const twice = [...api.times()].filter(([, times]) => times > 1).map(([id]) => keysOf(id));
    // What the dead worker had in hand, at most its concurrency, and no other record.
    expect(twice).toEqual(twice.map(() => ['w1', expect.stringMatching(/^w[23]$/)]));
    expect(twice.length).toBeGreaterThan(0);
    expect(twice.length).toBeLessThanOrEqual(8);
    for (const { lines } of producers) {
      await eventually(() =>
        expect(lines[1] && (JSON.parse(lines[1]) as unknown)).toEqual({
          complete: true,
          sent: 250,
          dropped: {},
        }),
      );
    }
    const { given, sent, dead, dropped } = await totals();
    expect({ dead, dropped }).toEqual({ dead: { records: 0, calls: 0 }, dropped: {} });
    // Uncounted are those at most that were settled while their worker died.
    expect(sent.records).toBeGreaterThanOrEqual(492);
    expect(sent.records).toBeLessThanOrEqual(500);
    expect(given).toEqual(sent);
    for (const { child, lines } of workers.slice(1)) {
      child.kill('SIGTERM');
      await eventually(() => expect(lines.at(-1)).toBe('closed'));
    }
    for (const one of [...workers, ...producers]) expect(one.errors()).toBe('');
  });

  test('Redis hangs, then dies and comes back, while events come: nothing is lost, nothing crashes', async () => {
    const worker = await start({ as: 'worker', takeOver: 2_500 });
    const producers = await Promise.all([
      start({ as: 'producer', name: 'memory', events: 500 }),
      start({ as: 'producer', name: 'disk', events: 500, outbox: join(dir, 'outbox') }),
    ]);
    await eventually(() => expect(uniqueOf(api).size).toBeGreaterThan(30));
    redis.signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 700));
    redis.signal('SIGCONT');
    const between = uniqueOf(api).size;
    await eventually(() => expect(uniqueOf(api).size).toBeGreaterThan(between + 50));
    await redis.kill();
    const before = uniqueOf(api).size;
    await new Promise((resolve) => setTimeout(resolve, 500));
    // What was under way.
    expect(uniqueOf(api).size).toBeLessThanOrEqual(before + 8);
    await redis.start();
    const expected = [...idsOf('memory', 500), ...idsOf('disk', 500)].toSorted();
    await eventually(() => expect([...uniqueOf(api)].toSorted()).toEqual(expected));
    for (const { lines } of producers) {
      await eventually(() =>
        expect(lines[1] && (JSON.parse(lines[1]) as unknown)).toEqual({
          complete: true,
          sent: 500,
          dropped: {},
        }),
      );
    }
    await eventually(async () => expect((await totals()).pending.records).toBe(0));
    const twice = [...api.times().values()].filter((times) => times > 1);
    // What the worker had under way, and a batch of each producer whose answer was lost; both times.
    expect(twice.length).toBeLessThanOrEqual(2 * (8 + 32 + 32));
    for (const one of [worker, ...producers]) expect(one.errors()).toBe('');
  });
});
