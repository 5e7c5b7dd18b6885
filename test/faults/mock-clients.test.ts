import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  chart,
  createReoClient,
  createReporteiClient,
  datatable,
  number,
  type CustomerClient,
  type ReoClient,
} from '../../src/index.ts';
import { readMetrics } from '../../src/reportei/callbacks/index.ts';
import {
  INTEGRATIONS,
  startMockServer,
  type FaultRule,
  type MockServer,
  type Settings,
} from '../../src/mock/index.ts';
import { failure } from '../support/failure.ts';

const event = {
  activity_type: 'LOGIN',
  product_id: 'web',
  user_id: 'ann@example.com',
  user_id_type: 'EMAIL',
} as const;

const queries = {
  replies: number('ig:story_replies', { metrics: ['replies'] }),
  gender: chart('ig:followers_gender', { metrics: ['followers'], dimensions: ['gender'] }),
  clicks: datatable('ig:clicks_breakdown', {
    metrics: ['count', 'ctr'],
    dimensions: ['clicks_breakdown'],
  }),
};
type Ids = Readonly<Record<keyof typeof queries, string>>;
const month = {
  integration: INTEGRATIONS.instagram_business,
  start: '2024-08-01',
  end: '2024-08-31',
};

describe.each(['HTTP', 'mock.fetch'] as const)('over %s', (way) => {
  interface Parts {
    readonly mock: MockServer;
    readonly reo: ReoClient;
    readonly connect: ReturnType<typeof createReporteiClient>;
    readonly customer: CustomerClient;
  }
  const start = async (
    settings: Partial<Settings> = {},
    timeout = 5_000,
    maxRetries = 3,
  ): Promise<Parts & AsyncDisposable> => {
    const mock = await startMockServer({ listen: way === 'HTTP', settings });
    const { reo: apiKey, merchant: token, customer } = mock.keys;
    const shared = {
      baseUrl: mock.url,
      maxRetryDelay: 1_500,
      maxRetries,
      timeout,
      ...(way === 'HTTP' ? {} : { fetch: mock.fetch }),
    };
    // The emulator's clock moves in jumps: its limits are not to be waited for.
    const connect = createReporteiClient({ ...shared, token, rateLimit: {} });
    return {
      mock,
      reo: createReoClient({ ...shared, apiKey }),
      connect,
      customer: connect.customer(customer),
      [Symbol.asyncDispose]: mock.close,
    };
  };

  it('an event is sent again after 503, under the same id', async () => {
    await using parts = await start();
    const { mock, reo } = parts;
    mock.faults.add({ operation: 'sendUsage', status: 503, retryAfter: 0, times: 2 });
    const { eventId, attempts } = await reo.send(event);
    expect(attempts).toBe(3);
    expect(mock.usage.events()).toMatchObject([
      { duplicate: false, payload: { event_id: eventId } },
    ]);
    expect(mock.requests.list().map(({ status }) => status)).toEqual([503, 503, 200]);
  });

  it('a 429 is waited out, and one that is too long fails at once', async () => {
    await using parts = await start();
    const { mock, reo } = parts;
    mock.faults.once({ status: 429, retryAfter: 1 });
    const begun = performance.now();
    expect((await reo.send(event)).attempts).toBe(2);
    expect(performance.now() - begun).toBeGreaterThan(950);
    mock.faults.once({ status: 429, retryAfter: 60 });
    expect(await failure(reo.send(event))).toMatchObject({
      code: 'http',
      status: 429,
      retryAfterMs: 60_000,
      attempts: 1,
    });
  });

  it('a failure inside a 200 is an error, and is not sent again', async () => {
    await using parts = await start();
    const { mock, reo } = parts;
    mock.faults.add({ refuse: 'No such product' });
    const error = await failure(reo.send(event));
    expect(error).toMatchObject({ name: 'ApiError', code: 'rejected', status: 200, attempts: 1 });
    expect(error.body).toMatchObject({ response: 'No such product' });
    expect(mock.requests.list()).toHaveLength(1);
  });

  it('a lost answer is in doubt, and what was sent again is flagged', async () => {
    await using parts = await start();
    const { mock, reo } = parts;
    mock.faults.once({ connection: 'lose-answer' });
    const { eventId, attempts } = await reo.send(event);
    expect(attempts).toBe(2);
    expect(mock.usage.events()).toMatchObject([
      { duplicate: false, payload: { event_id: eventId } },
      { duplicate: true, payload: { event_id: eventId } },
    ]);

    mock.faults.add({ connection: 'lose-answer' });
    const error = await failure(reo.send(event, { maxRetries: 0 }));
    expect(error).toMatchObject({ code: 'network', ambiguous: true });
    const last = mock.usage.events().at(-1);
    expect(last).toMatchObject({ duplicate: false, payload: { event_id: error.eventId } });
  });

  it('a customer is not made twice when the answer was lost', async () => {
    await using parts = await start();
    const { mock, connect } = parts;
    mock.faults.once({ operation: 'createCustomer', connection: 'lose-answer' });
    expect(
      await failure(connect.customers.create({ name: 'Ann' }, { onToken() {} })),
    ).toMatchObject({
      code: 'network',
      ambiguous: true,
    });
    const names: string[] = [];
    for await (const { name } of connect.customers.list()) names.push(name);
    expect(names).toEqual(['Example Customer', 'Ann']);
  });

  it.each<[FaultRule, { readonly code: string; readonly [name: string]: unknown }]>([
    [{ connection: 'reset' }, { code: 'network', ambiguous: true }],
    [{ connection: 'cut-body' }, { code: 'network', ambiguous: true }],
    [{ connection: 'hang' }, { code: 'timeout', ambiguous: true }],
    [{ delay: '10s' }, { code: 'timeout', ambiguous: true }],
    [{ slowBody: '10s' }, { code: 'timeout', ambiguous: true }],
    [{ malformed: true }, { code: 'decode' }],
    [{ body: '<h1>Down</h1>', headers: { 'Content-Type': 'text/html' } }, { code: 'decode' }],
    [
      { status: 302, headers: { Location: 'http://127.0.0.1:1/' } },
      { code: 'http', status: 302 },
    ],
    [
      { status: 500, body: '' },
      { code: 'http', status: 500 },
    ],
  ])('%j is an error that says so', async (rule, expected) => {
    // A busy machine takes long for the first call: only who waits for the timeout has a short one.
    await using parts = await start({}, expected.code === 'timeout' ? 250 : 5_000, 0);
    const { mock, reo } = parts;
    mock.faults.add(rule);
    expect(await failure(reo.send(event))).toMatchObject(expected);
  });

  it('metrics that fail are named, and the others are there', async () => {
    await using parts = await start();
    const { mock, customer } = parts;
    mock.faults.add({
      operation: 'getData',
      metrics: { referenceKey: 'ig:story_replies', type: 'expired_token', message: 'Gone' },
    });
    const error = await failure(customer.metrics(queries, month));
    expect(error).toMatchObject({ code: 'metrics', status: 200 });
    expect(Object.keys(error.failures ?? {})).toEqual(['replies']);
    expect(error.failures?.['replies']).toMatchObject({
      reason: 'expired_token',
      message: 'Gone',
    });
    expect(Object.keys(error.results ?? {}).toSorted()).toEqual(['clicks', 'gender']);

    for (const as of ['warning', 'null', 'missing'] as const) {
      mock.faults.clear();
      mock.faults.add({ metrics: { referenceKey: 'ig:story_replies', as } });
      const { replies, gender } = await customer.metrics(queries, { ...month, partial: true });
      expect([as, replies.ok, gender.ok]).toEqual([as, false, true]);
    }
  });

  it('a refusal of all metrics inside a 200 is an error', async () => {
    await using parts = await start();
    const { mock, customer } = parts;
    mock.faults.add({ operation: 'getData', refuse: 'Out of order' });
    const error = await failure(customer.metrics(queries, month));
    expect(error.code).toMatch(/^(metrics|rejected|decode)$/);
  });

  it.each<Partial<Settings>>([
    {},
    { strict: true },
    { envelope: true },
    { numbersAsText: true },
    { envelope: true, numbersAsText: true },
  ])('metrics are the same under %j', async (settings) => {
    await using plain = await start();
    await using parts = await start(settings);
    const asked = { ...month, compare: { start: '2024-07-01', end: '2024-07-31' } };
    const [expected, found] = [
      await plain.customer.metrics(queries, asked),
      await parts.customer.metrics(queries, asked),
    ];
    expect(typeof found.replies.value).toBe('number');
    const values = ({ replies, gender, clicks }: typeof found): unknown => [
      replies.value,
      gender.labels,
      gender.series,
      clicks.rows,
    ];
    expect(values(found)).toEqual(values(expected));
  });

  it('a metric that is missing is an error', async () => {
    await using parts = await start({ missingMetrics: true });
    const error = await failure(parts.customer.metrics(queries, month));
    expect(Object.keys(error.failures ?? {})).toEqual(['clicks']);
  });

  it.each([200, 400] as const)('refusals of Reo are told at status %i', async (status) => {
    await using parts = await start({ reoFailureStatus: status, activities: ['LOGOUT'] });
    const error = await failure(parts.reo.send(event));
    expect(error).toMatchObject({ code: status === 200 ? 'rejected' : 'http', status });
    expect(parts.mock.usage.events()).toEqual([]);
  });

  it('the rate limit is told, and over when the clock says so', async () => {
    await using parts = await start({ rateLimit: { perSecond: 100, perMinute: 2 } });
    const { mock, connect } = parts;
    await connect.merchant.settings();
    await connect.merchant.settings();
    const error = await failure(connect.merchant.settings());
    expect(error).toMatchObject({ code: 'http', status: 429 });
    expect(error.retryAfterMs).toBeGreaterThan(55_000);
    mock.clock.advance(error.retryAfterMs ?? 0);
    await connect.merchant.settings();
  });

  it('metrics arrive by webhook, whatever a fault does to them', async () => {
    await using parts = await start();
    const { mock, customer } = parts;
    const bodies: string[] = [];
    const receiver = createServer((request, response) => {
      void text(request).then((body) => {
        bodies.push(body);
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const webhook = { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook` };
    const collect = async (rule: FaultRule): Promise<{ ids: Ids; calls: string[] }> => {
      mock.faults.clear();
      mock.faults.add({ operation: 'getDataAsync', ...rule });
      const { ids } = await customer.metricsAsync(queries, { ...month, webhook });
      await mock.webhooks.idle();
      return { ids, calls: bodies.splice(0) };
    };
    const read = (ids: Ids, body = ''): unknown => readMetrics(queries, ids, JSON.parse(body));
    try {
      const good = await collect({ delay: 0 });
      const { replies } = readMetrics(queries, good.ids, JSON.parse(good.calls[0] ?? ''));
      expect(replies.value).toBe((await customer.metrics(queries, month)).replies.value);

      const failing = await collect({ metrics: { referenceKey: 'ig:story_replies' } });
      expect(() => read(failing.ids, failing.calls[0])).toThrow(/replies/);

      const foreign = await collect({ webhook: { corrupt: 'foreign' } });
      expect(() => read(foreign.ids, foreign.calls[0])).toThrow();
    } finally {
      receiver.close();
    }
  });
});
