import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { INTEGRATIONS } from '../../src/mock/index.ts';
import {
  CUSTOMER,
  DOMAIN_COUNT,
  EVENT,
  GET_DATA,
  MERCHANT,
  REO,
  startTested,
  type Answered,
  type Sent,
  type TestedMock,
} from '../unit/mock/support.ts';
import { answerProblems, control } from './answers.ts';

let mock: TestedMock;
beforeAll(async () => {
  mock = await startTested();
});
afterAll(() => mock.close());
beforeEach(() => mock.reset());

const ask = (what: string, sent?: Sent): Promise<Answered> => control(mock, what, sent);
const event = (changes = {}, headers = REO): Promise<Answered> =>
  mock.call('POST /api/product/usage', { headers, json: { payload: { ...EVENT, ...changes } } });

/** Everything that a call has no business to change. */
const held = (): unknown => {
  const { offset: _offset, ...rest } = mock.snapshot({ secrets: true });
  return rest;
};

it('checks answers against the document at all', () => {
  const headers = new Headers({ 'content-type': 'application/json' });
  const health = { status: 'ok', version: '1', seed: '1', now: '2026-01-15T09:30:00.000Z' };
  const problems = (body: unknown, status = 200): number =>
    answerProblems('GET', '/health', { status, headers, body }).length;
  expect(problems(health)).toBe(0);
  expect(problems({ ...health, now: 'soon' })).toBe(1);
  expect(problems({ status: 'ok' })).toBe(3);
  expect(problems(health, 500)).toBe(1);
});

describe('the emulator', () => {
  it('tells that it is up', async () => {
    const { body } = await ask('GET /health');
    expect(body).toEqual({
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      seed: '1',
      now: expect.any(String),
    });
  });

  it('shows what it holds, without tokens', async () => {
    await event();
    const { body } = await ask('GET /state');
    expect(body).toMatchObject({
      usage: { events: { received: 1, latest: [{ payload: EVENT }] }, counts: { received: 0 } },
      customers: [{ name: 'Example Customer', api_token: '[redacted]' }],
      integrations: [{ status: 'active' }, { status: 'active' }],
      sessions: [],
    });
    expect(JSON.stringify(body)).not.toContain('test_customer_token');
  });

  it('has a clock that goes where it is told', async () => {
    const { body } = await ask('PATCH /clock', { json: { advance: '8d' } });
    expect(body).toMatchObject({ offset: 8 * 86_400_000 });
    expect((await ask('GET /clock')).body).toMatchObject({ offset: 8 * 86_400_000 });
    expect((await ask('PATCH /clock', { json: { advance: 1_000 } })).body).toMatchObject({
      offset: 8 * 86_400_000 + 1_000,
    });
    const now = '2031-05-05T10:00:00.000Z';
    const moved = (await ask('PATCH /clock', { json: { now } })).body as { now: string };
    expect(Math.abs(Date.parse(moved.now) - Date.parse(now))).toBeLessThan(1_000);
    expect((await ask('PATCH /clock', { json: { now: null } })).body).toMatchObject({ offset: 0 });
  });

  it.each([
    [{}, /body/],
    [{ advance: '8d', now: null }, /body/],
    [{ advance: 'soon' }, /advance/],
    [{ advance: -1 }, /advance/],
    [{ now: 'tomorrow' }, /now/],
    [{ now: 5 }, /now/],
    [{ now: '9999-01-01T00:00:00Z' }, /from the year 1970 to 8999/],
    [{ now: '1969-01-01T00:00:00Z' }, /from the year 1970 to 8999/],
    [{ advence: '8d' }, /advence/],
  ])('does not move its clock by %j', async (json, reason) => {
    const answer = await ask('PATCH /clock', { json });
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([
      422,
      expect.stringMatching(reason),
    ]);
    expect(mock.clock.now().getTime() - Date.now()).toBeLessThan(1_000);
  });

  it('does not move its clock out of the calendar step by step', async () => {
    for (let year = 0; year < 8; year += 1) {
      await ask('PATCH /clock', { json: { advance: '999d' } });
    }
    await ask('PATCH /clock', { json: { now: '8999-12-01T00:00:00Z' } });
    expect((await ask('PATCH /clock', { json: { advance: '366d' } })).status).toBe(422);
    expect((await ask('GET /health')).status).toBe(200);
    const { status } = await mock.call('POST /customers', {
      headers: MERCHANT,
      json: { name: 'A' },
    });
    expect(status).toBe(201);
  });

  it('has settings that change one by one', async () => {
    const before = (await ask('GET /settings')).body as object;
    const changed = await ask('PATCH /settings', { json: { envelope: true, webhookDelay: '2s' } });
    expect(changed.body).toEqual({ ...before, envelope: true, webhookDelay: '2s' });
    expect((await ask('GET /settings')).body).toEqual(changed.body);
    expect((await ask('PATCH /settings', { json: { rateLimit: null } })).body).toMatchObject({
      rateLimit: null,
      envelope: true,
    });
  });

  it.each([
    { envelop: true },
    { envelope: 'yes' },
    { reoFailureStatus: 500 },
    { activities: ['A', ''] },
    { activities: 'A' },
    { unknownMetric: 'x' },
    { rateLimit: { perSecond: 0, perMinute: 1 } },
    { rateLimit: { perSecond: 1 } },
    { webhookDelay: '1 hour' },
    { webhookDelay: '99999d' },
    { webhookRetries: 21 },
    { strict: null },
  ])('has no settings such as %j, whoever asks', async (json) => {
    const before = mock.settings.get();
    const [name = ''] = Object.keys(json);
    const answer = await ask('PATCH /settings', { json });
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([
      422,
      expect.stringContaining(name),
    ]);
    expect(() => mock.settings.change(json as object)).toThrow(name);
    await expect(startTested({ settings: json as object })).rejects.toThrow(name);
    expect(mock.settings.get()).toEqual(before);
  });
});

describe('a reset', () => {
  const change = async (): Promise<void> => {
    await event();
    await mock.call('POST /customers', { headers: MERCHANT, json: { name: 'Ann' } });
    const json = { ...GET_DATA, metrics_webhook_url: 'http://192.0.2.1/' };
    await mock.call('POST /metrics/get-data-async', { headers: CUSTOMER, json });
    await mock.webhooks.idle();
    await ask('POST /faults', { json: { operation: 'getCustomer', status: 503 } });
    await ask('PATCH /settings', { json: { envelope: true } });
    await ask('PATCH /clock', { json: { advance: '1d' } });
  };
  const parts = async (): Promise<Record<string, boolean>> => {
    const { events } = (await ask('GET /usage')).body as { events: { received: number } };
    return {
      requests: ((await ask('GET /requests')).body as { total: number }).total > 0,
      usage: events.received > 0,
      accounts: ((await ask('GET /state')).body as { customers: [] }).customers.length > 1,
      webhooks: ((await ask('GET /webhooks')).body as { webhooks: [] }).webhooks.length > 0,
      faults: ((await ask('GET /faults')).body as { faults: [] }).faults.length > 0,
      settings: ((await ask('GET /settings')).body as { envelope: boolean }).envelope,
      clock: ((await ask('GET /clock')).body as { offset: number }).offset > 0,
    };
  };
  const all = {
    requests: true,
    usage: true,
    accounts: true,
    webhooks: true,
    faults: true,
    settings: true,
    clock: true,
  };

  it.each(Object.keys(all))('of %s is of nothing else', async (part) => {
    await change();
    expect(await parts()).toEqual(all);
    expect((await ask('POST /reset', { json: { parts: [part] } })).status).toBe(204);
    expect(await parts()).toEqual({ ...all, [part]: false });
  });

  it.each([undefined, {}])('of %j is of everything', async (json) => {
    await change();
    expect((await ask('POST /reset', { json })).status).toBe(204);
    expect(Object.values(await parts())).not.toContain(true);
  });

  it('of the limits makes room again', async () => {
    await ask('PATCH /settings', { json: { rateLimit: { perSecond: 50, perMinute: 1 } } });
    const status = async (): Promise<number> =>
      (await mock.call('GET /merchants/settings', { headers: MERCHANT })).status;
    expect([await status(), await status()]).toEqual([200, 429]);
    await ask('POST /reset', { json: { parts: ['limits'] } });
    expect(await status()).toBe(200);
  });

  it('of what there is not is refused', async () => {
    await change();
    const before = held();
    for (const json of [{ parts: ['request'] }, { part: ['usage'] }, { parts: 'usage' }])
      expect((await ask('POST /reset', { json })).status).toBe(422);
    expect(held()).toEqual(before);
  });
});

describe('requests', () => {
  type List = { total: number; requests: { id: number; request?: object }[] };
  const list = async (query = ''): Promise<List> =>
    (await ask(`GET /requests${query}`)).body as List;
  const ids = async (query: string): Promise<number[]> =>
    (await list(query)).requests.map(({ id }) => id);

  it('are listed by each filter', async () => {
    const first = mock.requests.list().length + 1;
    const base = (await event()).status === 200 ? ((await ids('')).at(-1) ?? 0) : 0;
    await event({}, { 'X-API-KEY': 'wrong' });
    await event({ user_id: 7 });
    await mock.call('GET /api/customers?page=2', { headers: CUSTOMER });
    await mock.call('GET /api/nowhere');
    expect(first).toBe(1);
    const found = async (query: string): Promise<number[]> =>
      (await ids(query)).map((id) => id - base);
    expect(await found('')).toEqual([0, 1, 2, 3, 4]);
    expect(await found(`?after=${base + 2}`)).toEqual([3, 4]);
    expect(await found('?api=reo')).toEqual([0, 1, 2]);
    expect(await found('?api=reportei')).toEqual([3, 4]);
    expect(await found('?operation=listCustomers')).toEqual([3]);
    expect(await found('?method=post')).toEqual([0, 1, 2]);
    expect(await found('?path=/api/cust')).toEqual([3]);
    expect(await found('?status=400')).toEqual([1, 2]);
    expect(await found('?status=4xx')).toEqual([1, 2, 4]);
    expect(await found('?violations=true')).toEqual([1, 2]);
    expect(await found('?violations=false')).toEqual([0, 3, 4]);
    expect(await found('?text=BRIAN%40reo')).toEqual([0, 1]);
    expect(await found('?limit=2')).toEqual([3, 4]);
    expect(await found('?limit=2&api=reo')).toEqual([1, 2]);
    expect((await list('?limit=2&api=reo')).total).toBe(3);
    const [summary] = (await list('?view=summary')).requests;
    expect(summary).not.toHaveProperty('request');
    const [full] = (await list('?view=full')).requests;
    expect(full).toHaveProperty('request.headers.x-api-key', '[redacted]');
    expect((await ask(`GET /requests/${base}`)).body).toEqual(full);
    expect(await ask('GET /requests/99999')).toMatchObject({
      status: 404,
      body: { message: 'There is no request 99999.' },
    });
  });

  it.each([
    'api=x',
    'after=-1',
    'after=x',
    'status=600',
    'status=4x',
    'violations=maybe',
    'limit=0',
    'limit=10001',
    'view=short',
    'wait_for=0',
    'timeout=600001',
  ])('are not listed by %s', async (query) => {
    const { status, body } = await ask(`GET /requests?${query}`);
    expect([status, JSON.stringify(body)]).toEqual([
      422,
      expect.stringContaining(query.split('=')[0] ?? ''),
    ]);
  });

  it('are listed by an empty filter as by none', async () => {
    await event();
    await event();
    const all = await list();
    expect(all.total).toBe(2);
    for (const name of [
      'after',
      'api',
      'path',
      'status',
      'violations',
      'limit',
      'view',
      'wait_for',
    ])
      expect(await list(`?${name}=`)).toEqual(all);
  });

  it('are waited for', async () => {
    const waiting = ask('GET /requests?wait_for=2&operation=sendUsage&timeout=5000');
    await event();
    await event();
    expect(((await waiting).body as List).total).toBe(2);
    expect(await ask('GET /requests?wait_for=3&timeout=20')).toMatchObject({
      status: 408,
      body: { message: '2 of 3 requests arrived within 20 ms.' },
    });
    await expect(mock.requests.waitFor({ operation: 'getData' }, { timeout: 10 })).rejects.toThrow(
      '0 of 1 request arrived within 10 ms.',
    );
    expect(await mock.requests.waitFor({ status: '2xx' }, { count: 2 })).toHaveLength(2);
  });

  it('are forgotten, and their ids are not given again', async () => {
    await event();
    const last = (await ids('')).at(-1) ?? 0;
    expect((await ask('DELETE /requests')).status).toBe(204);
    expect(await list()).toEqual({ total: 0, requests: [] });
    await event();
    expect(await ids('')).toEqual([last + 1]);
  });

  it('of the control API are none', async () => {
    await ask('GET /health');
    await ask('POST /faults', { json: { status: 503 } });
    await ask('GET /health');
    expect(await list()).toMatchObject({ total: 0 });
    expect(mock.faults.list()).toMatchObject([{ used: 0 }]);
  });
});

describe('an export', () => {
  const lines = async (query: string): Promise<unknown[]> => {
    const { body, headers } = await ask(`GET /export${query}`);
    expect(headers.get('content-type')).toBe('application/x-ndjson');
    const text = String(body);
    if (text !== '') expect(text.endsWith('\n')).toBe(true);
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown);
  };

  it('is one record a line, of each kind', async () => {
    for (const what of ['requests', 'usage', 'webhooks'])
      expect(await lines(`?what=${what}`)).toEqual([]);
    await event();
    await mock.call('POST /api/product/aggregateusage', {
      headers: REO,
      json: { payload: DOMAIN_COUNT },
    });
    const json = { ...GET_DATA, metrics_webhook_url: 'http://192.0.2.1/hook' };
    await mock.call('POST /metrics/get-data-async', { headers: CUSTOMER, json });
    await mock.webhooks.idle();
    const requests = await lines('');
    expect(requests).toEqual(mock.requests.list());
    expect(await lines('?what=usage')).toMatchObject([
      { kind: 'event', payload: EVENT },
      { kind: 'count', payload: DOMAIN_COUNT },
    ]);
    const [sent] = mock.webhooks.list();
    expect(await lines('?what=webhooks')).toEqual([mock.webhooks.get(sent?.id ?? 0)]);
    expect(JSON.stringify(requests)).not.toMatch(/test_(reo|customer|reportei)/);
    expect((await ask('GET /export?what=x')).status).toBe(422);
  });

  it('may be longer than a piece of it', async () => {
    for (let n = 0; n < 300; n += 1) await event({ user_agent: 'x'.repeat(1_000) });
    expect(await lines('?what=usage')).toHaveLength(300);
    expect(await lines('?what=requests')).toHaveLength(300);
  });
});

describe('usage', () => {
  it('is summed up and drawn', async () => {
    await event({ event_id: 'a' });
    await event({ event_id: 'a' });
    await mock.call('POST /api/product/aggregateusage', {
      headers: REO,
      json: { payload: DOMAIN_COUNT },
    });
    expect((await ask('GET /usage')).body).toEqual({
      events: { received: 2, duplicates: 1, dropped: 0, totals: { LOGIN_ACTIVITY: 2 } },
      counts: { received: 1, duplicates: 0, dropped: 0, totals: { DEMO_LOGIN: 1250 } },
      domains: { 'reo.dev': 1252 },
      timeline: {
        from: 1_735_689_600,
        step: 60,
        activities: { LOGIN_ACTIVITY: [2], DEMO_LOGIN: [1250] },
      },
    });
  });
});

describe('faults', () => {
  it('are added, listed, switched and removed', async () => {
    const rule = { operation: 'sendUsage', status: 503, times: 1, match: { body: {} } };
    const added = await ask('POST /faults', { json: rule });
    const { id } = added.body as { id: string };
    expect(added).toMatchObject({
      status: 201,
      body: { ...rule, enabled: true, used: 0, seen: 0 },
    });
    const newer = (await ask('POST /faults', { json: { status: 500, times: 1 } }))
      .body as typeof rule;
    expect((await ask('GET /faults')).body).toEqual({ faults: [newer, added.body] });
    expect([(await event()).status, (await event()).status, (await event()).status]).toEqual([
      500, 503, 200,
    ]);
    const off = await ask(`PATCH /faults/${id}`, { json: { enabled: false } });
    expect(off.body).toMatchObject({ id, enabled: false, used: 1 });
    const on = await ask(`PATCH /faults/${id}`, { json: { enabled: true } });
    expect(on.body).toMatchObject({ id, enabled: true, used: 0 });
    expect((await event()).status).toBe(503);
    expect((await ask(`DELETE /faults/${id}`)).status).toBe(204);
    for (const what of [`DELETE /faults/${id}`, `PATCH /faults/${id}`]) {
      const sent = what.startsWith('PATCH') ? { json: { enabled: true } } : {};
      expect(await ask(what, sent)).toMatchObject({
        status: 404,
        body: { message: `There is no fault ${id}.` },
      });
    }
    expect((await ask('DELETE /faults')).status).toBe(204);
    expect((await ask('GET /faults')).body).toEqual({ faults: [] });
  });

  it.each([
    [{ operation: 'nope' }, /There is no operation nope/],
    [{ staus: 500 }, /staus/],
    [{ delay: '2 s' }, /delay/],
    [{ headers: { a: 'b\r\nc: d' } }, /cannot be sent as a header/],
    [{ id: 'f1' }, /id/],
    [[], /body/],
  ])('such as %j are refused, and nothing is added', async (json, reason) => {
    const { status, body } = await ask('POST /faults', { json });
    expect([status, (body as { message: string }).message]).toEqual([
      422,
      expect.stringMatching(reason),
    ]);
    expect(mock.faults.list()).toEqual([]);
  });

  it('are not switched half', async () => {
    const { id } = mock.faults.add({ status: 503 });
    for (const json of [{}, { enabled: 1 }, { enabled: true, times: 3 }])
      expect((await ask(`PATCH /faults/${id}`, { json })).status).toBe(422);
  });
});

describe('accounts', () => {
  const open = async (json = {}): Promise<string> => {
    const what = 'POST /customer-integrations/session';
    const { body } = await mock.call(what, { headers: CUSTOMER, json });
    return (body as { integration_session: { session_uuid: string } }).integration_session
      .session_uuid;
  };

  it('are connected in a session, for as long as it lasts', async () => {
    const id = await open();
    expect((await ask(`GET /sessions/${id}`)).body).toMatchObject({ session: { uuid: id } });
    const connected = await ask(`POST /sessions/${id}`, {
      json: { slug: 'facebook_ads', source_name: 'my-account' },
    });
    expect(connected).toMatchObject({
      status: 201,
      body: { integration: { source_name: 'my-account', status: 'active' } },
    });
    expect((await ask(`POST /sessions/${id}`, { json: { slug: 'x' } })).status).toBe(422);
    expect((await ask(`POST /sessions/${id}`, { json: {} })).status).toBe(422);
    mock.clock.advance('5m');
    expect((await ask(`GET /sessions/${id}`)).status).toBe(401);
    expect((await ask(`POST /sessions/${id}`, { json: { slug: 'facebook_ads' } })).status).toBe(
      401,
    );
    expect((await ask('GET /sessions/x')).status).toBe(404);
  });

  it('change their status', async () => {
    const id = INTEGRATIONS.instagram_business;
    const changed = await ask(`PATCH /integrations/${id}`, { json: { status: 'expired' } });
    expect(changed.body).toMatchObject({ integration: { uuid: id, status: 'expired' } });
    expect((await ask(`PATCH /integrations/x`, { json: { status: 'a' } })).status).toBe(404);
    for (const json of [{}, { status: '' }, { status: 1 }, { status: 'a', name: 'b' }])
      expect((await ask(`PATCH /integrations/${id}`, { json })).status).toBe(422);
  });
});

describe('whatever else is asked', () => {
  it.each([
    ['GET /nothing', 404, 'There is nothing at /__mock/nothing'],
    ['GET /faults/', 404, 'There is nothing at /__mock/faults/'],
    ['POST /health', 405, 'POST is not allowed here, only GET'],
    ['PUT /faults', 405, 'PUT is not allowed here, only GET, POST, DELETE'],
    ['DELETE /faults/f1/x', 404, 'There is nothing at /__mock/faults/f1/x'],
    ['GET /faults/f1', 405, 'GET is not allowed here, only PATCH, DELETE'],
  ])('%s is answered by %i', async (what, status, message) => {
    const answer = await ask(what);
    expect(answer).toMatchObject({ status, body: { message } });
    if (status === 405) expect(answer.headers.get('allow')).toBe(message.split('only ')[1]);
  });

  it.each([
    ['{', 400, undefined],
    ['', 422, undefined],
    ['{}', 415, 'text/plain'],
    ['null', 422, undefined],
  ])('the body %j is answered by %i', async (text, status, type) => {
    const headers = type === undefined ? {} : { headers: { 'Content-Type': type } };
    for (const what of ['PATCH /clock', 'PUT /snapshot', 'POST /faults'])
      expect((await ask(what, { text, ...headers })).status).toBe(status);
  });

  it('is never kept by a cache', async () => {
    for (const what of ['GET /health', 'GET /nothing', 'GET /export'])
      expect((await ask(what)).headers.get('cache-control')).toBe('no-store');
  });
});
