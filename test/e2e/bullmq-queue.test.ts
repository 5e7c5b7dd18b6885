import { createServer } from 'node:net';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isSdkError } from '../../src/http/index.ts';
import { anEvent } from '../../src/testing/outbox-contract/records.ts';
import { bullmqOutbox, type QueueOptions, usageQueue } from '../../src/tracker/bullmq/index.ts';
import { freePort, needsRedis, startRedis } from '../support/redis.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

const signal = new AbortController().signal;
const queueTo = (connection: QueueOptions['connection'], warn: QueueOptions['warn'] = () => {}) => {
  const queue = usageQueue({ connection, queue: 'q', warn });
  ends.push(queue.close);
  return queue;
};

test('without Redis, records wait in the outbox of the tracker, and nothing is printed', async () => {
  const output = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')];
  const queue = queueTo({ host: '127.0.0.1', port: await freePort() });
  const startedAt = performance.now();
  const verdicts = await Promise.all([1, 2, 3].map(() => queue(anEvent(Date.now()), signal)));
  expect(performance.now() - startedAt).toBeLessThan(6_000);
  for (const verdict of verdicts) {
    expect(verdict).toEqual({
      is: 'wait',
      reason: 'outage',
      detail: 'records could not be handed over to the queue (ECONNREFUSED)',
    });
  }
  for (const spy of output) expect(spy).not.toHaveBeenCalled();
});

test('a host that answers nothing is given up after seconds', { timeout: 15_000 }, async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  ends.push(() => silent.close());
  const queue = queueTo({ port: (silent.address() as { port: number }).port, host: '127.0.0.1' });
  expect(await queue(anEvent(Date.now()), signal)).toMatchObject({ is: 'wait', reason: 'outage' });
});

describe('a queue on a real server', { timeout: 20_000 }, () => {
  beforeEach(needsRedis);

  const server = async (...options: readonly string[]) => {
    const redis = await startRedis(...options);
    ends.push(() => redis.end());
    return { host: '127.0.0.1', port: redis.port };
  };

  test('records handed over at the same time are all there, each once', async () => {
    const connection = await server('--appendonly', 'yes');
    const client = new Redis(connection);
    ends.push(() => client.disconnect());
    const warnings: string[] = [];
    const queue = queueTo(client, (warning) => warnings.push(warning));
    const records = Array.from({ length: 200 }, () => anEvent(Date.now()));
    const verdicts = await Promise.all(
      [...records, ...records].map((record) => queue(record, signal)),
    );
    expect(new Set(verdicts.map(({ is }) => is))).toEqual(new Set(['done']));
    expect(await client.llen('tallywire:q:wait')).toBe(200);
    expect(warnings).toEqual([]);
    expect(client.status, 'the client that was given is left alone').toBe('ready');
    expect(client.options.enableOfflineQueue).toBe(true);
  });

  test('a wrong password holds the tracker, and is not shown', async () => {
    const connection = await server('--requirepass', 'right-one');
    const queue = queueTo({ ...connection, password: 'wrong-one' });
    const verdict = await queue(anEvent(Date.now()), signal);
    expect(verdict).toMatchObject({ is: 'hold', reason: 'authentication' });
    expect(JSON.stringify(verdict)).not.toMatch(/wrong-one|right-one/);
    const outbox = bullmqOutbox({
      connection: { ...connection, password: 'wrong-one' },
      queue: 'q',
      warn: () => {},
    });
    ends.push(outbox.close);
    const error: unknown = await outbox.ready().catch((reason: unknown) => reason);
    expect(isSdkError(error) && error.code === 'outbox' && error.reason).toBe('unusable');
    expect(String((error as Error).stack)).not.toMatch(/wrong-one|right-one/);
  });

  test('a Redis that becomes full says of each record whether it has it', async () => {
    const connection = await server('--maxmemory-policy', 'noeviction');
    const client = new Redis(connection);
    ends.push(() => client.disconnect());
    const queue = queueTo(connection);
    expect(await queue(anEvent(Date.now()), signal)).toEqual({ is: 'done' });
    const used = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
    await client.config('SET', 'maxmemory', `${used + 2_000_000}`);
    const records = Array.from({ length: 900 }, () => anEvent(Date.now(), 'x'.repeat(5_000)));
    const verdicts = await Promise.all(records.map((record) => queue(record, signal)));
    const kept = records.filter((_, n) => verdicts[n]?.is === 'done').map(({ id }) => `r-${id}`);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(900);
    const waiting = await client.lrange('tallywire:q:wait', 0, -1);
    expect(waiting.slice(0, -1).toSorted()).toEqual(kept.toSorted());
  });

  test('a full Redis refuses, and takes it all later', async () => {
    const connection = await server('--maxmemory-policy', 'noeviction');
    const client = new Redis(connection);
    ends.push(() => client.disconnect());
    const queue = queueTo(connection);
    expect(await queue(anEvent(Date.now()), signal)).toEqual({ is: 'done' });
    await client.config('SET', 'maxmemory', '1mb');
    const records = [1, 2].map(() => anEvent(Date.now()));
    const outbox = bullmqOutbox({ connection, queue: 'q', warn: () => {} });
    ends.push(outbox.close);
    await expect(outbox.put(records)).rejects.toMatchObject({ code: 'outbox', reason: 'full' });
    for (const record of records) {
      expect(await queue(record, signal)).toMatchObject({ is: 'wait', reason: 'outage' });
    }
    expect((await outbox.totals()).pending.records).toBe(1);
    await client.config('SET', 'maxmemory', '0');
    await outbox.put(records);
    expect((await outbox.totals()).pending.records).toBe(3);
  });

  test('options that cannot work are refused at once', () => {
    expect(() => usageQueue({ connection: { keyPrefix: 'x:' }, queue: 'q' })).toThrow('keyPrefix');
    expect(() => usageQueue({ connection: 7 as never, queue: 'q' })).toThrow('connection');
  });
});
