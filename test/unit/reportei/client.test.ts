import { describe, expect, it } from 'vitest';
import { createReporteiClient, type FetchLike, number } from '../../../src/reportei/index.ts';

const customer = { uuid: 'c-1', name: 'Ann' };
const integration = { uuid: 'i-1', status: 'active' };

const onToken = (): void => {};

/** A client on a fetch of our own: what it sends is kept, the answers are given in order. */
const clientOn = (...answers: unknown[]) => {
  const sent: { method: string; path: string; headers: Record<string, string>; body: unknown }[] =
    [];
  const fetch: FetchLike = async (url, { method = '', headers, body }) => {
    const { pathname, search } = new URL(url);
    const parsed = typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined;
    sent.push({
      method,
      path: pathname + search,
      headers: headers as Record<string, string>,
      body: parsed,
    });
    return Response.json(answers[Math.min(sent.length, answers.length) - 1]);
  };
  const connect = createReporteiClient({ token: 'merchant', fetch });
  return { connect, scope: connect.customer('customer'), sent };
};

describe('calls', () => {
  type Setup = ReturnType<typeof clientOn>;
  it.each<[string, unknown, (setup: Setup) => Promise<unknown>, object]>([
    [
      'GET /api/merchants/settings',
      { merchant: { uuid: 'm', name: 'n' } },
      ({ connect }) => connect.merchant.settings(),
      { uuid: 'm', name: 'n' },
    ],
    [
      'GET /api/customers/c-1',
      { customer },
      ({ connect }) => connect.customers.get('c-1'),
      customer,
    ],
    [
      'POST /api/customers',
      { customer: { ...customer, api_token: 'once' } },
      ({ connect }) => connect.customers.create({ name: 'Ann' }, { onToken }),
      customer,
    ],
    [
      'PUT /api/customers/c-1',
      { customer },
      ({ connect }) => connect.customers.update('c-1', { name: 'Ann' }),
      customer,
    ],
    [
      'DELETE /api/customers/c-1',
      { success: true },
      ({ connect }) => connect.customers.delete('c-1'),
      { success: true },
    ],
    [
      'POST /api/customers/c-1/update-payment-status',
      { success: true },
      ({ connect }) => connect.customers.updatePaymentStatus('c-1', { is_paying: true }),
      { success: true },
    ],
    ['GET /api/customers/settings', { customer }, ({ scope }) => scope.settings(), customer],
    [
      'GET /api/customer-integrations/i%2F1',
      { customer_integration: integration },
      ({ scope }) => scope.integrations.get('i/1'),
      integration,
    ],
    [
      'DELETE /api/customer-integrations/i-1?session_id=s',
      { success: true },
      ({ scope }) => scope.integrations.delete('i-1', { session_id: 's' }),
      { success: true },
    ],
    [
      'POST /api/customer-integrations/session',
      { integration_session: { session_uuid: 's', session_link: 'l' } },
      ({ scope }) => scope.integrations.createSession({ locale: 'en' }),
      { session_uuid: 's', session_link: 'l' },
    ],
  ])('%s', async (line, answer, call, expected) => {
    const setup = clientOn(answer);
    expect(await call(setup)).toEqual(expected);
    const [request] = setup.sent;
    expect(`${request?.method} ${request?.path}`).toBe(line);
    expect(request?.headers.authorization).toBe('Bearer merchant');
    const scoped = /settings$|integrations/.test(line) && !line.includes('merchants');
    expect(request?.headers['x-customer-token']).toBe(scoped ? 'customer' : undefined);
    expect(request?.headers.accept).toBe('application/json');
  });

  it.each(['', '.', '..'])('refuses %j as an id: it would be another path', async (uuid) => {
    const { connect, scope, sent } = clientOn({ success: true });
    await expect(connect.customers.delete(uuid)).rejects.toThrow(/UUID/);
    await expect(scope.integrations.get(uuid)).rejects.toThrow(/UUID/);
    expect(sent).toHaveLength(0);
  });

  it('gives the untouched answer on request', async () => {
    const { connect } = clientOn({ customer, extra: 1 });
    const { data, response } = await connect.customers.get('c-1').withResponse();
    expect(data).toEqual(customer);
    expect(response).toMatchObject({ status: 200, attempts: 1, body: { customer, extra: 1 } });
  });

  it.each([[null], [[]], [{}], [{ customer: [] }], [{ customer: { name: 'no uuid' } }]])(
    'refuses an answer of %j and names the call',
    async (answer) => {
      const { connect } = clientOn(answer);
      await expect(connect.customers.get('c-1')).rejects.toMatchObject({
        code: 'decode',
        status: 200,
        body: answer,
        message: expect.stringContaining('GET /customers/{customer_uuid}'),
      });
    },
  );
});

describe('lists', () => {
  const page = (ids: number[], meta: object) => ({
    data: ids.map((id) => ({ uuid: `${id}` })),
    meta,
  });
  const uuids = async (list: AsyncIterable<{ uuid: string }>) => {
    const found: string[] = [];
    for await (const { uuid } of list) found.push(uuid);
    return found;
  };

  it('reads all pages, and only those', async () => {
    const pages = [page([1, 2], { last_page: 2 }), page([3], { last_page: 2 }), page([4], {})];
    const { connect, sent } = clientOn(...pages);
    expect(await uuids(connect.customers.list({ perPage: 2 }))).toEqual(['1', '2', '3']);
    expect(sent.map(({ path }) => path)).toEqual([
      '/api/customers?page=1&per_page=2',
      '/api/customers?page=2&per_page=2',
    ]);
  });

  it.each([
    ['an empty list', [page([], { last_page: 0 })], [], 1],
    ['total_pages', [page([1], { total_pages: 2 }), page([2], { total_pages: 2 })], ['1', '2'], 2],
    ['no meta', [page([1], {}), page([2], {}), page([], {})], ['1', '2'], 3],
    ['a total alone', [page([1, 2], { total: 3 }), page([3], { total: 3 })], ['1', '2', '3'], 2],
    ['a last page that is none', [page([1], { last_page: 0 }), page([], {})], ['1'], 2],
    ['a last page that is a text', [page([1], { last_page: '' }), page([], {})], ['1'], 2],
    ['a last page that grows', [page([1], { last_page: 2 }), page([], { last_page: 9 })], ['1'], 2],
  ])('ends with %s', async (_, pages, expected, requests) => {
    const { connect, sent } = clientOn(...pages);
    expect(await connect.customers.list({ perPage: 2 }).toArray()).toEqual(
      expected.map((uuid) => ({ uuid })),
    );
    expect(sent).toHaveLength(requests);
  });

  it('fails on a server that always gives the same page', async () => {
    const { connect } = clientOn(page([1], { current_page: 1, last_page: 3 }));
    await expect(connect.customers.list().toArray()).rejects.toMatchObject({
      code: 'decode',
      status: 200,
      message: 'GET /customers: page 2 was asked for, the answer is page 1',
    });
  });

  it('fetches nothing ahead of its consumer', async () => {
    const { connect, sent } = clientOn(page([1, 2], { last_page: 50 }));
    for await (const _ of connect.customers.list()) break;
    expect(sent).toHaveLength(1);
  });

  it('fails instead of cutting a long list off', async () => {
    const { connect, sent } = clientOn(...[1, 2, 3].map((id) => page([id], { last_page: 50 })));
    const list = connect.customers.list({ maxPages: 3 });
    await expect(list.toArray()).rejects.toThrow(/maxPages/);
    expect(sent).toHaveLength(3);
  });

  it('filters integrations', async () => {
    const { scope, sent } = clientOn(page([1], { last_page: 1 }));
    const filter = { source_name: 'a b', status: 'active', perPage: 5 } as const;
    expect(await uuids(scope.integrations.list(filter))).toEqual(['1']);
    expect(sent[0]?.path).toBe(
      '/api/customer-integrations?source_name=a%20b&status=active&page=1&per_page=5',
    );
  });

  it.each([0, 101, 1.5, NaN])('refuses %j items a page', (perPage) => {
    expect(() => clientOn().connect.customers.list({ perPage })).toThrow(/perPage/);
  });
});

describe('a 2xx that says no', () => {
  const queries = { a: number('k', { metrics: ['m'] }) };
  const webhook = { url: 'https://a.example' };
  const days = { integration: 'i', start: '2024-01-01', end: '2024-01-02' };

  it('is an error, where something was to be done', async () => {
    const { connect, scope } = clientOn({ success: false, message: 'nope' });
    const rejected = { code: 'rejected', status: 200, body: { success: false, message: 'nope' } };
    await expect(connect.customers.delete('c-1')).rejects.toMatchObject(rejected);
    const job = scope.metricsAsync(queries, { ...days, webhook });
    await expect(job).rejects.toMatchObject({ ...rejected, metricIds: { a: expect.any(String) } });
  });

  it('differs from one that says nothing', async () => {
    const fetch: FetchLike = async () => new Response(null, { status: 204 });
    const connect = createReporteiClient({ token: 't', fetch });
    expect(await connect.customers.delete('c-1')).toEqual({ success: true });
    const job = connect.customer('c').metricsAsync(queries, { ...days, webhook });
    expect((await job).ids.a).toMatch(/-/);
    await expect(connect.customers.get('c-1')).rejects.toMatchObject({ code: 'decode' });
  });

  it('is read by the queries as they were at the call', async () => {
    const id = 'f35a44ce-dac5-4188-aace-5c44a8952176';
    const { scope } = clientOn({ [id.toUpperCase()]: { values: 1 } });
    const payload: object[] = [{ id, ...queries.a.wire }];
    const call = scope.metricsById(payload, days);
    payload.pop();
    const result = { component: 'number_v1', value: 1, comparison: null };
    expect(await call).toEqual({ [id]: result });
  });
});

describe('what cannot be sent', () => {
  it('rejects with a ConfigError, and never throws at once', async () => {
    const { connect, scope, sent } = clientOn({});
    const calls = [
      connect.customers.get('\ud800'),
      connect.customers.create(undefined as never, { onToken }),
      connect.customers.create({ name: 'Ann' }, undefined as never),
      scope.integrations.delete('i', undefined as never),
      scope.metrics({ a: undefined as never }, {} as never),
      scope.metrics({}, undefined as never),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'config' });
    expect(sent).toHaveLength(0);
  });
});

describe('error bodies', () => {
  it('tells the fields of a 422', async () => {
    const fetch: FetchLike = async () =>
      Response.json(
        { message: 'no', errors: { name: ['is required'], start: 'bad' } },
        { status: 422 },
      );
    const connect = createReporteiClient({ token: 't', fetch });
    await expect(connect.customers.create({ name: '' }, { onToken })).rejects.toMatchObject({
      code: 'http',
      status: 422,
      fieldErrors: { name: ['is required'], start: ['bad'] },
      message: 'POST /customers answered 422 (1 attempt) (see fieldErrors and body)',
    });
  });

  it('minds no message that is no text', async () => {
    const fetch: FetchLike = async () =>
      new Response('{"message":{"toString":null}}', { status: 401 });
    const connect = createReporteiClient({ token: 't', fetch });
    await expect(connect.merchant.settings()).rejects.toMatchObject({ code: 'http', status: 401 });
  });

  it('says what to check after a 401', async () => {
    const fetch: FetchLike = async () => Response.json({ message: 'no' }, { status: 401 });
    const connect = createReporteiClient({ token: 't', fetch });
    await expect(connect.merchant.settings()).rejects.toThrow(
      /answered 401 .*check REPORTEI_TOKEN, or is it swapped/,
    );
    const other: FetchLike = async () =>
      Response.json({ message: 'Invalid Customer Token' }, { status: 401 });
    const settings = createReporteiClient({ token: 't', fetch: other }).customer('c').settings();
    await expect(settings).rejects.toThrow(/check REPORTEI_CUSTOMER_TOKEN, or is it swapped/);
  });
});
