import { describe, expect, it } from 'vitest';
import { byField } from '../../../src/mock/contract/failures.ts';
import { firstViolation, isLarge } from '../../../src/mock/contract/large.ts';
import { loadOperations, type Operation } from '../../../src/mock/contract/operations.ts';
import { narrow } from '../../../src/mock/contract/unions.ts';
import {
  requestViolations,
  responseFor,
  responseViolations,
  schemaViolations,
} from '../../../src/mock/contract/validate.ts';
import { EVENT, GET_DATA, USER_COUNT } from './support.ts';

const operations = loadOperations('reo', 'reportei');
const operation = (id: string): Operation => {
  const found = operations.find((one) => one.id === id);
  if (!found) throw new Error(`There is no ${id}`);
  return found;
};

/** What is wrong with a request, in the words that its sender sees. */
function told(
  id: string,
  body: unknown,
  query: Record<string, string> = {},
  params: Record<string, string> = {},
): object {
  const violations = requestViolations(operation(id), { body, url: { query } }, params);
  return Object.fromEntries(byField(violations));
}

describe('a request', () => {
  const payload = EVENT;
  const [metric, ...others] = GET_DATA.metrics;

  it.each<[string, object]>([
    ['sendUsage', told('sendUsage', { payload })],
    ['getData', told('getData', GET_DATA)],
    ['listCustomers', told('listCustomers', undefined, { page: '2', per_page: '100' })],
  ])('of %s that is right has no problem', (_id, problems) => {
    expect(problems).toEqual({});
  });

  it.each<[object, object]>([
    [told('sendUsage', undefined), { body: 'is required' }],
    [told('sendUsage', null), { body: 'must be object' }],
    [told('sendUsage', {}), { payload: 'is required' }],
    [
      told('sendUsage', { payload: { ...payload, event_at: '1' } }),
      { 'payload.event_at': 'must be integer' },
    ],
    [
      told('sendUsage', { payload: { ...payload, event_at: 1.5 } }),
      { 'payload.event_at': expect.stringContaining('must be integer') },
    ],
    [told('getData', { ...GET_DATA, start: 5 }), { start: 'must be string' }],
    [told('getData', { ...GET_DATA, metrics: [] }), { metrics: 'must not be empty' }],
    [
      told('getData', { ...GET_DATA, metrics: [{ ...metric, id: 'x' }, ...others] }),
      { 'metrics.0.id': 'must be a UUID' },
    ],
    [
      told('getData', { ...GET_DATA, comparison_start: '2024-01-01' }),
      { comparison_end: 'is required' },
    ],
    [told('listCustomers', undefined, { page: 'x' }), { page: 'must be integer' }],
    [told('listCustomers', undefined, { per_page: '101' }), { per_page: 'must be <= 100' }],
  ])('that is wrong is told by field, in plain words: %#', (problems, expected) => {
    expect(problems).toEqual(expected);
  });
});

describe('an answer', () => {
  const answered = (status: number, body: unknown, type = 'application/json'): readonly string[] =>
    responseViolations(operation('sendUsage'), {
      status,
      headers: type === '' ? {} : { 'content-type': type },
      body,
    }).map(({ message }) => message);
  const GOOD = { response_code: '200', response: 'x', status: 'success' };

  it('is looked at by status, type and body', () => {
    expect(answered(200, GOOD)).toEqual([]);
    expect(answered(200, GOOD, 'Application/JSON ; charset=utf-8')).toEqual([]);
    expect(answered(200, {})).toContain("Response body must have required property 'status'");
    expect(answered(200, '<html>', 'text/html')).toEqual([
      'the Content-Type is text/html, not application/json',
    ]);
    expect(answered(200, undefined, '')).toEqual([
      'the Content-Type is missing, not application/json',
    ]);
    expect(answered(200, undefined)).not.toEqual([]);
  });

  it('of an unknown status is told as such', () => {
    const { http } = operation('sendUsage');
    const only = {
      ...operation('sendUsage'),
      http: { ...http, responses: http.responses.filter(({ code }) => code === '200') },
    } as Operation;
    expect(responseViolations(only, { status: 299, headers: {}, body: '' })).toEqual([
      { message: '299 is not a documented status' },
    ]);
  });
});

it('a status finds itself, then its class, then the default', () => {
  const codes = (...list: string[]): Parameters<typeof responseFor>[0] =>
    list.map((code) => ({ id: code, code }));
  const all = codes('default', '4xx', '404', '5XX');
  expect([200, 404, 400, 499, 503, 600].map((status) => responseFor(all, status)?.code)).toEqual([
    'default',
    '404',
    '4xx',
    '4xx',
    '5XX',
    'default',
  ]);
  expect(responseFor(codes('200', '4XX'), 500)).toBeUndefined();
  expect(responseFor([], 200)).toBeUndefined();
});

describe('a large body', () => {
  const schema = operation('getData').http.request?.body?.contents?.[0]?.schema as object;
  const [metric] = GET_DATA.metrics;
  const large = (n: number, item: unknown): object => ({
    ...GET_DATA,
    metrics: Array(n).fill(item),
  });

  it('is one of many values, however they lie', () => {
    const wide = Array(5_001).fill(0);
    let nested: unknown = 0;
    for (let i = 0; i < 900; i += 1) nested = [nested, 1, 2, 3, 4, 5];
    for (const body of [
      wide,
      { a: wide },
      { a: { b: [[wide]] } },
      nested,
      Object.fromEntries(wide.map((_, i) => [i, 1])),
    ]) {
      expect(isLarge(body)).toBe(true);
    }
    for (const body of [
      undefined,
      null,
      0,
      'x'.repeat(1e6),
      [],
      {},
      GET_DATA,
      Array(5_000).fill(0),
    ]) {
      expect(isLarge(body)).toBe(false);
    }
  });

  it('is judged as a small one is, and told by its first problem, in the same words', () => {
    expect(schemaViolations(schema, large(5_000, metric))).toEqual([]);
    for (const wrong of [
      1,
      {},
      { ...metric, id: 1 },
      { ...metric, metrics: [''] },
      { ...metric, reference_key: '' },
    ]) {
      const small = schemaViolations(schema, large(1, wrong));
      const [first] = schemaViolations(schema, large(5_001, wrong));
      expect(small).toContainEqual(first);
      expect(firstViolation(schema, large(1, wrong), 0)).toContainEqual(first);
      // Also where the wrong one is far behind.
      const late = { ...GET_DATA, metrics: [...Array(5_001).fill(metric), wrong] };
      expect(schemaViolations(schema, late)[0]?.message).toContain('metrics.5001');
    }
  });

  it('takes no more than moments and memory that is there', () => {
    const begun = performance.now();
    for (const wrong of [1, {}, [], 'x']) {
      expect(schemaViolations(schema, large(1_000_000, wrong)).length).toBeLessThan(20);
    }
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});

it('a union is looked at by the branch that was meant, which is compiled once', () => {
  const schema = operation('sendAggregateUsage').http.request?.body?.contents?.[0]?.schema;
  const wrong = { payload: { ...USER_COUNT, count: 'x' } };
  expect(narrow(schema, wrong)).toMatchObject({
    violations: [{ path: ['body', 'payload', 'count'] }],
  });
  expect(narrow(schema, { payload: { mode: '__proto__' } })).toEqual({
    tag: 'mode',
    allowed: expect.arrayContaining(['USER', 'DOMAIN']),
  });
  expect(narrow(schema, { payload: null })).toBeUndefined();
  // Compiling takes milliseconds, and Ajv never forgets a schema.
  const begun = performance.now();
  for (let i = 0; i < 1_000; i += 1) narrow(schema, wrong);
  expect(performance.now() - begun).toBeLessThan(500);
});
