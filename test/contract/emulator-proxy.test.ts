import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INTEGRATIONS } from '../../src/mock/index.ts';
import { startPrism, type PlainPrism } from '../support/prism.ts';
import {
  call,
  CUSTOMER,
  DOMAIN_COUNT,
  EVENT,
  GET_DATA,
  MERCHANT,
  REO,
  startTested,
  USER_COUNT,
  type Sent,
  type TestedMock,
} from '../unit/mock/support.ts';

// Prism stands between a client and the emulator as `prism proxy --errors` does: it turns a
// request or an answer that breaks the contract into an error of its own.

let mock: TestedMock;
let reo: PlainPrism;
let connect: PlainPrism;
beforeAll(async () => {
  mock = await startTested();
  reo = await startPrism('reo', mock.url);
  connect = await startPrism('reportei', mock.url);
});
afterAll(async () => {
  await reo[Symbol.asyncDispose]();
  await connect[Symbol.asyncDispose]();
  await mock.close();
});

const WRONG = { Authorization: 'Bearer x', 'x-customer-token': 'x' };
const UNKNOWN = '073c1e15-94d0-49b3-9861-a0e9b7ffb06c';
const KNOWN = 'a3c1f6de-52c8-4b0e-9d57-6f0e0b7c2a11';
const USAGE = 'POST /api/product/usage';
const COUNT = 'POST /api/product/aggregateusage';

describe('through a proxy that looks at both directions, nothing breaks the contract', () => {
  it.each<[string, Sent, number]>([
    [USAGE, { headers: REO, json: { payload: { ...EVENT, event_id: 1 } } }, 200],
    [USAGE, { headers: { 'X-API-KEY': 'x' }, json: { payload: EVENT } }, 400],
    [COUNT, { headers: REO, json: { payload: USER_COUNT } }, 200],
    [COUNT, { headers: REO, json: { payload: DOMAIN_COUNT } }, 200],
    [COUNT, { headers: { 'X-API-KEY': 'x' }, json: { payload: USER_COUNT } }, 400],
  ])('%s', async (what, sent, status) => {
    const answer = await call(reo.url, what, sent);
    expect([answer.status, answer.headers.get('sl-violations')]).toEqual([status, null]);
  });

  const compared = { ...GET_DATA, comparison_start: '2023-01-01', comparison_end: '2023-09-01' };
  it.each<[string, Sent, number]>([
    ['POST /metrics/get-data', { headers: CUSTOMER, json: compared }, 200],
    ['POST /metrics/get-data', { headers: WRONG, json: GET_DATA }, 401],
    [
      'POST /metrics/get-data',
      { headers: CUSTOMER, json: { ...GET_DATA, end: '2020-01-01' } },
      422,
    ],
    [
      'POST /metrics/get-data',
      { headers: CUSTOMER, json: { ...GET_DATA, customer_integration: UNKNOWN } },
      404,
    ],
    [
      'POST /metrics/get-data-async',
      { headers: CUSTOMER, json: { ...GET_DATA, metrics_webhook_url: 'http://127.0.0.1:9/' } },
      200,
    ],
    ['GET /merchants/settings', { headers: MERCHANT }, 200],
    ['GET /customers?page=1&per_page=1', { headers: MERCHANT }, 200],
    ['GET /customers?page=9', { headers: MERCHANT }, 200],
    ['GET /customers', { headers: WRONG }, 401],
    ['POST /customers', { headers: MERCHANT, json: { name: 'Café' } }, 201],
    ['GET /customers/settings', { headers: CUSTOMER }, 200],
    ['GET /customers/settings', { headers: { ...MERCHANT, 'x-customer-token': 'x' } }, 401],
    [`GET /customers/${KNOWN}`, { headers: MERCHANT }, 200],
    [`GET /customers/${UNKNOWN}`, { headers: MERCHANT }, 404],
    [`PUT /customers/${KNOWN}`, { headers: MERCHANT, json: { name: 'x' } }, 200],
    [
      `POST /customers/${KNOWN}/update-payment-status`,
      { headers: MERCHANT, json: { is_paying: false } },
      200,
    ],
    ['GET /customer-integrations?status=active', { headers: CUSTOMER }, 200],
    [`GET /customer-integrations/${INTEGRATIONS.instagram_business}`, { headers: CUSTOMER }, 200],
    [`GET /customer-integrations/${UNKNOWN}`, { headers: CUSTOMER }, 404],
    ['POST /customer-integrations/session', { headers: CUSTOMER }, 200],
    [
      'POST /customer-integrations/session',
      { headers: CUSTOMER, json: { redirect_url: 'https://a.test/' } },
      200,
    ],
    [
      `DELETE /customer-integrations/${INTEGRATIONS.google_analytics_4}?session_id=${UNKNOWN}`,
      { headers: CUSTOMER },
      401,
    ],
    [`DELETE /customers/${KNOWN}`, { headers: MERCHANT }, 200],
  ])('%s', async (what, sent, status) => {
    const answer = await call(connect.url, what, sent);
    expect([answer.status, answer.headers.get('sl-violations')]).toEqual([status, null]);
  });
});

it('the proxy would have told', async () => {
  const broken = await call(connect.url, 'POST /customers', { headers: MERCHANT, json: {} });
  expect(broken.status).toBe(422);
  expect(broken.headers.get('content-type')).toContain('problem+json');
});
