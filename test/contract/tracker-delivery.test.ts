import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createReoClient } from '../../src/reo/index.ts';
import { portOf } from '../../src/reo/port.ts';
import { answers, hostileServer } from '../../src/testing/index.ts';
import { type Clock, systemClock } from '../../src/tracker/clock.ts';
import { createPump } from '../../src/tracker/delivery/create-pump.ts';
import type { Pump, PumpEvent } from '../../src/tracker/delivery/pump.ts';
import { reoSink } from '../../src/tracker/delivery/reo-sink.ts';
import { memoryOutbox } from '../../src/tracker/memory/memory-outbox.ts';
import type { UsageRecord } from '../../src/tracker/record.ts';
import { startTested } from '../unit/mock/support.ts';

const event = {
  activity_type: 'LOGIN',
  product_id: 'web',
  user_id: 'ann@example.com',
  user_id_type: 'EMAIL',
} as const;

/** Waits are the same, seen from inside, and the test has not to sit through them. */
const pace = 20;
const began = Date.now();
const hasty: Clock = {
  now: () => began + (Date.now() - began) * pace,
  monotonic: () => performance.now() * pace,
  after: (ms, call, keepsAlive) => systemClock.after(ms / pace, call, keepsAlive),
  random: Math.random,
};

const running: Pump[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((pump) => pump.stop(0)));
});

/** What a tracker is to the API: records in memory, a pump, a real client. */
const deliverer = (options: Parameters<typeof createReoClient>[0], concurrency = 8) => {
  const port = portOf(createReoClient({ apiKey: 'test_reo_key', ...options }));
  const outbox = memoryOutbox({ clock: hasty });
  const heard: PumpEvent[] = [];
  const pump = createPump({
    source: outbox,
    sink: reoSink(port),
    clock: hasty,
    concurrency,
    maxAgeMs: 3_600_000,
    listener: (event) => heard.push(event),
  });
  running.push(pump);
  const add = (kind: 'event' | 'count', given: object): UsageRecord => {
    const wire = kind === 'event' ? port.toEvent(given) : port.toCount(given);
    const payload = JSON.stringify(wire);
    const record = { id: wire.event_id, kind, calls: 1, at: hasty.now(), payload };
    outbox.put([record]);
    return record;
  };
  return { outbox, pump, heard, add };
};

const until = (met: () => boolean) => expect.poll(met, { timeout: 10_000, interval: 5 }).toBe(true);

describe('over HTTP, a pump', () => {
  it('delivers events and counts to the emulator', async () => {
    await using mock = await startTested();
    const { outbox, pump, add } = deliverer({ baseUrl: mock.url });
    const events = Array.from({ length: 200 }, (_, i) => add('event', { ...event, meta: { i } }));
    const counts = Array.from({ length: 50 }, (_, i) =>
      i % 2 === 0
        ? add('count', { ...event, mode: 'USER', count: i })
        : add('count', {
            ...event,
            user_id: undefined,
            user_id_type: undefined,
            mode: 'DOMAIN',
            domain: 'reo.dev',
            count: i,
          }),
    );
    pump.start();
    await until(() => outbox.totals().pending.records === 0);
    expect(outbox.totals().sent.records).toBe(250);
    const payloads = (records: readonly { readonly payload: unknown }[]) =>
      new Set(records.map(({ payload }) => JSON.stringify(payload)));
    expect(payloads(mock.usage.events())).toEqual(new Set(events.map(({ payload }) => payload)));
    expect(payloads(mock.usage.counts())).toEqual(new Set(counts.map(({ payload }) => payload)));
    expect(mock.usage.events().every(({ duplicate }) => !duplicate)).toBe(true);
  });

  it('keeps its connections, and has no more requests under way than it may', async () => {
    let connections = 0;
    let inFlight = 0;
    let most = 0;
    const server = createServer((request, response) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      request.resume().on('end', () => {
        setTimeout(() => {
          inFlight -= 1;
          answers.taken(response, { method: '', url: '', headers: {}, body: '' });
        }, 2);
      });
    }).on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const { outbox, pump, add } = deliverer({ baseUrl: `http://127.0.0.1:${port}` });
      for (let i = 0; i < 500; i += 1) add('event', event);
      pump.start();
      await until(() => outbox.totals().sent.records === 500);
      expect(most).toBe(8);
      // One that has just answered is not free yet for the request that this leads to.
      expect(connections).toBeLessThanOrEqual(16);
      expect(pump.underWay()).toBe(0);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('gets everything through a server that fails in every way', async () => {
    const { dropConnection, halfAnswer, status, retryAfter, taken, refused } = answers;
    await using server = await hostileServer(
      taken,
      dropConnection,
      status(500),
      halfAnswer,
      taken,
      refused('Busy'),
      retryAfter(1),
      taken,
    );
    const { outbox, pump, heard, add } = deliverer({ baseUrl: server.url });
    const ids = Array.from({ length: 30 }, () => add('event', event).id);
    pump.start();
    await until(() => outbox.totals().pending.records === 0);
    expect(outbox.totals()).toMatchObject({ sent: { records: 30 }, dead: { records: 0 } });
    expect(server.eventIds()).toEqual(new Set(ids));
    expect(
      heard.filter((event) => event.is === 'settled' && event.ambiguous).length,
    ).toBeGreaterThan(2);
  });

  it.each([
    ['a wrong key', answers.unauthorized, 'authentication'],
    ['a wrong key, with 401', answers.status(401), 'authentication'],
    ['a redirect', answers.redirect('https://example.com/'), 'redirect'],
    ['a login page', answers.html(), 'not-the-api'],
    ['what is no JSON', answers.notJson, 'not-the-api'],
    ['a wrong address', answers.html(404), 'configuration'],
  ])('is held by %s, and goes on when it is mended', async (_, answer, reason) => {
    await using server = await hostileServer(answer);
    const { outbox, pump, heard, add } = deliverer({ baseUrl: server.url });
    for (let i = 0; i < 20; i += 1) add('event', event);
    pump.start();
    await until(() => heard.some(({ is }) => is === 'held'));
    expect(pump.state()).toMatchObject({ is: 'held', reason });
    expect(server.received.length).toBeLessThanOrEqual(4);
    server.change(answers.taken);
    await until(() => outbox.totals().sent.records === 20);
    expect(pump.state()).toMatchObject({ is: 'open' });
  });

  it('is held without a key, and never shows one', async () => {
    await using server = await hostileServer(answers.status(401));
    let key = '';
    const { outbox, pump, heard, add } = deliverer({ baseUrl: server.url, apiKey: () => key });
    add('event', event);
    pump.start();
    await until(() => heard.some(({ is }) => is === 'held'));
    expect(pump.state()).toMatchObject({ is: 'held', reason: 'configuration' });
    expect(server.received).toEqual([]);
    key = 'sk-wrong';
    await until(
      () => server.received.length > 0 && heard.filter(({ is }) => is === 'held').length > 1,
    );
    expect(pump.state()).toMatchObject({ reason: 'authentication' });
    expect(JSON.stringify(heard)).not.toContain('sk-');
    server.change(answers.taken);
    await until(() => outbox.totals().sent.records === 1);
  });

  it('stopped, ends a request that hangs, and keeps its record', async () => {
    await using server = await hostileServer(answers.hang);
    const { outbox, pump, heard, add } = deliverer({ baseUrl: server.url });
    add('event', event);
    pump.start();
    await until(() => server.received.length === 1);
    await pump.stop(10);
    expect(outbox.totals().pending.records).toBe(1);
    expect(heard).toMatchObject([
      { is: 'settled', settlement: { to: 'retry', counts: true }, ambiguous: true },
    ]);
  });
});
