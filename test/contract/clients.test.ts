import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ApiCall,
  chart,
  createReoClient,
  createReporteiClient,
  custom,
  type CustomerClient,
  datatable,
  metricSet,
  type MetricsCall,
  number,
  type ReoClient,
  type ReporteiClient,
} from '../../src/index.ts';
import { readMetrics } from '../../src/reportei/callbacks/index.ts';
import type * as Mock from '../../src/mock/index.ts';
import { DEFAULT_KEYS, INTEGRATIONS, startMockServer } from '../../src/mock/index.ts';
import { hostileServer } from '../../src/testing/hostile-server.ts';
import { buildPackage } from '../support/build.ts';
import { startPrism } from '../support/prism.ts';

const dashboard = metricSet('dashboard', {
  replies: number('ig:story_replies', { metrics: ['replies'], dimensions: ['stories'] }),
  gender: chart('ig:followers_gender', { metrics: ['followers'], dimensions: ['gender'] }),
  clicks: datatable('ig:clicks_breakdown', {
    metrics: ['count', 'ctr'],
    dimensions: ['clicks_breakdown'],
  }),
});

/** The ids of the document's get-data example: plain Prism answers this very request. */
const ids = {
  replies: 'f35a44ce-dac5-4188-aace-5c44a8952176',
  gender: '3051ed66-a05c-462a-aece-e1d900e78b02',
  clicks: 'b3a949ac-f6ae-4bd1-bb90-1e8e0cbe8ed5',
};
const payload = Object.entries(dashboard.queries).map(([name, { wire }]) => ({
  id: ids[name as keyof typeof ids],
  ...wire,
}));
const days = {
  integration: INTEGRATIONS.instagram_business,
  start: '2024-01-01',
  end: '2024-09-01',
};

const user = {
  activity_type: 'LOGIN_ACTIVITY',
  product_id: 'reoWebApp',
  user_id: 'brian@reo.dev',
  user_id_type: 'EMAIL',
} as const;

interface Side extends AsyncDisposable {
  readonly reo: string;
  readonly connect: string;
}

const startBoth = async (upstream?: string): Promise<Side> => {
  const [reo, connect] = [
    await startPrism('reo', upstream),
    await startPrism('reportei', upstream),
  ];
  return {
    reo: reo.url,
    connect: connect.url,
    [Symbol.asyncDispose]: async () => {
      await reo[Symbol.asyncDispose]();
      await connect[Symbol.asyncDispose]();
    },
  };
};

const ofEmulator = async (start: typeof startMockServer): Promise<Side> => {
  const { url, close } = await start();
  return { reo: url, connect: `${url}/api`, [Symbol.asyncDispose]: close };
};

const sides: Readonly<Record<string, () => Promise<Side>>> = {
  'plain Prism': () => startBoth(),
  'the emulator': () => ofEmulator(startMockServer),
  // A bundler may drop what it takes for free of effects: what users run is tested too.
  'the emulator as it is built': async () => {
    await buildPackage();
    const built = (await import(
      new URL('../../dist/src/mock/index.js', import.meta.url).href
    )) as typeof Mock;
    return ofEmulator(built.startMockServer);
  },
  'the emulator behind a Prism that fails on violations': async () => {
    const mock = await startMockServer();
    const { reo, connect, [Symbol.asyncDispose]: end } = await startBoth(mock.url);
    return { reo, connect, [Symbol.asyncDispose]: () => end().then(mock.close) };
  },
};

/** The result, once it is sure that Prism has nothing to say about either direction. */
const clean = async <T>(call: ApiCall<T> | MetricsCall<T>): Promise<T> => {
  const { data, ...behind } = await call.withResponse();
  const responses = 'response' in behind ? [behind.response] : behind.responses;
  expect(responses).toHaveLength(1);
  expect(responses[0]?.headers.get('sl-violations')).toBeNull();
  expect(responses[0]?.attempts).toBe(1);
  return data;
};

describe.each(Object.keys(sides))('on %s', (name) => {
  let side: Side;
  let reo: ReoClient;
  let connect: ReporteiClient;
  let customer: CustomerClient;
  const onPlainPrism = name === 'plain Prism';

  beforeAll(async () => {
    side = await (sides[name] as () => Promise<Side>)();
    reo = createReoClient({ apiKey: DEFAULT_KEYS.reo, baseUrl: side.reo });
    connect = createReporteiClient({ token: DEFAULT_KEYS.merchant, baseUrl: side.connect });
    customer = connect.customer(DEFAULT_KEYS.customer);
  });
  afterAll(() => side[Symbol.asyncDispose]());

  it.each([
    user,
    { ...user, event_at: new Date(), event_id: 7, source: 'TELEMETRY', environment: 'PRODUCTION' },
    { ...user, ip_addr: '', user_agent: 'Mozilla/5.0', meta: { plan: 'team', seats: [1, 2] } },
  ])('sends an event: %j', async (event) => {
    expect((await clean(reo.send(event))).eventId).not.toBe('');
  });

  it('sends counts of both kinds', async () => {
    const common = { activity_type: 'LOGIN_ACTIVITY', product_id: 'reoWebApp' };
    await clean(reo.sendCount({ ...user, mode: 'USER', count: 40, domain: '' }));
    await clean(reo.sendCount({ ...common, mode: 'DOMAIN', count: 1250, domain: 'reo.dev' }));
  });

  it('fetches the three components and maps them back', async () => {
    const found = await clean(customer.metricsById(payload, days));
    expect(found).toEqual({
      [ids.replies]: {
        component: 'number_v1',
        value: onPlainPrism ? 55645 : expect.any(Number),
        comparison: null,
      },
      [ids.gender]: {
        component: 'chart_v1',
        labels: ['Male', 'Female', 'Unknown'],
        series: { followers: expect.any(Array) },
      },
      [ids.clicks]: {
        component: 'datatable_v1',
        columns: ['clicks_breakdown', 'count', 'ctr'],
        rows: ['Email', 'Websites'].map((type) =>
          expect.objectContaining({ clicks_breakdown: type, count: expect.any(Number) }),
        ),
        total: expect.objectContaining({ clicks_breakdown: 'Total' }),
      },
    });
    if (onPlainPrism) return;
    const { replies, gender, clicks } = await clean(customer.metrics(dashboard, days));
    expect([replies, gender, clicks]).toEqual(Object.values(found));
  });

  it('fetches a comparison, and metrics of every kind', async () => {
    const queries = {
      ...dashboard.queries,
      raw: custom('note', 'wysiwyg_v1', { custom: [], type: [] }),
      filtered: number('plain', {
        metrics: ['a:b.c d'],
        dimensions: [{ field: 'x', operator: '=', value: 1 }],
        sort: ['-reach'],
        entity_type: 'campaign',
        custom: { custom_period: '30ED' },
      }),
    };
    const compare = { start: '2023-01-01', end: '2023-08-31' };
    const options = { ...days, compare, timeZone: 'America/Sao_Paulo', partial: true } as const;
    const results = await clean(customer.metrics(queries, options));
    // Prism answers with the document's example, which holds three ids of its own.
    for (const outcome of Object.values(results)) expect(outcome.ok).toBe(!onPlainPrism);
  });

  it('receives the same metrics by webhook', async () => {
    let receive = (_: unknown): void => {};
    const received = new Promise((resolve) => (receive = resolve));
    await using webhook = await hostileServer((response, request) => {
      response.end();
      receive(JSON.parse(request.body));
    });
    const url = `${webhook.url}/metrics?token=a.b`;
    const job = customer.metricsAsync(dashboard, { ...days, webhook: { url, ids } });
    expect((await clean(job)).ids).toEqual(ids);
    const results = readMetrics(dashboard, ids, await received);
    expect(Object.values(results)).toEqual(
      Object.values(await customer.metricsById(payload, days)),
    );
  });

  it('reads the merchant, its customers and their integrations', async () => {
    const settings = await clean(connect.merchant.settings());
    expect(settings.rate_limit_per_minute).toMatch(/^\d+$/);
    expect((await connect.customers.list({ perPage: 1 }).toArray()).length).toBeGreaterThan(0);
    expect((await clean(customer.settings())).uuid).toMatch(/-/);
    const integrations = await customer.integrations.list({ status: 'active' }).toArray();
    expect(integrations.length).toBeGreaterThan(0);
    const one = await clean(customer.integrations.get(integrations[0]?.uuid ?? ''));
    expect(one.uuid).toMatch(/-/);
  });

  it('takes a customer through its life', async () => {
    let apiToken = '';
    const onToken = (given: string): void => void (apiToken = given);
    const { uuid } = await connect.customers.create({ name: 'Ann' }, { onToken });
    expect(apiToken).not.toBe('');
    expect((await clean(connect.customers.get(uuid))).uuid).toMatch(/-/);
    await clean(connect.customers.update(uuid, { name: 'Bea' }));
    const paid = await clean(connect.customers.updatePaymentStatus(uuid, { is_paying: true }));
    expect(paid.success).toBe(true);
    const scope = onPlainPrism ? customer : connect.customer(apiToken);
    const session = await clean(
      scope.integrations.createSession({ redirect_url: 'https://a.example/done', locale: 'en' }),
    );
    expect(session.session_link).toMatch(/^https?:/);
    expect((await clean(connect.customers.delete(uuid))).success).toBe(true);
  });

  it('deletes an integration within a session', async () => {
    const { session_uuid: session_id } = await clean(customer.integrations.createSession());
    const uuid = INTEGRATIONS.google_analytics_4;
    const deleted = await clean(customer.integrations.delete(uuid, { session_id }));
    expect(deleted.success).toBe(true);
  });

  // Prism's own mock looks for a key, and never at its value.
  if (onPlainPrism) return;

  it('is told of wrong keys as the documents say', async () => {
    const wrong = createReoClient({ apiKey: 'wrong', baseUrl: side.reo });
    await expect(wrong.send(user)).rejects.toMatchObject({
      code: 'http',
      status: 400,
      hint: expect.stringContaining('REO_API_KEY'),
      body: { response_code: 400, response: 'Authentication Failure', status: 'failure' },
    });
    const stranger = createReporteiClient({ token: 'wrong', baseUrl: side.connect });
    await expect(stranger.merchant.settings()).rejects.toMatchObject({ code: 'http', status: 401 });
    await expect(connect.customer('wrong').settings()).rejects.toMatchObject({
      status: 401,
      body: { message: 'Invalid Customer Token' },
    });
  });
});

describe('a Prism that fails on violations', () => {
  it('does fail when either side breaks the contract', async () => {
    await using liar = await hostileServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"response_code":"200","response":5,"status":"success"}');
    });
    await using proxy = await startPrism('reo', liar.url);
    const reo = createReoClient({ apiKey: 'k', baseUrl: proxy.url, maxRetries: 0 });
    await expect(reo.send(user)).rejects.toMatchObject({ code: 'http', status: 500 });
    const { error } = await reo.raw.POST('/api/product/usage', {
      body: { payload: { ...user, source: 'X', event_at: 1_735_689_600_000 } },
    });
    expect(JSON.stringify(error)).toMatch(/event_at/);
  });
});
