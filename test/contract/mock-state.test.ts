import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
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
  type TestedMock,
} from '../unit/mock/support.ts';
import { loadDocument } from './documents.ts';
import { control } from './answers.ts';

const event = (mock: TestedMock, changes = {}): Promise<Answered> =>
  mock.call('POST /api/product/usage', {
    headers: REO,
    json: { payload: { ...EVENT, ...changes } },
  });
const count = (mock: TestedMock, changes = {}): Promise<Answered> =>
  mock.call('POST /api/product/aggregateusage', {
    headers: REO,
    json: { payload: { ...DOMAIN_COUNT, ...changes } },
  });
const getData = (mock: TestedMock, changes = {}, headers = CUSTOMER): Promise<Answered> =>
  mock.call('POST /api/metrics/get-data', { headers, json: { ...GET_DATA, ...changes } });
const create = async (mock: TestedMock, name = 'Ann'): Promise<Record<string, string>> => {
  const { body } = await mock.call('POST /customers', { headers: MERCHANT, json: { name } });
  return (body as { customer: Record<string, string> }).customer;
};

describe('the activities of the account', () => {
  it('refuse others by name', async () => {
    await using mock = await startTested({ settings: { activities: ['LOGIN_ACTIVITY'] } });
    expect((await event(mock)).status).toBe(200);
    expect(await event(mock, { activity_type: 'Login_Activity' })).toMatchObject({
      status: 400,
      body: {
        response_code: 400,
        response: 'activity_type "Login_Activity" is not configured',
        status: 'failure',
      },
    });
    expect((await count(mock)).status).toBe(400);
    expect([mock.usage.events().length, mock.usage.counts().length]).toEqual([1, 0]);
  });

  it('drop others behind a success, as the vendor does, and flag them', async () => {
    await using mock = await startTested({
      settings: { activities: ['DEMO_LOGIN'], unknownActivity: 'drop' },
    });
    expect(await event(mock)).toMatchObject({ status: 200, body: { status: 'success' } });
    expect((await count(mock)).status).toBe(200);
    expect(mock.usage.events()).toMatchObject([{ dropped: true }]);
    expect(mock.usage.counts()).toMatchObject([{ dropped: false }]);
    expect((await control(mock, 'GET /usage')).body).toMatchObject({
      events: { received: 1, dropped: 1, totals: {} },
      counts: { received: 1, dropped: 0, totals: { DEMO_LOGIN: 1250 } },
    });
  });

  it('may be none', async () => {
    await using mock = await startTested({ settings: { activities: [] } });
    expect((await event(mock)).status).toBe(400);
  });
});

describe('the clock', () => {
  it('ends a trial, but not for those who pay', async () => {
    await using mock = await startTested();
    const [ann, bob] = [await create(mock), await create(mock, 'Bob')];
    await mock.call(`POST /customers/${bob['uuid']}/update-payment-status`, {
      headers: MERCHANT,
      json: { is_paying: true },
    });
    const list = (token = ''): Promise<Answered> =>
      mock.call('GET /customer-integrations', {
        headers: { ...MERCHANT, 'x-customer-token': token },
      });
    mock.clock.advance('6.9d');
    expect((await list(ann['api_token'])).status).toBe(200);
    mock.clock.advance('1.1d');
    expect(await list(ann['api_token'])).toMatchObject({
      status: 401,
      body: { message: 'The trial period of this customer has ended.' },
    });
    const headers = { ...MERCHANT, 'x-customer-token': ann['api_token'] ?? '' };
    expect(await getData(mock, {}, headers)).toMatchObject({ status: 401 });
    expect((await mock.call('GET /customers/settings', { headers })).status).toBe(200);
    expect((await list(bob['api_token'])).status).toBe(200);
    expect((await getData(mock)).status).toBe(200);
    await mock.call(`POST /customers/${ann['uuid']}/update-payment-status`, {
      headers: MERCHANT,
      json: { is_paying: true },
    });
    expect((await list(ann['api_token'])).status).toBe(200);
  });

  it('refuses, makes room and tells by the rate limit, second by second', async () => {
    let now = new Date('2026-01-15T09:30:00Z');
    await using mock = await startTested({
      now: () => now,
      settings: { rateLimit: { perSecond: 2, perMinute: 4 } },
    });
    const ask = async (): Promise<(string | number | null)[]> => {
      const { status, headers } = await mock.call('GET /customers', { headers: MERCHANT });
      return [status, headers.get('x-ratelimit-remaining'), headers.get('retry-after')];
    };
    expect([await ask(), await ask(), await ask()]).toEqual([
      [200, '3', null],
      [200, '2', null],
      [429, '2', '1'],
    ]);
    mock.clock.advance('1s');
    expect([await ask(), await ask(), await ask()]).toEqual([
      [200, '1', null],
      [200, '0', null],
      [429, '0', '59'],
    ]);
    now = new Date(now.getTime() + 59_000);
    expect(await ask()).toEqual([200, '3', null]);
    // A stranger uses up nothing, and Reo has no limit that is known.
    expect((await mock.call('GET /customers')).status).toBe(401);
    for (let n = 0; n < 10; n += 1) expect((await event(mock)).status).toBe(200);
    expect(await ask()).toEqual([200, '2', null]);
    const refused = mock.requests.list({ status: '429' });
    expect(refused).toMatchObject([{ reason: 'Too Many Attempts.' }, {}]);
  });

  it('is what the limits of the account are told by', async () => {
    await using mock = await startTested({
      settings: { rateLimit: { perSecond: 7, perMinute: 70 } },
    });
    const limits = async (): Promise<unknown> =>
      (await mock.call('GET /merchants/settings', { headers: MERCHANT })).body;
    expect(await limits()).toMatchObject({
      merchant: { rate_limit_per_second: '7', rate_limit_per_minute: '70' },
    });
    mock.settings.change({ rateLimit: null });
    expect(await limits()).not.toHaveProperty('merchant.rate_limit_per_second');
  });
});

describe('the status of an integration', () => {
  it.each([
    ['expired', 'expired_token'],
    ['revoked', 'expired_token'],
    ['synchronizing', 'no_data_in_period'],
  ])('%s fails its metrics with %s', async (status, type) => {
    await using mock = await startTested();
    expect(mock.integrations.setStatus(INTEGRATIONS.instagram_business, status)).toMatchObject({
      status,
    });
    expect(mock.integrations.setStatus('x', status)).toBeUndefined();
    const { body } = await getData(mock);
    for (const result of Object.values(body as object)) expect(result).toMatchObject({ type });
    const list = await mock.call(`GET /customer-integrations?status=${status}`, {
      headers: CUSTOMER,
    });
    expect(list.body).toMatchObject({ data: [{ uuid: INTEGRATIONS.instagram_business }] });
    mock.reset(['accounts']);
    expect((await getData(mock)).body).toMatchObject({
      [GET_DATA.metrics[0].id]: { values: expect.any(Number) },
    });
  });
});

describe('a token that is shown once', () => {
  it('is shown nowhere else', async () => {
    await using mock = await startTested();
    const aborted = new AbortController();
    const stream = await fetch(`${mock.url}/__mock/stream`, { signal: aborted.signal });
    const told: string[] = [];
    const reading = (async () => {
      for await (const chunk of stream.body ?? []) told.push(Buffer.from(chunk).toString());
    })().catch(() => undefined);

    const { uuid, api_token = '' } = await create(mock);
    const headers = { ...MERCHANT, 'x-customer-token': api_token };
    const sent = { headers, json: { ...GET_DATA, note: api_token } };
    await mock.call(`GET /customers/${uuid}`, { headers });
    await mock.call('GET /customers/settings', { headers });
    await mock.call('GET /customers', { headers });
    await mock.call(`GET /nowhere?t=${api_token}`, { headers });
    await mock.call('POST /metrics/get-data', sent);
    await mock.call('POST /metrics/get-data', { headers, text: `{"token":"${api_token}"` });
    const shown: unknown[] = [mock.requests.list(), mock.snapshot(), mock.lines, told];
    for (const what of ['state', 'requests', 'export', 'export?what=usage', 'snapshot', 'webhooks'])
      shown.push((await control(mock, `GET /${what}`)).body);
    await expect.poll(() => told.join('').match(/event: request/g)?.length).toBe(7);
    const text = JSON.stringify(shown);
    const secrets = [api_token, 'test_reportei_token', 'test_customer_token'];
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    expect(mock.requests.list()).toHaveLength(7);
    aborted.abort();
    await reading;
  });

  it('is shown if that was wanted', async () => {
    await using mock = await startTested({ showSecrets: true });
    const { api_token } = await create(mock);
    const { body } = await control(mock, 'GET /requests');
    expect(JSON.stringify(body)).toContain(api_token);
    expect(JSON.stringify(body)).toContain('Bearer test_reportei_token');
    // Not in the log, which goes elsewhere.
    expect(mock.lines.join('\n')).not.toContain(api_token);
  });
});

describe('the settings', () => {
  it('strict: what no document names is refused by name', async () => {
    await using mock = await startTested({ settings: { strict: true } });
    expect(await event(mock, { acitvity: 'x' })).toMatchObject({
      status: 400,
      body: { response: expect.stringContaining('payload.acitvity is not a documented field') },
    });
    expect((await event(mock, { meta: { anything: { goes: 1 } } })).status).toBe(200);
    const metrics = [{ ...GET_DATA.metrics[0], componant: 'x' }];
    expect(await getData(mock, { metrics, extra: 1 })).toMatchObject({
      status: 422,
      body: {
        errors: { extra: [expect.any(String)], 'metrics.0.componant': [expect.any(String)] },
      },
    });
    expect(await mock.call('GET /customers?pages=2', { headers: MERCHANT })).toMatchObject({
      status: 422,
      body: { errors: { pages: ['The pages field is not a documented field.'] } },
    });
    expect((await mock.call('GET /customers?page=2', { headers: MERCHANT })).status).toBe(200);
    expect(mock.usage.events()).toHaveLength(1);
    mock.settings.change({ strict: false });
    expect((await event(mock, { acitvity: 'x' })).status).toBe(200);
    expect((await getData(mock, { extra: 1 })).status).toBe(200);
  });

  it('delay: every call takes so long, and a fault adds to it', async () => {
    await using mock = await startTested({ settings: { delay: '150ms' } });
    mock.faults.add({ operation: 'listCustomers', delay: 150 });
    const took = async (call: Promise<Answered>): Promise<number> => {
      const begun = performance.now();
      expect((await call).status).toBe(200);
      return performance.now() - begun;
    };
    expect(await took(event(mock))).toBeGreaterThan(145);
    expect(await took(mock.call('GET /customers', { headers: MERCHANT }))).toBeGreaterThan(295);
  });

  it('reoFailureStatus: refusals of Reo come with 200', async () => {
    await using mock = await startTested({ settings: { reoFailureStatus: 200 } });
    const answers = [
      await mock.call('POST /api/product/usage', { json: { payload: EVENT } }),
      await event(mock, { user_id: 7 }),
      await mock.call('POST /api/product/usage', { headers: REO, text: '{' }),
      await count(mock, { mode: 'NONE' }),
    ];
    for (const { status, body } of answers) {
      expect([status, body]).toEqual([
        200,
        expect.objectContaining({ response_code: 400, status: 'failure' }),
      ]);
    }
    expect(mock.requests.list().map(({ reason }) => typeof reason)).toEqual(
      Array.from({ length: 4 }, () => 'string'),
    );
    expect(mock.usage.events()).toEqual([]);
    expect((await mock.call('GET /customers')).status).toBe(401);
  });

  const envelopes = [false, true].flatMap((envelope) =>
    [false, true].flatMap((numbersAsText) =>
      [false, true].map((missingMetrics) => ({ envelope, numbersAsText, missingMetrics })),
    ),
  );
  it.each(envelopes)('%j: metrics come so, and as the contract has them', async (settings) => {
    await using mock = await startTested({ settings });
    await using plain = await startTested();
    const validate = loadDocument('reportei').validator('MetricResults');
    const { body } = await getData(mock, {
      comparison_start: '2023-01-01',
      comparison_end: '2023-09-01',
    });
    const { envelope, numbersAsText, missingMetrics } = settings;
    const results = (envelope ? (body as { data: object }).data : body) as Record<string, object>;
    expect(Object.keys(body as object)).toHaveLength(envelope ? 1 : missingMetrics ? 2 : 3);
    validate(results);
    expect(validate.errors ?? []).toEqual([]);
    const [number, chart, table] = GET_DATA.metrics.map(({ id }) => results[id]) as [
      { values: unknown; comparison: { difference: unknown } },
      { values: { data: unknown[] }[] },
      { values: unknown[][] } | undefined,
    ];
    const type = numbersAsText ? 'string' : 'number';
    expect(typeof number.values).toBe(type);
    expect(typeof number.comparison.difference).toBe(type);
    expect(typeof chart.values[0]?.data[0]).toBe(type);
    expect(typeof table?.values[0]?.[1]).toBe(missingMetrics ? 'undefined' : type);
    const direct = (await getData(plain)).body as Record<string, { values: unknown }>;
    expect(Number(number.values)).toBe(direct[GET_DATA.metrics[0].id]?.values);
  });

  describe('unknownMetric', () => {
    const catalog = mkdtempSync(join(tmpdir(), 'tallywire-catalog-'));
    afterAll(() => rmSync(catalog, { recursive: true }));
    writeFileSync(
      join(catalog, 'metrics.json'),
      JSON.stringify({
        metrics: [
          { reference_key: 'ig:story_replies', component: 'number_v1', metrics: ['replies'] },
          { reference_key: 'ig:clicks_breakdown', component: 'datatable_v1', metrics: ['count'] },
        ],
      }),
    );
    const [known, unknown] = GET_DATA.metrics;

    it('fails, is null, or refuses the whole request', async () => {
      await using mock = await startTested({ catalog });
      expect((await getData(mock)).body).toMatchObject({
        [known.id]: { values: expect.any(Number) },
        [unknown.id]: {
          message: 'The metric ig:followers_gender is not available for this integration.',
          type: 'invalid_metrics_combination',
        },
      });
      mock.settings.change({ unknownMetric: 'null' });
      expect((await getData(mock)).body).toMatchObject({ [unknown.id]: null });
      mock.settings.change({ unknownMetric: 'refuse' });
      expect(await getData(mock)).toMatchObject({
        status: 422,
        body: {
          message: 'The metric ig:followers_gender is not available for this integration.',
          extra: { reference_key: 'ig:followers_gender' },
        },
      });
      expect((await getData(mock, { metrics: [known] })).status).toBe(200);
    });

    it('does not matter without a catalogue', async () => {
      await using mock = await startTested({ settings: { unknownMetric: 'refuse' } });
      expect((await getData(mock)).status).toBe(200);
    });
  });
});
