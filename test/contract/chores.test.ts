/** What real integrations of Connect wrote by hand, and users of this package do not. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  chart,
  collect,
  createReporteiClient,
  type CustomerClient,
  datatable,
  memoryCache,
  metricSet,
  number,
  type ReporteiClient,
  resolvePeriod,
} from '../../src/reportei/index.ts';
import { createCallbacks, toNodeListener } from '../../src/reportei/callbacks/index.ts';
import { INTEGRATIONS, type MockServer, startMockServer } from '../../src/mock/index.ts';

const dashboard = metricSet('dashboard', {
  replies: number('ig:story_replies', { metrics: ['replies'] }),
  gender: chart('ig:followers_gender', { metrics: ['followers'], dimensions: ['gender'] }),
  clicks: datatable('ig:clicks_breakdown', {
    metrics: ['count', 'ctr'],
    dimensions: ['clicks_breakdown'],
  }),
});
const integration = INTEGRATIONS.instagram_business;
const days = { integration, start: '2024-08-01', end: '2024-08-31' } as const;

let mock: MockServer;
let connect: ReporteiClient;
let customer: CustomerClient;

beforeAll(async () => {
  mock = await startMockServer();
  connect = createReporteiClient({
    token: mock.keys.merchant,
    baseUrl: mock.url,
    maxRetryDelay: '5s',
  });
  customer = connect.customer(mock.keys.customer);
});
afterAll(() => mock.close());
beforeEach(() => mock.reset());

/** The bodies of the get-data requests so far. */
const asked = () =>
  mock.requests
    .list({ operation: 'getData' })
    .map(({ request }) => JSON.parse(request.body ?? '') as { readonly metrics: { id: string }[] });

describe('nobody has to', () => {
  it('make the day of a moment in a zone', async () => {
    // Late on August 31st in São Paulo, which is September 1st in UTC.
    const now = new Date('2024-09-01T01:30:00Z');
    const timeZone = 'America/Sao_Paulo';
    await customer.metrics(dashboard, { integration, start: now, end: now, timeZone });
    expect(asked()[0]).toMatchObject({ start: '2024-08-31', end: '2024-08-31' });
    expect(resolvePeriod({ period: 'month-to-date', timeZone }, now)).toEqual({
      start: '2024-08-01',
      end: '2024-08-31',
    });
  });

  it('unwrap the envelope', async () => {
    const bare = await customer.metrics(dashboard, days);
    mock.settings.change({ envelope: true });
    expect(await customer.metrics(dashboard, days)).toEqual(bare);
  });

  it('turn numeric strings into numbers', async () => {
    const plain = await customer.metrics(dashboard, days);
    mock.settings.change({ numbersAsText: true });
    const { data, responses } = await customer.metrics(dashboard, days).withResponse();
    expect(JSON.stringify(responses[0]?.body)).toContain(`"${plain.replies.value}"`);
    expect(data).toEqual(plain);
  });

  it.each(['failure', 'warning', 'null', 'missing'] as const)(
    'spot a metric that failed: %s',
    async (as) => {
      mock.faults.add({ metrics: { referenceKey: 'ig:story_replies', as } });
      await expect(customer.metrics(dashboard, days)).rejects.toMatchObject({
        code: 'metrics',
        message: expect.stringContaining('1 of 3 metrics failed: replies'),
        results: { gender: expect.any(Object), clicks: expect.any(Object) },
      });
    },
  );

  it('set timeouts', async () => {
    mock.faults.once({ operation: 'getData', delay: '10s' });
    const options = { ...days, timeout: 50, maxRetries: 0 };
    await expect(customer.metrics(dashboard, options)).rejects.toMatchObject({ code: 'timeout' });
  });

  it.each([
    [401, { message: 'Unauthenticated.' }],
    [422, { errors: { start: ['is wrong'] } }],
    [500, '<html>oops</html>'],
  ])('unify errors: %i', async (status, body) => {
    mock.faults.once({ operation: 'getData', status, body });
    await expect(customer.metrics(dashboard, { ...days, maxRetries: 0 })).rejects.toMatchObject({
      code: 'http',
      status,
      body,
      message: `POST /metrics/get-data answered ${status} (1 attempt)${status === 401 ? ' (check REPORTEI_TOKEN, or is it swapped with REPORTEI_CUSTOMER_TOKEN? or is the trial or the session over?)' : status === 422 ? ' (see fieldErrors and body)' : ''}`,
    });
  });

  it('map ids back to metrics, or make UUIDs', async () => {
    const { gender } = await customer.metrics(dashboard, days);
    expect(gender.series.followers).toHaveLength(gender.labels.length);
    expect(new Set(asked()[0]?.metrics.map(({ id }) => id)).size).toBe(3);
  });

  it('pace requests', async () => {
    mock.settings.change({ rateLimit: { perSecond: 10, perMinute: 1_000 } });
    const paced = createReporteiClient({ token: mock.keys.merchant, baseUrl: mock.url });
    await paced.merchant.settings();
    const calls = Array.from({ length: 25 }, () => paced.customer(mock.keys.customer).settings());
    await Promise.all(calls);
    expect(mock.requests.list({ status: '429' })).toEqual([]);
  });

  it.each([429, 503])('retry on %i, after as long as the answer says', async (status) => {
    mock.faults.once({ operation: 'getData', status, retryAfter: 1 });
    const started = performance.now();
    const { responses } = await customer.metrics(dashboard, days).withResponse();
    expect(responses[0]?.attempts).toBe(2);
    expect(performance.now() - started).toBeGreaterThan(990);
  });

  it('read a list page by page', async () => {
    for (let n = 0; n < 25; n += 1) {
      await connect.raw.POST('/customers', { body: { name: `n${n}` } });
    }
    const names: string[] = [];
    for await (const { name } of connect.customers.list({ perPage: 10 })) names.push(name);
    expect(names).toEqual(expect.arrayContaining(Array.from({ length: 25 }, (_, n) => `n${n}`)));
  });

  it('name the cells of rows, or take a total for one of them', async () => {
    const { clicks } = await customer.metrics(dashboard, days);
    const sum = clicks.rows.reduce((sum, row) => sum + Number(row.count), 0);
    expect(clicks.total?.count).toBe(sum);
    expect(clicks.rows.map((row) => row.clicks_breakdown)).not.toContain('Total');
  });

  it('keep answers', async () => {
    const cache = memoryCache({ ttl: '1m' });
    const first = await customer.metrics(dashboard, { ...days, cache });
    const second = await customer.metrics(dashboard, { ...days, cache }).withResponse();
    expect(second).toEqual({ data: first, responses: [] });
    expect(asked()).toHaveLength(1);
  });

  it('count the days of the period before', async () => {
    const march = { integration, start: '2024-03-01', end: '2024-03-31' };
    const { replies } = await customer.metrics(dashboard, { ...march, compare: 'previous-period' });
    expect(asked()[0]).toMatchObject({
      comparison_start: '2024-02-01',
      comparison_end: '2024-02-29',
    });
    expect(replies.comparison?.value).toEqual(expect.any(Number));
  });

  it('split long lists of metrics', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 45 }, (_, n) => [`q${n}`, number(`ig:m${n}`, { metrics: ['reach'] })]),
    );
    const results = await customer.metrics(many, { ...days, chunk: 20 });
    expect(Object.keys(results)).toHaveLength(45);
    expect(
      asked()
        .map(({ metrics }) => metrics.length)
        .toSorted((a, b) => b - a),
    ).toEqual([20, 20, 5]);
  });

  it('find the metric for which all of them are refused', async () => {
    const catalog = await mkdtemp(join(tmpdir(), 'tallywire-chores-'));
    await writeFile(
      join(catalog, 'metrics.json'),
      JSON.stringify({ metrics: Object.values(dashboard.queries).map(({ wire }) => wire) }),
    );
    await using knowing = await startMockServer({ catalog, settings: { unknownMetric: 'refuse' } });
    await rm(catalog, { recursive: true });
    const { merchant, customer: token } = knowing.keys;
    const client = createReporteiClient({ token: merchant, baseUrl: knowing.url }).customer(token);
    const queries = { ...dashboard.queries, odd: number('ig:unheard_of', { metrics: ['x'] }) };
    await expect(client.metrics(queries, days)).rejects.toMatchObject({ status: 422 });
    await expect(client.metrics(queries, { ...days, onRefused: 'split' })).rejects.toMatchObject({
      message: '1 of 4 metrics failed: odd (refused)',
      results: { replies: expect.any(Object) },
    });
  });

  it('ask for many integrations at once', async () => {
    const found: unknown[] = [];
    const integrations = customer.integrations.list();
    for await (const one of collect(integrations, ({ uuid }, signal) =>
      customer.metrics(dashboard, { ...days, integration: uuid, signal }),
    )) {
      found.push(one.ok && one.value.replies.value);
    }
    expect(found.length).toBeGreaterThan(1);
    expect(found).not.toContain(false);
  });

  it('lose the once-only token of a customer', async () => {
    const tokens: string[] = [];
    const onToken = (token: string) => tokens.push(token);
    const { uuid } = await connect.customers.create({ name: 'Ann' }, { onToken });
    expect((await connect.customer(tokens[0]).settings()).uuid).toBe(uuid);

    const full = async () => {
      throw new Error('disk full');
    };
    await expect(connect.customers.create({ name: 'Bea' }, { onToken: full })).rejects.toThrow(
      /deleted again/,
    );
    const names = (await connect.customers.list().toArray()).map(({ name }) => name);
    expect(names).toContain('Ann');
    expect(names).not.toContain('Bea');
  });

  it('trust an unsigned webhook', async () => {
    const secrets = ['a secret of this test, of more than 32 bytes'];
    const handled: unknown[] = [];
    const server = createServer((request, response) => listener(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    const callbacks = createCallbacks({ url, sets: [dashboard], secrets });
    const listener = toNodeListener(
      callbacks.handler(({ outcomes, context }) => handled.push([context, outcomes.replies])),
    );
    try {
      const webhook = await callbacks.prepare(dashboard, { context: 'ann' });
      await customer.metricsAsync(dashboard, { ...days, webhook });
      await mock.webhooks.idle();
      const { replies } = await customer.metrics(dashboard, days);
      expect(handled).toEqual([['ann', { ok: true, ...replies }]]);
      // The URL alone forges nothing.
      const forged = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      };
      expect((await fetch(webhook.url, forged)).status).toBe(404);
      expect(handled).toHaveLength(1);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
