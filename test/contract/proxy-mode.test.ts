import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMockServer } from '../../src/mock/index.ts';
import { createReoClient } from '../../src/reo/index.ts';
import { createReporteiClient, number } from '../../src/reportei/index.ts';
import { json, type Answer } from '../../src/testing/answers.ts';
import {
  EVENT,
  GET_DATA,
  MERCHANT,
  REO,
  startTested,
  type TestedMock,
} from '../unit/mock/support.ts';
import { before, bytes, JSON_TYPE, raw, USAGE } from './proxy-mode-support.ts';

describe('in front of another emulator', () => {
  let vendor: TestedMock;
  let proxy: TestedMock;
  beforeAll(async () => {
    const keys = { reo: 'real_reo', merchant: 'real_merchant', customer: 'real_customer' };
    vendor = await startTested({ keys });
    proxy = await startTested({ upstream: { reo: vendor.url, reportei: vendor.url } });
  });
  afterAll(async () => {
    await proxy.close();
    await vendor.close();
  });

  it('the real clients work, with the keys of the vendor', async () => {
    const reo = createReoClient({
      apiKey: 'real_reo',
      baseUrl: proxy.url,
      defaults: { product_id: 'web', user_id_type: 'EMAIL' },
    });
    await reo.send({ activity_type: 'LOGIN', user_id: 'ann@example.com' });
    await reo.sendCount({ mode: 'DOMAIN', domain: 'example.com', activity_type: 'X', count: 2 });
    expect(vendor.usage.events()).toHaveLength(1);
    expect(vendor.usage.counts()).toHaveLength(1);
    expect(proxy.usage.events()).toEqual([]);

    for (const baseUrl of [proxy.url, `${proxy.url}/api`]) {
      const connect = createReporteiClient({
        token: 'real_merchant',
        baseUrl,
      });
      const report = await connect
        .customer('real_customer')
        .metrics(
          { replies: number('ig:x', { metrics: ['x'] }) },
          { integration: GET_DATA.customer_integration, start: '2024-01-01', end: '2024-01-31' },
        );
      expect(report.replies.value).toEqual(expect.any(Number));
      const made = await connect.customers.create({ name: `of ${baseUrl}` }, { onToken() {} });
      expect(made).toEqual(expect.any(Object));
    }
    expect(vendor.requests.list().map(({ path }) => path)).toEqual([
      '/api/product/usage',
      '/api/product/aggregateusage',
      '/api/metrics/get-data',
      '/api/customers',
      '/api/metrics/get-data',
      '/api/customers',
    ]);
    expect(proxy.requests.list({ violations: true })).toEqual([]);
    expect(new Set(proxy.requests.list().map(({ source }) => source))).toEqual(
      new Set(['upstream']),
    );
  });

  it('the vendor decides on keys, not the proxy', async () => {
    expect(await proxy.call(USAGE, { headers: REO, json: { payload: EVENT } })).toMatchObject({
      status: 400,
      body: { response: 'Authentication Failure' },
    });
    expect(await proxy.call('GET /customers', { headers: MERCHANT })).toMatchObject({
      status: 401,
    });
  });

  it('an API without an upstream stays emulated', async () => {
    await using half = await startTested({ upstream: { reo: vendor.url } });
    expect(await half.call('GET /customers', { headers: MERCHANT })).toMatchObject({ status: 200 });
    expect(await half.call(USAGE, { headers: REO, json: { payload: EVENT } })).toMatchObject({
      status: 400,
    });
    expect(half.requests.list().map(({ source }) => source)).toEqual(['emulator', 'upstream']);
  });
});

describe('the journal tells', () => {
  it('what either side breaks, and changes nothing', async () => {
    await using set = await before(json({ response_code: 5, extra: 1 }));
    const answer = await set.proxy.call(USAGE, { headers: REO, json: { payload: { n: 1 } } });
    expect(answer).toMatchObject({ status: 200, body: { response_code: 5, extra: 1 } });
    const [entry] = set.proxy.requests.list({ violations: true });
    expect(entry?.source).toBe('upstream');
    expect(entry?.violations).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ side: 'request', field: 'payload.activity_type' }),
        expect.objectContaining({ side: 'response', field: 'status', problem: 'is required' }),
      ]),
    );
  });

  it.each<[string, Answer, string, string]>([
    [
      'a type',
      bytes('x', 200, { 'content-type': 'text/html' }),
      'body',
      'the Content-Type is text/html, not application/json',
    ],
    ['no type', bytes('{}', 200), 'body', 'the Content-Type is missing, not application/json'],
    ['no JSON', bytes('{', 200, JSON_TYPE), 'body', 'The body is not valid JSON'],
    ['JSON too deep', bytes('['.repeat(5000), 200, JSON_TYPE), 'body', 'nested deeper'],
  ])('of an answer: %s', async (_what, behaviour, field, problem) => {
    await using set = await before(behaviour);
    await fetch(`${set.proxy.url}/customers`, { headers: MERCHANT });
    expect(set.proxy.requests.list()[0]?.violations).toEqual([
      { side: 'response', field, problem: expect.stringContaining(problem) },
    ]);
  });

  it('that a path is in no contract, and forwards it', async () => {
    await using set = await before(json({ new: 1 }));
    expect(await set.proxy.call('GET /api/brand/new')).toMatchObject({ body: { new: 1 } });
    expect(set.proxy.requests.list()[0]).toMatchObject({
      operation: null,
      violations: [{ side: 'request', field: 'path', problem: 'GET /brand/new is in no contract' }],
    });
  });

  it('no secret, and neither does the log', async () => {
    const token = 'tok/en+of "a" vendor';
    await using set = await before(
      json({
        seen: token,
        customer: { api_token: 'once-only' },
        encoded: encodeURIComponent(token),
      }),
    );
    const { proxy } = set;
    await raw(
      proxy.port,
      `GET /customers?t=${encodeURIComponent(token)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nX-Customer-Token: customer-secret\r\n`,
    );
    const shown = JSON.stringify(proxy.requests.list()) + proxy.lines.join('\n');
    const { requests } = (await proxy.call('GET /__mock/requests')).body as { requests: unknown };
    for (const text of [shown, JSON.stringify(requests)]) {
      expect(text).not.toMatch(/tok\/en|tok%2Fen|once-only|customer-secret/);
      expect(text).toContain('[redacted]');
    }
  });
});

describe('at the start', () => {
  it.each<[string, RegExp]>([
    [
      'http://connect.reportei.com',
      /^The upstream http:\/\/connect.reportei.com has to be https: keys go there$/,
    ],
    ['http://127.0.0.1.evil.test', /has to be https/],
    ['http://localhost@evil.test', /without credentials/],
    ['https://:secret@evil.test', /^The upstream has to be a plain base URL, without credentials/],
    ['https://a.test/?x=1', /without credentials or a query/],
    ['https://a.test/#x', /without credentials or a query/],
    ['ftp://a.test', /has to be a URL that begins with https:/],
    ['localhost:4010', /has to be a URL that begins with https:/],
    ['connect.reportei.com', /has to be a URL that begins with https:/],
    ['', /has to be a URL/],
  ])('an upstream of %j is refused in plain words', async (reportei, reason) => {
    await expect(startMockServer({ upstream: { reportei } })).rejects.toThrow(reason);
    await expect(startMockServer({ upstream: { reportei } })).rejects.not.toThrow(/secret/);
  });

  it.each(['http://127.0.0.1:1', 'http://[::1]:1', 'http://x.localhost', 'https://a.test/b/'])(
    'an upstream of %j will do',
    async (reo) => {
      const mock = await startMockServer({ upstream: { reo }, listen: false });
      await mock.close();
    },
  );
});
