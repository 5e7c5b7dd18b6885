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
  type Answered,
  type Sent,
  type TestedMock,
} from '../unit/mock/support.ts';
import { isObject, loadDocument, type JsonObject, type OpenApiDocument } from './documents.ts';

// The same requests go to plain Prism, which knows nothing but the contracts, and to the emulator.
// Where they part, the list below has to say so, or one of them has left the contract.

interface Request extends Sent {
  readonly name: string;
  readonly what: string;
}

const UNKNOWN = '073c1e15-94d0-49b3-9861-a0e9b7ffb06c';
const KNOWN = 'a3c1f6de-52c8-4b0e-9d57-6f0e0b7c2a11';
const INTEGRATION = INTEGRATIONS.instagram_business;
const WEBHOOK = { ...GET_DATA, metrics_webhook_url: 'http://127.0.0.1:9/' };
const USAGE = 'POST /api/product/usage';
const COUNT = 'POST /api/product/aggregateusage';
const TEXT = { 'Content-Type': 'text/plain' };

const REO_REQUESTS: readonly Request[] = [
  { name: 'an event', what: USAGE, headers: REO, json: { payload: EVENT } },
  {
    name: 'an event with a number as id',
    what: USAGE,
    headers: REO,
    json: { payload: { ...EVENT, event_id: 1 } },
  },
  {
    name: 'an event with more keys',
    what: USAGE,
    headers: REO,
    json: { payload: { ...EVENT, more: 1 } },
  },
  { name: 'a count by user', what: COUNT, headers: REO, json: { payload: USER_COUNT } },
  { name: 'a count by domain', what: COUNT, headers: REO, json: { payload: DOMAIN_COUNT } },
  { name: 'no key', what: USAGE, json: { payload: EVENT } },
  { name: 'no key to a count', what: COUNT, json: { payload: USER_COUNT } },
  { name: 'a wrong key', what: USAGE, headers: { 'X-API-KEY': 'x' }, json: { payload: EVENT } },
  { name: 'no key, and a bad body', what: USAGE, json: {} },
  {
    name: 'an invalid mode',
    what: COUNT,
    headers: REO,
    json: { payload: { ...USER_COUNT, mode: 'X' } },
  },
  {
    name: 'no mode',
    what: COUNT,
    headers: REO,
    json: { payload: { ...USER_COUNT, mode: undefined } },
  },
  {
    name: 'a count without count',
    what: COUNT,
    headers: REO,
    json: { payload: { ...USER_COUNT, count: undefined } },
  },
  {
    name: 'an event without product',
    what: USAGE,
    headers: REO,
    json: { payload: { ...EVENT, product_id: undefined } },
  },
  {
    name: 'milliseconds',
    what: USAGE,
    headers: REO,
    json: { payload: { ...EVENT, event_at: Date.now() } },
  },
  { name: 'no envelope', what: USAGE, headers: REO, json: EVENT },
  { name: 'a list', what: USAGE, headers: REO, json: [] },
  { name: 'null', what: USAGE, headers: REO, text: 'null' },
  { name: 'nothing', what: USAGE, headers: REO, text: '' },
  { name: 'malformed JSON', what: USAGE, headers: REO, text: '{"payload":' },
  { name: 'malformed JSON without a key', what: USAGE, text: '{"payload":' },
  { name: 'an event as text', what: USAGE, headers: { ...REO, ...TEXT }, json: { payload: EVENT } },
  { name: 'another method', what: 'GET /api/product/usage', headers: REO },
  { name: 'another path', what: 'POST /api/product/other', headers: REO },
];

const CONNECT_REQUESTS: readonly Request[] = [
  { name: 'get-data', what: 'POST /metrics/get-data', headers: CUSTOMER, json: GET_DATA },
  {
    name: 'get-data of other ids',
    what: 'POST /metrics/get-data',
    headers: CUSTOMER,
    json: { ...GET_DATA, metrics: [{ ...GET_DATA.metrics[0], id: UNKNOWN }] },
  },
  {
    name: 'get-data with comparison',
    what: 'POST /metrics/get-data',
    headers: CUSTOMER,
    json: { ...GET_DATA, comparison_start: '2023-01-01', comparison_end: '2023-02-01' },
  },
  {
    name: 'get-data of an unknown integration',
    what: 'POST /metrics/get-data',
    headers: CUSTOMER,
    json: { ...GET_DATA, customer_integration: UNKNOWN },
  },
  {
    name: 'get-data that ends before it starts',
    what: 'POST /metrics/get-data',
    headers: CUSTOMER,
    json: { ...GET_DATA, end: '2020-01-01' },
  },
  {
    name: 'get-data without metrics',
    what: 'POST /metrics/get-data',
    headers: CUSTOMER,
    json: { ...GET_DATA, metrics: [] },
  },
  {
    name: 'get-data with half a comparison',
    what: 'POST /metrics/get-data',
    headers: CUSTOMER,
    json: { ...GET_DATA, comparison_end: '2023-02-01' },
  },
  { name: 'get-data of nothing', what: 'POST /metrics/get-data', headers: CUSTOMER, text: '' },
  {
    name: 'get-data of malformed JSON',
    what: 'POST /metrics/get-data',
    headers: CUSTOMER,
    text: '{',
  },
  {
    name: 'get-data as text',
    what: 'POST /metrics/get-data',
    headers: { ...CUSTOMER, ...TEXT },
    json: GET_DATA,
  },
  {
    name: 'get-data without a customer',
    what: 'POST /metrics/get-data',
    headers: MERCHANT,
    json: GET_DATA,
  },
  {
    name: 'get-data without a merchant',
    what: 'POST /metrics/get-data',
    headers: { 'x-customer-token': 'test_customer_token' },
    json: GET_DATA,
  },
  {
    name: 'get-data of a wrong customer',
    what: 'POST /metrics/get-data',
    headers: { ...MERCHANT, 'x-customer-token': 'x' },
    json: GET_DATA,
  },
  {
    name: 'get-data-async',
    what: 'POST /metrics/get-data-async',
    headers: CUSTOMER,
    json: WEBHOOK,
  },
  {
    name: 'get-data-async without a target',
    what: 'POST /metrics/get-data-async',
    headers: CUSTOMER,
    json: GET_DATA,
  },
  { name: 'the merchant', what: 'GET /merchants/settings', headers: MERCHANT },
  { name: 'the merchant without a token', what: 'GET /merchants/settings' },
  {
    name: 'the merchant with a wrong token',
    what: 'GET /merchants/settings',
    headers: { Authorization: 'Bearer x' },
  },
  { name: 'a list', what: 'GET /customers', headers: MERCHANT },
  { name: 'page 2', what: 'GET /customers?page=2&per_page=100', headers: MERCHANT },
  { name: 'page 0', what: 'GET /customers?page=0', headers: MERCHANT },
  { name: 'pages of 101', what: 'GET /customers?per_page=101', headers: MERCHANT },
  { name: 'a new customer', what: 'POST /customers', headers: MERCHANT, json: { name: 'x' } },
  { name: 'a new customer without a name', what: 'POST /customers', headers: MERCHANT, json: {} },
  { name: 'a customer', what: `GET /customers/${KNOWN}`, headers: MERCHANT },
  { name: 'an unknown customer', what: `GET /customers/${UNKNOWN}`, headers: MERCHANT },
  { name: 'a customer by number', what: 'GET /customers/1', headers: MERCHANT },
  { name: 'a new name', what: `PUT /customers/${KNOWN}`, headers: MERCHANT, json: { name: 'x' } },
  { name: 'an empty name', what: `PUT /customers/${KNOWN}`, headers: MERCHANT, json: { name: '' } },
  {
    name: 'a payment',
    what: `POST /customers/${KNOWN}/update-payment-status`,
    headers: MERCHANT,
    json: { is_paying: true },
  },
  {
    name: 'half a payment',
    what: `POST /customers/${KNOWN}/update-payment-status`,
    headers: MERCHANT,
    json: { is_paying: 'yes' },
  },
  { name: 'the settings', what: 'GET /customers/settings', headers: CUSTOMER },
  { name: 'the settings of nobody', what: 'GET /customers/settings', headers: MERCHANT },
  {
    name: 'the integrations',
    what: 'GET /customer-integrations?status=active&source_name=x',
    headers: CUSTOMER,
  },
  { name: 'an integration', what: `GET /customer-integrations/${INTEGRATION}`, headers: CUSTOMER },
  {
    name: 'a session',
    what: 'POST /customer-integrations/session',
    headers: CUSTOMER,
    json: { locale: 'en' },
  },
  {
    name: 'a session without a body',
    what: 'POST /customer-integrations/session',
    headers: CUSTOMER,
  },
  {
    name: 'a session of no time',
    what: 'POST /customer-integrations/session',
    headers: CUSTOMER,
    json: { expires_in_minutes: 0 },
  },
  {
    name: 'a deletion without session',
    what: `DELETE /customer-integrations/${INTEGRATION}`,
    headers: CUSTOMER,
  },
  {
    name: 'a deletion with an unknown session',
    what: `DELETE /customer-integrations/${INTEGRATION}?session_id=${UNKNOWN}`,
    headers: CUSTOMER,
  },
  { name: 'the end of a customer', what: `DELETE /customers/${KNOWN}`, headers: MERCHANT },
  { name: 'the end of a customer again', what: `DELETE /customers/${KNOWN}`, headers: MERCHANT },
  { name: 'another method', what: 'PATCH /customers', headers: MERCHANT },
  { name: 'another path', what: 'GET /nothing', headers: MERCHANT },
];

interface Difference {
  /** The requests, by name. */
  readonly requests: readonly string[];
  /** What each side answers, as `verdict` writes it. */
  readonly plain: string;
  readonly emulator: string;
  readonly reason: string;
}

/** Where no operation fits, Prism answers in its own words and the emulator in the API's. */
const NO_OPERATION: readonly Difference[] = [404, 405].map((status) => ({
  requests: [status === 404 ? 'another path' : 'another method'],
  plain: `${status}, not of the contract`,
  emulator: `${status}`,
  reason: 'Where no operation fits, Prism answers in its own words, the emulator in the API’s',
}));

/** Every way in which the emulator may part from plain Prism. */
export const REO_DIFFERENCES: readonly Difference[] = [
  {
    requests: ['no key', 'no key to a count', 'no key, and a bad body'],
    plain: '401',
    emulator: '400',
    reason: 'Prism answers every missing credential by 401; the vendor’s code for it is 400',
  },
  {
    requests: ['a wrong key'],
    plain: '200',
    emulator: '400',
    reason: 'Prism never looks at the value of a key',
  },
  {
    requests: ['malformed JSON', 'malformed JSON without a key'],
    plain: '400, not of the contract',
    emulator: '400',
    reason: 'Prism gives up before it looks at the contract, with a body of its own',
  },
  {
    requests: ['an event as text'],
    plain: '400',
    emulator: '415',
    reason:
      'The contract names no 415, so Prism takes what is nearest; the emulator says what it is',
  },
  ...NO_OPERATION,
];

export const CONNECT_DIFFERENCES: readonly Difference[] = [
  {
    requests: ['get-data of a wrong customer', 'the merchant with a wrong token'],
    plain: '200',
    emulator: '401',
    reason: 'Prism never looks at the value of a token',
  },
  {
    requests: ['get-data of other ids'],
    plain: '200, other ids',
    emulator: '200',
    reason: 'Prism answers the first example whatever is asked',
  },
  {
    requests: [
      'get-data of an unknown integration',
      'an unknown customer',
      'the end of a customer again',
    ],
    plain: '200',
    emulator: '404',
    reason: 'Prism knows of nothing what exists',
  },
  {
    requests: ['a deletion with an unknown session'],
    plain: '200',
    emulator: '401',
    reason: 'Prism knows of no session whether it lives',
  },
  {
    requests: ['get-data that ends before it starts'],
    plain: '200',
    emulator: '422',
    reason: 'A schema cannot compare two fields',
  },
  {
    requests: ['get-data as text'],
    plain: '422',
    emulator: '415',
    reason:
      'The contract names no 415, so Prism takes what is nearest; the emulator says what it is',
  },
  ...NO_OPERATION,
];

describe.each([
  { name: 'reo', requests: REO_REQUESTS, differences: REO_DIFFERENCES },
  { name: 'reportei', requests: CONNECT_REQUESTS, differences: CONNECT_DIFFERENCES },
] as const)('$name', ({ name, requests, differences }) => {
  const contract = loadDocument(name);
  let plain: PlainPrism;
  let mock: TestedMock;
  beforeAll(async () => {
    plain = await startPrism(name);
    mock = await startTested();
  });
  afterAll(async () => {
    await plain[Symbol.asyncDispose]();
    await mock.close();
  });

  it.each(requests)('$name', async (request) => {
    const found = {
      plain: verdict(contract, request, await call(plain.url, request.what, request)),
      emulator: verdict(contract, request, await mock.call(request.what, request)),
    };
    const listed = differences.find(({ requests }) => requests.includes(request.name));
    const same = { plain: found.emulator, emulator: found.emulator };
    expect(found).toEqual(listed ? { plain: listed.plain, emulator: listed.emulator } : same);
  });

  it('has no difference in its list that is none', () => {
    const names = requests.map((one) => one.name);
    expect(new Set(names).size).toBe(names.length);
    const listed = differences.flatMap((one) => one.requests);
    expect(listed.filter((one) => !names.includes(one))).toEqual([]);
    expect(new Set(listed).size).toBe(listed.length);
    expect(differences.filter((one) => one.plain === one.emulator)).toEqual([]);
  });
});

/** The status, and what is wrong with the body, if anything is. */
function verdict(contract: OpenApiDocument, request: Request, { status, body }: Answered): string {
  const schema = schemaOf(contract, request.what, status);
  if (!contract.validator(schema)(body)) return `${status}, not of the contract`;
  const asked = (request.json as Partial<typeof GET_DATA> | undefined)?.metrics ?? [];
  if (request.what.endsWith('/get-data') && status === 200) {
    const ids = Object.keys(body as object).join();
    if (ids !== asked.map(({ id }) => id).join()) return `${status}, other ids`;
  }
  return `${status}`;
}

/** The schema of an answer; where no operation fits, that of the API's usual failure. */
function schemaOf({ name, root }: OpenApiDocument, what: string, status: number): string {
  const [method = '', target = ''] = what.split(' ');
  const path = (target.split('?')[0] ?? '').split('/');
  const paths = root['paths'] as JsonObject;
  const template = Object.keys(paths)
    // Fewer placeholders first: /customers/settings is no customer.
    .toSorted((a, b) => a.split('{').length - b.split('{').length)
    .find((one) => {
      const parts = one.split('/');
      return (
        parts.length === path.length &&
        parts.every((part, i) => part === path[i] || part.startsWith('{'))
      );
    });
  const operation = (paths[template ?? ''] as JsonObject | undefined)?.[method.toLowerCase()];
  if (!isObject(operation)) return name === 'reo' ? 'FailureAnswer' : 'ErrorMessage';

  const responses = operation['responses'] as JsonObject;
  const code = String(status) in responses ? String(status) : 'default';
  const { $ref } = responses[code] as JsonObject;
  const escaped = encodeURIComponent((template ?? '').replaceAll('/', '~1'));
  const place =
    typeof $ref === 'string'
      ? $ref.slice(1)
      : `/paths/${escaped}/${method.toLowerCase()}/responses/${code}`;
  return `${place}/content/application~1json/schema`;
}
