import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultRule, MockServer } from '../../src/mock/index.ts';
import { lookupFor } from '../../src/mock/webhooks/target.ts';
import { call, CUSTOMER, GET_DATA, startTested } from '../unit/mock/support.ts';
import { control } from './answers.ts';

/** What arrived, and how it is answered: with a status, or not at all. */
const received: string[] = [];
let answers: (number | 'never' | Promise<number>)[] = [];
let receiver: Server;
let url = '';

beforeEach(async () => {
  received.length = 0;
  answers = [];
  receiver = createServer((request, response) => {
    void text(request).then(async (body) => {
      received.push(body);
      const answer = await (answers.shift() ?? 200);
      if (answer === 'never') return;
      response.writeHead(answer, { location: `${url}/elsewhere` }).end('thanks');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterEach(async () => {
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const ask = (
  { url: base }: MockServer,
  target = `${url}/hook?token=secret`,
  changes = {},
): ReturnType<typeof call> =>
  call(base, 'POST /api/metrics/get-data-async', {
    headers: CUSTOMER,
    json: { ...GET_DATA, ...changes, metrics_webhook_url: target },
  });
const withFault = (webhook: NonNullable<FaultRule['webhook']>): FaultRule => ({
  operation: 'getDataAsync',
  webhook,
});

describe('a webhook', () => {
  it('carries what get-data answers, and is in the list without its secrets', async () => {
    await using mock = await startTested();
    expect((await ask(mock)).status).toBe(200);
    await mock.webhooks.idle();
    const direct = await mock.fetch('/api/metrics/get-data', {
      method: 'POST',
      headers: { ...CUSTOMER, 'Content-Type': 'application/json' },
      body: JSON.stringify(GET_DATA),
    });
    const body = await direct.text();
    expect(received).toEqual([body]);
    const [shown] = mock.webhooks.list();
    expect(shown).toEqual({
      id: 1,
      requestId: 1,
      target: url,
      state: 'delivered',
      createdAt: expect.any(String),
      dueAt: null,
      note: null,
      bytes: Buffer.byteLength(body),
      attempts: [{ at: expect.any(String), status: 200, error: null, ms: expect.any(Number) }],
    });
    expect(mock.webhooks.get(1)).toEqual({ ...shown, body });
    expect(mock.webhooks.get(2)).toBeUndefined();
    const { body: listed } = await control(mock, 'GET /webhooks');
    expect(listed).toEqual({ webhooks: [shown] });
    expect((await control(mock, 'GET /webhooks/1')).body).toEqual({ ...shown, body });
    const visible = JSON.stringify([listed, mock.requests.list(), mock.lines]);
    expect(visible).not.toMatch(/\/hook|token=secret/);
  });

  it('comes as late as the settings say, by the clock', async () => {
    await using mock = await startTested({ settings: { webhookDelay: '2h' } });
    await ask(mock);
    await expect.poll(() => mock.webhooks.list()[0]?.dueAt).not.toBeNull();
    const { createdAt = '', dueAt } = mock.webhooks.list()[0] ?? {};
    expect(Date.parse(dueAt ?? '') - Date.parse(createdAt)).toBeGreaterThanOrEqual(7_200_000);
    mock.clock.advance('119m');
    await pause(30);
    expect(received).toEqual([]);
    mock.clock.advance('2m');
    await mock.webhooks.idle();
    expect(received).toHaveLength(1);
  });

  it('comes no later for a clock that goes back', async () => {
    await using mock = await startTested();
    mock.faults.add(withFault({ delay: '500ms' }));
    mock.clock.advance('8d');
    await ask(mock);
    await expect.poll(() => mock.webhooks.list()[0]?.dueAt).not.toBeNull();
    mock.reset(['clock']);
    expect(Date.parse(mock.webhooks.list()[0]?.dueAt ?? '') - Date.now()).toBeLessThan(600);
    await mock.webhooks.idle();
    expect(received).toHaveLength(1);
  });

  it('is sent again after ever longer waits, by the clock, and every attempt is kept', async () => {
    answers = [500, 404, 302, 200];
    await using mock = await startTested();
    await ask(mock);
    for (const [attempt, wait] of [500, 2_000, 8_000].entries()) {
      await expect.poll(() => mock.webhooks.list()[0]?.attempts.length).toBe(attempt + 1);
      const { dueAt, state } = mock.webhooks.list()[0] ?? {};
      expect(state).toBe('pending');
      const left = Date.parse(dueAt ?? '') - mock.clock.now().getTime();
      expect(left).toBeGreaterThan(wait - 400);
      expect(left).toBeLessThanOrEqual(wait);
      mock.clock.advance(wait);
    }
    await mock.webhooks.idle();
    const [shown] = mock.webhooks.list();
    expect(shown).toMatchObject({ state: 'delivered', dueAt: null });
    expect(shown?.attempts.map(({ status }) => status)).toEqual([500, 404, 302, 200]);
    expect(new Set(received).size).toBe(1);
    expect(received).toHaveLength(4);
  });

  it('is given up after as many as are set', async () => {
    answers = [500, 500, 500];
    await using mock = await startTested({ settings: { webhookRetries: 1 } });
    await ask(mock);
    await expect.poll(() => mock.webhooks.list()[0]?.attempts.length).toBe(1);
    mock.clock.advance('1m');
    await mock.webhooks.idle();
    expect(mock.webhooks.list()).toMatchObject([{ state: 'failed', dueAt: null }]);
    expect(received).toHaveLength(2);
    expect(mock.lines.join('\n')).toMatch(/answered 500, again in 500 ms[^]*answered 500$/);
  });

  it('that nobody listens to says so', async () => {
    await using mock = await startTested({ settings: { webhookRetries: 0 } });
    await ask(mock, 'http://127.0.0.1:9/hook');
    await mock.webhooks.idle();
    expect(mock.webhooks.list()).toMatchObject([
      {
        state: 'failed',
        attempts: [{ status: null, error: expect.stringContaining('ECONNREFUSED') }],
      },
    ]);
  });

  it('that is never answered fails after ten seconds', { timeout: 20_000 }, async () => {
    answers = ['never'];
    await using mock = await startTested({ settings: { webhookRetries: 0 } });
    await ask(mock);
    await mock.webhooks.idle();
    expect(mock.webhooks.list()).toMatchObject([
      { attempts: [{ status: null, error: 'no whole answer within 10000 ms' }] },
    ]);
  });

  it('can be sent again, whatever became of it', async () => {
    answers = [500];
    await using mock = await startTested({ settings: { webhookRetries: 0 } });
    await ask(mock);
    await mock.webhooks.idle();
    const again = await control(mock, 'POST /webhooks/1/redeliver');
    expect(again).toMatchObject({ status: 202, body: { id: 1, state: 'pending' } });
    await mock.webhooks.idle();
    expect(mock.webhooks.list()).toMatchObject([
      { state: 'delivered', attempts: [{ status: 500 }, { status: 200 }] },
    ]);
    expect(mock.webhooks.redeliver(1)).toMatchObject({ state: 'pending' });
    await mock.webhooks.idle();
    expect(received).toHaveLength(3);
    expect(mock.webhooks.redeliver(9)).toBeUndefined();
    expect((await control(mock, 'POST /webhooks/9/redeliver')).status).toBe(404);
  });

  it('cannot drive the emulator', async () => {
    await using mock = await startTested({ settings: { webhookRetries: 0 } });
    for (const path of ['webhooks/1/redeliver', 'reset'])
      await ask(mock, `${mock.url}/__mock/${path}`);
    await mock.webhooks.idle();
    expect(mock.webhooks.list()).toMatchObject([
      { state: 'failed', attempts: [{ status: 403 }] },
      { state: 'failed', attempts: [{ status: 403 }] },
    ]);
    expect(mock.requests.list()).toHaveLength(2);
    expect(mock.lines.join('\n')).toContain('The control API does not answer to webhooks');
  });

  it('keeps its latest hundred attempts', async () => {
    await using mock = await startTested();
    await ask(mock);
    for (let n = 0; n < 105; n += 1) {
      await mock.webhooks.idle();
      mock.webhooks.redeliver(1);
    }
    await mock.webhooks.idle();
    expect(received).toHaveLength(106);
    expect(mock.webhooks.list()[0]?.attempts).toHaveLength(100);
  });

  it('that was sent again is not sent once more because an earlier attempt failed', async () => {
    let fail = (_status: number): void => undefined;
    answers = [new Promise((resolve) => (fail = resolve)), 200];
    await using mock = await startTested();
    await ask(mock);
    await expect.poll(() => received.length).toBe(1);
    mock.webhooks.redeliver(1);
    await expect.poll(() => mock.webhooks.list()[0]?.state).toBe('delivered');
    fail(500);
    await expect.poll(() => mock.webhooks.list()[0]?.attempts.length).toBe(2);
    expect(mock.webhooks.list()).toMatchObject([
      { state: 'delivered', attempts: [{ status: 200 }, { status: 500 }] },
    ]);
    mock.clock.advance('1d');
    await pause(30);
    expect(received).toHaveLength(2);
  });

  it('is over when a client has been answered, but not before', async () => {
    await using mock = await startTested();
    expect(await mock.webhooks.idle()).toBeUndefined();
    expect((await control(mock, 'GET /webhooks?idle_within=0')).body).toEqual({ webhooks: [] });
    let go = (_status: number): void => undefined;
    answers = [new Promise((resolve) => (go = resolve))];
    await ask(mock);
    expect(await control(mock, 'GET /webhooks?idle_within=20')).toMatchObject({
      status: 408,
      body: { message: '1 webhook is still pending after 20 ms.' },
    });
    const idle = control(mock, 'GET /webhooks?idle_within=5000');
    go(200);
    expect(await idle).toMatchObject({ status: 200, body: { webhooks: [{ state: 'delivered' }] } });
  });

  it.each(['reset', 'close'] as const)('is called off by %s', async (how) => {
    answers = [500, 'never'];
    await using mock = await startTested();
    await ask(mock);
    await expect.poll(() => mock.webhooks.list()[0]?.attempts.length).toBe(1);
    await ask(mock);
    await expect.poll(() => received.length).toBe(2);
    const idle = mock.webhooks.idle();
    if (how === 'reset') mock.reset(['webhooks']);
    else await mock.close();
    await idle;
    // Also the one that is under way.
    const open = (): Promise<number> =>
      new Promise((resolve) => receiver.getConnections((_error, found) => resolve(found)));
    await expect.poll(open).toBe(0);
    mock.clock.advance('1d');
    await pause(30);
    expect(received).toHaveLength(2);
    expect(mock.webhooks.list()).toEqual([]);
    if (how === 'close') {
      await expect(mock.fetch('/metrics/get-data-async')).rejects.toThrow('fetch failed');
      await mock.webhooks.idle();
      await pause(30);
      expect(received).toHaveLength(2);
    } else {
      await ask(mock);
      await mock.webhooks.idle();
      expect(mock.webhooks.list()).toMatchObject([{ id: 3, state: 'delivered' }]);
    }
  });

  it('is one of the latest thousand', { timeout: 60_000 }, async () => {
    await using mock = await startTested({ settings: { rateLimit: null } });
    const metrics = GET_DATA.metrics.slice(0, 1);
    for (let n = 0; n < 1_010; n += 1) await ask(mock, 'http://192.0.2.1/', { metrics });
    await mock.webhooks.idle();
    const kept = mock.webhooks.list().map(({ id }) => id);
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([1_000, 11, 1_010]);
  });
});

describe('a fault of a webhook', () => {
  it('has it come before the answer', async () => {
    await using mock = await startTested();
    mock.faults.add(withFault({ early: true }));
    let arrived = 0;
    answers = [
      new Promise((resolve) => {
        setTimeout(() => {
          arrived = performance.now();
          resolve(200);
        }, 150);
      }),
    ];
    expect((await ask(mock)).status).toBe(200);
    expect(arrived).toBeGreaterThan(0);
    expect(performance.now()).toBeGreaterThan(arrived);
    expect(mock.webhooks.list()).toMatchObject([
      { state: 'delivered', requestId: 1, note: 'by a fault: before the answer' },
    ]);
    // An early one that fails holds the answer for one attempt only.
    answers = [500];
    expect((await ask(mock)).status).toBe(200);
  });

  it('has it never come, or twice', async () => {
    await using mock = await startTested();
    mock.faults.add(withFault({ times: 0 }));
    expect((await ask(mock)).status).toBe(200);
    await mock.webhooks.idle();
    expect([received.length, mock.webhooks.list()]).toEqual([0, []]);
    mock.faults.add(withFault({ times: 2 }));
    await ask(mock);
    await mock.webhooks.idle();
    expect(received).toHaveLength(2);
    expect(received[0]).toBe(received[1]);
    expect(mock.webhooks.list()).toMatchObject([{ requestId: 2 }, { requestId: 2 }]);
    mock.faults.add(withFault({ times: 0, early: true }));
    expect((await ask(mock)).status).toBe(200);
  });

  it('has it come later, by the clock', async () => {
    await using mock = await startTested();
    mock.faults.add(withFault({ delay: '1h' }));
    await ask(mock);
    await pause(30);
    expect(received).toEqual([]);
    mock.clock.advance('1h');
    await mock.webhooks.idle();
    expect(received).toHaveLength(1);
    expect(mock.webhooks.list()[0]?.note).toBe('by a fault: 3600000 ms late');
  });

  it('damages its body', async () => {
    await using mock = await startTested();
    await ask(mock);
    for (const corrupt of ['truncated', 'malformed', 'empty', 'foreign'] as const) {
      mock.faults.add(withFault({ corrupt }));
      await ask(mock);
    }
    await mock.webhooks.idle();
    const [whole = '', truncated = '', malformed = '', empty, foreign = ''] = received;
    expect(whole.startsWith(truncated)).toBe(true);
    expect(truncated.length).toBeLessThan(whole.length);
    expect(() => void JSON.parse(malformed)).toThrow(SyntaxError);
    expect(empty).toBe('');
    const ids = Object.keys(JSON.parse(foreign) as object);
    expect(ids).toHaveLength(3);
    for (const { id } of GET_DATA.metrics) expect(ids).not.toContain(id);
  });

  it('on its metrics shows in the webhook', async () => {
    await using mock = await startTested();
    mock.faults.add({ metrics: { referenceKey: 'ig:story_replies', type: 'expired_token' } });
    await ask(mock);
    await mock.webhooks.idle();
    const results = JSON.parse(received[0] ?? '{}') as Record<string, object>;
    expect(results[GET_DATA.metrics[0].id]).toMatchObject({ type: 'expired_token' });
    expect(results[GET_DATA.metrics[1].id]).toHaveProperty('values');
  });
});

describe('a target', () => {
  it('off this machine is refused, unless its name was allowed', async () => {
    await using mock = await startTested({ webhookHosts: ['Receiver.test:8080', '192.0.2.7'] });
    for (const target of ['http://192.0.2.1/', 'http://receiver.test/', 'http://receiver.test:81/'])
      await ask(mock, target);
    await mock.webhooks.idle();
    for (const shown of mock.webhooks.list()) {
      expect(shown).toMatchObject({
        state: 'refused',
        attempts: [],
        note: expect.stringContaining('only targets on this machine'),
      });
    }
    // Allowed, but nobody has that name.
    mock.settings.change({ webhookRetries: 0 });
    await ask(mock, 'http://receiver.test:8080/');
    await mock.webhooks.idle();
    const last = mock.webhooks.list().at(-1);
    expect(last).toMatchObject({
      state: 'failed',
      attempts: [{ error: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) }],
    });
  });

  const allowed = [
    'host.test',
    '169.254.169.254',
    '[fe80::1]',
    '[::ffff:a9fe:a9fe]',
    '[::ffff:10.0.0.1]',
    '0.0.0.0',
    '[::]',
    '224.0.0.1',
    '255.255.255.255',
    '[ff02::1]',
    '[fd00:ec2::254]',
    '10.0.0.1',
  ];
  it.each([
    ['http://host.test/', true],
    ['https://host.test/', true],
    ['http://host.test:81/', true],
    ['http://other.test/', false],
    ['http://10.0.0.1/', true],
    ['http://169.254.169.254/latest/meta-data', false],
    ['http://[::ffff:169.254.169.254]/', false],
    ['http://[fe80::1]/', false],
    ['http://0.0.0.0/', false],
    ['http://[::]/', false],
    ['http://224.0.0.1/', false],
    ['http://255.255.255.255/', false],
    ['http://[ff02::1]/', false],
    ['http://[fd00:ec2::254]/', false],
    ['http://127.0.0.1/', true],
    ['http://[::1]/', true],
    ['http://localhost/', true],
    ['http://a.b.localhost/', true],
  ])('%s, where it was allowed: %s', (target, expected) => {
    expect(lookupFor(new URL(target), allowed) !== undefined).toBe(expected);
  });

  it('is looked up once, and what was found is looked at', async () => {
    const lookup = lookupFor(new URL('http://host.test/'), ['host.test']);
    const find = (name: string, all: boolean): Promise<unknown[]> =>
      new Promise((resolve) => lookup?.(name, { all }, (...found) => resolve(found)));
    // The lookup is the machine's own, so addresses stand in for names that lead to them.
    expect(await find('127.0.0.1', true)).toEqual([null, [{ address: '127.0.0.1', family: 4 }]]);
    expect(await find('127.0.0.1', false)).toEqual([null, '127.0.0.1', 4]);
    for (const name of ['169.254.169.254', 'fe80::1', '::ffff:169.254.169.254']) {
      const [error] = await find(name, true);
      expect(error).toMatchObject({ message: `${name} leads to no address that may be called` });
    }
    const local = lookupFor(new URL('http://localhost/'), []);
    const found: unknown[] = await new Promise((resolve) =>
      local?.('evil.test', { all: false }, (...args) => resolve(args)),
    );
    expect(found).toEqual([null, '127.0.0.1', 4]);
  });
});
