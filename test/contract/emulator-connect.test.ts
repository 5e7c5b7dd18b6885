import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INTEGRATIONS } from '../../src/mock/index.ts';
import {
  CUSTOMER,
  GET_DATA,
  MERCHANT,
  startTested,
  type TestedMock,
} from '../unit/mock/support.ts';

let mock: TestedMock;
beforeAll(async () => {
  mock = await startTested();
});
afterAll(() => mock.close());

const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/);

interface Customer {
  readonly uuid: string;
  readonly api_token: string;
}

async function create(name = 'Corner Bakery', on = mock): Promise<Customer> {
  const { status, body } = await on.call('POST /api/customers', {
    headers: MERCHANT,
    json: { name },
  });
  expect(status).toBe(201);
  return (body as { customer: Customer }).customer;
}

describe('credentials', () => {
  const operations = [
    ['POST /api/metrics/get-data', true],
    ['POST /api/metrics/get-data-async', true],
    ['GET /api/merchants/settings', false],
    ['GET /api/customers', false],
    ['POST /api/customers', false],
    ['GET /api/customers/settings', true],
    [`GET /api/customers/${UNKNOWN}`, false],
    [`PUT /api/customers/${UNKNOWN}`, false],
    [`DELETE /api/customers/${UNKNOWN}`, false],
    [`POST /api/customers/${UNKNOWN}/update-payment-status`, false],
    ['GET /api/customer-integrations', true],
    ['POST /api/customer-integrations/session', true],
    [`GET /api/customer-integrations/${UNKNOWN}`, true],
    [`DELETE /api/customer-integrations/${UNKNOWN}`, true],
  ] as const;

  it.each(operations)('of %s are checked before all else', async (what) => {
    for (const headers of [
      {},
      { Authorization: 'Bearer wrong' },
      { Authorization: 'Basic test_reportei_token' },
      { Authorization: 'test_reportei_token' },
      { 'x-customer-token': 'test_customer_token' },
    ]) {
      const answer = await mock.call(what, {
        headers,
        text: what.startsWith('P') ? '{' : undefined,
      });
      expect(answer).toMatchObject({ status: 401, body: { message: 'Unauthenticated.' } });
    }
  });

  it.each(operations.filter(([, customer]) => customer))(
    'of %s include the token of a customer',
    async (what) => {
      for (const headers of [MERCHANT, { ...MERCHANT, 'x-customer-token': 'wrong' }]) {
        const answer = await mock.call(what, { headers });
        expect(answer).toEqual(
          expect.objectContaining({ status: 401, body: { message: 'Invalid Customer Token' } }),
        );
      }
    },
  );

  it('are told apart from each other', async () => {
    const swapped = {
      Authorization: 'Bearer test_customer_token',
      'x-customer-token': 'test_reportei_token',
    };
    const answer = await mock.call('GET /api/customers/settings', { headers: swapped });
    expect(answer.status).toBe(401);
  });

  it('can be chosen', async () => {
    await using own = await startTested({ keys: { merchant: 'm', customer: 'c' } });
    expect(own.keys).toEqual({ reo: 'test_reo_key', merchant: 'm', customer: 'c' });
    const headers = { authorization: 'bearer m', 'X-Customer-Token': 'c' };
    expect(await own.call('GET /api/customers/settings', { headers })).toMatchObject({
      status: 200,
    });
    expect(await own.call('GET /api/customers/settings', { headers: CUSTOMER })).toMatchObject({
      status: 401,
    });
  });
});

describe('the merchant', () => {
  it('has settings, with its limits as texts', async () => {
    const answer = await mock.call('GET /api/merchants/settings', { headers: MERCHANT });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        merchant: {
          rate_limit_per_minute: '60000',
          rate_limit_per_second: '1000',
          available_integrations: expect.arrayContaining([
            { name: 'Instagram Business', slug: 'instagram_business' },
          ]),
        },
      },
    });
  });
});

describe('a customer', () => {
  it('is created with a token that is shown once and works', async () => {
    const customer = await create();
    expect(customer).toEqual({
      uuid: UUID,
      name: 'Corner Bakery',
      created_at: TIME,
      updated_at: TIME,
      trial_ends_at: TIME,
      is_paying: false,
      merchant: 'Example Merchant',
      api_token: expect.stringMatching(/^\S{20,}$/),
    });
    const headers = { ...MERCHANT, 'x-customer-token': customer.api_token };
    const settings = await mock.call('GET /api/customers/settings', { headers });
    expect(settings).toMatchObject({
      status: 200,
      body: { customer: { uuid: customer.uuid, integrations: [] } },
    });
    for (const what of [`GET /api/customers/${customer.uuid}`, 'GET /api/customers?per_page=100']) {
      const shown = JSON.stringify((await mock.call(what, { headers: MERCHANT })).body);
      expect(shown).toContain(customer.uuid);
      expect(shown).not.toContain('api_token');
    }
    const state = JSON.stringify((await mock.call('GET /__mock/state')).body);
    expect(state).toContain(customer.uuid);
    expect(state).not.toContain(customer.api_token);
    expect(state).not.toContain('test_customer_token');
  });

  it('has a trial of seven days by the clock', async () => {
    await using own = await startTested({ now: () => new Date('2024-02-26T23:59:58.900Z') });
    expect(await create('x', own)).toMatchObject({
      created_at: '2024-02-26 23:59:58',
      trial_ends_at: '2024-03-04 23:59:58',
    });
  });

  it('is the same in each run with the same seed', async () => {
    const made = async (seed: number | string): Promise<string> => {
      await using own = await startTested({ seed });
      const { uuid, api_token } = await create('x', own);
      return uuid + api_token;
    };
    expect(await made(1)).toBe(await made('1'));
    expect(await made(1)).not.toBe(await made(2));
  });

  it('is renamed, and its time of change moves', async () => {
    let now = new Date('2024-01-01T00:00:00Z');
    await using own = await startTested({ now: () => now });
    const { uuid } = await create('Before', own);
    now = new Date('2024-01-02T03:04:05Z');
    const renamed = await own.call(`PUT /api/customers/${uuid}`, {
      headers: MERCHANT,
      json: { name: 'After' },
    });
    const changed = {
      name: 'After',
      created_at: '2024-01-01 00:00:00',
      updated_at: '2024-01-02 03:04:05',
    };
    expect(renamed).toMatchObject({ status: 200, body: { customer: changed } });
    expect(await own.call(`GET /api/customers/${uuid}`, { headers: MERCHANT })).toMatchObject({
      status: 200,
      body: { customer: changed },
    });
  });

  it('is marked as paying and back', async () => {
    const { uuid } = await create();
    for (const is_paying of [true, false]) {
      const what = `POST /api/customers/${uuid}/update-payment-status`;
      const answer = await mock.call(what, { headers: MERCHANT, json: { is_paying } });
      expect(answer).toMatchObject({ status: 200, body: { success: true } });
      const shown = await mock.call(`GET /api/customers/${uuid}`, { headers: MERCHANT });
      expect(shown.body).toMatchObject({ customer: { is_paying } });
    }
  });

  it('is deleted with its token and what it has connected', async () => {
    await using own = await startTested();
    const { body } = await own.call('GET /api/customers', { headers: MERCHANT });
    const [{ uuid }] = (body as { data: [Customer] }).data;
    const what = `DELETE /api/customers/${uuid}`;
    expect(await own.call(what, { headers: MERCHANT })).toMatchObject({
      status: 200,
      body: { success: true, message: 'Record successfully removed' },
    });
    expect(await own.call(what, { headers: MERCHANT })).toMatchObject({ status: 404 });
    expect(await own.call('GET /api/customer-integrations', { headers: CUSTOMER })).toMatchObject({
      status: 401,
      body: { message: 'Invalid Customer Token' },
    });
    expect((await own.call('GET /__mock/state')).body).toMatchObject({
      customers: [],
      integrations: [],
    });
    expect(await own.call('GET /api/customers', { headers: MERCHANT })).toMatchObject({
      body: { data: [], meta: { total: 0, last_page: 0, from: null, to: null } },
    });
  });

  it.each([
    `GET /api/customers/${UNKNOWN}`,
    `PUT /api/customers/${UNKNOWN}`,
    `DELETE /api/customers/${UNKNOWN}`,
  ])('that nobody knows is not found by %s', async (what) => {
    const json = what.startsWith('PUT') ? { name: 'x' } : undefined;
    const answer = await mock.call(what, { headers: MERCHANT, json });
    expect(answer).toMatchObject({ status: 404, body: { message: 'Record not found' } });
  });

  it.each([
    [{}, { name: ['The name field is required.'] }],
    [{ name: '' }, { name: [expect.stringContaining('The name field must not be empty')] }],
    [{ name: 1 }, { name: ['The name field must be string.'] }],
  ])('is not made of %j', async (json, errors) => {
    const answer = await mock.call('POST /api/customers', { headers: MERCHANT, json });
    expect(answer).toMatchObject({ status: 422, body: { message: expect.any(String), errors } });
  });

  it('is not looked for by what is no uuid', async () => {
    const answer = await mock.call('GET /api/customers/1', { headers: MERCHANT });
    expect(answer).toMatchObject({
      status: 422,
      body: { errors: { customer_uuid: ['The customer_uuid field must be a UUID.'] } },
    });
  });
});

describe('a list', () => {
  it('comes in pages', async () => {
    await using own = await startTested();
    for (let n = 2; n <= 33; n += 1) await create(`Customer ${n}`, own);
    const list = async (query: string): Promise<{ data: Customer[]; meta: object }> => {
      const { status, body } = await own.call(`GET /api/customers${query}`, { headers: MERCHANT });
      expect(status).toBe(200);
      return body as { data: Customer[]; meta: object };
    };
    const first = await list('');
    expect(first.data).toHaveLength(15);
    expect(first.meta).toEqual({
      current_page: 1,
      from: 1,
      last_page: 3,
      per_page: 15,
      to: 15,
      total: 33,
    });
    const last = await list('?page=3');
    expect(last.data).toHaveLength(3);
    expect(last.meta).toMatchObject({ current_page: 3, from: 31, to: 33 });
    const beyond = await list('?page=9&per_page=30');
    expect(beyond).toMatchObject({
      data: [],
      meta: { from: null, to: null, last_page: 2, total: 33 },
    });
    const seen = new Set(
      (await Promise.all([1, 2, 3, 4].map((page) => list(`?page=${page}&per_page=10`)))).flatMap(
        ({ data }) => data.map(({ uuid }) => uuid),
      ),
    );
    expect(seen.size).toBe(33);
  });

  it.each([
    ['per_page=101', 'per_page'],
    ['per_page=0', 'per_page'],
    ['page=0', 'page'],
    ['page=-1', 'page'],
    ['page=x', 'page'],
    ['page=1.5', 'page'],
  ])('refuses ?%s', async (query, field) => {
    const answer = await mock.call(`GET /api/customers?${query}`, { headers: MERCHANT });
    expect(answer).toMatchObject({
      status: 422,
      body: { errors: { [field]: [expect.any(String)] } },
    });
  });

  it('of integrations is filtered by name and status', async () => {
    const list = async (query: string): Promise<unknown[]> => {
      const answer = await mock.call(`GET /customer-integrations${query}`, { headers: CUSTOMER });
      expect(answer.status).toBe(200);
      return (answer.body as { data: { uuid: string }[] }).data.map(({ uuid }) => uuid);
    };
    const both = Object.values(INTEGRATIONS);
    expect(await list('')).toEqual(both);
    expect(await list('?status=active&source_name=example-account')).toEqual(both);
    expect(await list('?status=expired')).toEqual([]);
    expect(await list('?source_name=other')).toEqual([]);
    expect(await list('?per_page=1&page=2')).toEqual([both[1]]);
  });
});

describe('an integration', () => {
  const session = async (json?: object, headers = CUSTOMER): Promise<Record<string, string>> => {
    const answer = await mock.call('POST /api/customer-integrations/session', { headers, json });
    expect(answer.status).toBe(200);
    return (answer.body as { integration_session: Record<string, string> }).integration_session;
  };

  it('is shown', async () => {
    const what = `GET /api/customer-integrations/${INTEGRATIONS.instagram_business}`;
    expect(await mock.call(what, { headers: CUSTOMER })).toMatchObject({
      status: 200,
      body: {
        customer_integration: {
          uuid: INTEGRATIONS.instagram_business,
          source_name: 'example-account',
          status: 'active',
          created_at: TIME,
          updated_at: TIME,
          integration: { name: 'Instagram Business', slug: 'instagram_business' },
        },
      },
    });
  });

  it('of another customer does not exist', async () => {
    const other = await create();
    const headers = { ...MERCHANT, 'x-customer-token': other.api_token };
    const path = `/api/customer-integrations/${INTEGRATIONS.instagram_business}`;
    const { session_uuid } = await session({}, headers);
    for (const what of [`GET ${path}`, `DELETE ${path}?session_id=${session_uuid}`]) {
      expect(await mock.call(what, { headers })).toMatchObject({ status: 404 });
    }
    const json = GET_DATA;
    expect(await mock.call('POST /api/metrics/get-data', { headers, json })).toMatchObject({
      status: 404,
      body: { message: 'Customer integration not found' },
    });
  });

  it('is connected through the link of a session, asked for data and deleted', async () => {
    const { uuid: customer_uuid, api_token } = await create('Harbour Café');
    const headers = { ...MERCHANT, 'x-customer-token': api_token };
    const opened = await session({ redirect_url: 'https://app.test/done' }, headers);
    expect(opened).toEqual({
      session_uuid: UUID,
      session_link: `${mock.url}/__mock/sessions/${opened['session_uuid']}`,
      expires_at: TIME,
      merchant: 'Example Merchant',
      merchant_uuid: UUID,
      customer: 'Harbour Café',
      customer_uuid,
      redirect_url: 'https://app.test/done',
    });
    const link = `/__mock/sessions/${opened['session_uuid']}`;
    expect(await mock.call(`GET ${link}`)).toMatchObject({ status: 200 });
    expect(await mock.call(`POST ${link}`, { json: { slug: 'myspace' } })).toMatchObject({
      status: 422,
    });
    expect(await mock.call(`POST ${link}`, { text: 'null' })).toMatchObject({ status: 422 });
    expect(await mock.call(`POST ${link}`, { text: '{' })).toMatchObject({ status: 400 });
    const connected = await mock.call(`POST ${link}`, {
      json: { slug: 'facebook_ads', source_name: 'harbour-ads' },
    });
    expect(connected.status).toBe(201);

    const listed = await mock.call('GET /api/customer-integrations', { headers });
    const [integration] = (listed.body as { data: [{ uuid: string }] }).data;
    expect(integration).toMatchObject({
      source_name: 'harbour-ads',
      status: 'active',
      integration: { slug: 'facebook_ads' },
    });
    const json = { ...GET_DATA, customer_integration: integration.uuid };
    const data = await mock.call('POST /api/metrics/get-data', { headers, json });
    expect(data.status).toBe(200);

    const path = `/api/customer-integrations/${integration.uuid}`;
    const foreign = (await session())['session_uuid'];
    expect(await mock.call(`DELETE ${path}?session_id=${foreign}`, { headers })).toMatchObject({
      status: 401,
      body: { message: 'This session has expired.' },
    });
    expect(await mock.call(`DELETE ${path}`, { headers })).toMatchObject({
      status: 422,
      body: { errors: { session_id: ['The session_id field is required.'] } },
    });
    const gone = `DELETE ${path}?session_id=${opened['session_uuid']}`;
    expect(await mock.call(gone, { headers })).toMatchObject({
      status: 200,
      body: { success: true },
    });
    expect(await mock.call(gone, { headers })).toMatchObject({ status: 404 });
  });

  it('cannot be connected or deleted once the session has expired', async () => {
    let now = new Date('2024-01-01T00:00:00Z');
    await using own = await startTested({ now: () => now });
    const open = async (json?: object): Promise<string> => {
      const answer = await own.call('POST /customer-integrations/session', {
        headers: CUSTOMER,
        json,
      });
      const { body } = answer as { body: { integration_session: Record<string, string> } };
      return body.integration_session['session_uuid'] ?? '';
    };
    const five = await open();
    const thirty = await open({ expires_in_minutes: 30 });
    now = new Date('2024-01-01T00:05:00Z');
    const path = `/customer-integrations/${INTEGRATIONS.google_analytics_4}`;
    expect(await own.call(`GET /__mock/sessions/${five}`)).toMatchObject({ status: 401 });
    expect(
      await own.call(`DELETE ${path}?session_id=${five}`, { headers: CUSTOMER }),
    ).toMatchObject({
      status: 401,
    });
    expect(
      await own.call(`DELETE ${path}?session_id=${thirty}`, { headers: CUSTOMER }),
    ).toMatchObject({
      status: 200,
    });
  });

  it('session is not made of nonsense', async () => {
    const what = 'POST /api/customer-integrations/session';
    for (const json of [{ expires_in_minutes: 0 }, { expires_in_minutes: 1e300 }, { limits: 1 }]) {
      const answer = await mock.call(what, { headers: CUSTOMER, json });
      expect(answer).toMatchObject({
        status: 422,
        body: { errors: { [Object.keys(json)[0] ?? '']: {} } },
      });
    }
  });
});

describe('another route', () => {
  it('is answered in the shape of Connect', async () => {
    expect(await mock.call('PATCH /api/customers')).toMatchObject({
      status: 405,
      body: { message: 'PATCH is not allowed here, only GET, POST' },
    });
    expect(await mock.call('GET /api/metrics')).toMatchObject({
      status: 404,
      body: { message: 'There is nothing at /api/metrics' },
    });
  });

  it('is the same with and without /api', async () => {
    const [a, b] = await Promise.all(
      ['/api', ''].map((base) =>
        mock.call(`GET ${base}/customers/settings`, { headers: CUSTOMER }),
      ),
    );
    expect([a?.status, a?.body]).toEqual([b?.status, b?.body]);
    expect(a?.status).toBe(200);
  });
});

describe('malformed requests', () => {
  it.each([
    ['{', 'application/json', 400, /not valid JSON/],
    ['{}', 'text/plain', 415, /Content-Type/],
    ['', 'application/json', 422, /body field is required/],
    ['[]', 'application/json', 422, /body field must be object/],
  ])('%j as %s is answered by %i', async (text, type, status, message) => {
    const headers = { ...CUSTOMER, 'Content-Type': type };
    for (const path of ['customers', 'metrics/get-data', 'metrics/get-data-async']) {
      const answer = await mock.call(`POST /api/${path}`, { headers, text });
      expect(answer).toMatchObject({ status, body: { message: expect.stringMatching(message) } });
    }
  });
});
