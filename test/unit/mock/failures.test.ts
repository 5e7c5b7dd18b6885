import { describe, expect, it } from 'vitest';
import { apiOf, failure, refusal, refusalOf } from '../../../src/mock/contract/failures.ts';

const body = (message: string, code: string, path: string[] = ['body']) => ({
  path,
  code,
  message,
});

describe('apiOf', () => {
  it.each([
    ['/api/product/usage', 'reo'],
    ['/product', 'reo'],
    ['/api/products', 'reportei'],
    ['/api/customers', 'reportei'],
    ['/anything', 'reportei'],
  ])('of %s is %s', (path, api) => {
    expect(apiOf(path)).toBe(api);
  });
});

describe('failure', () => {
  it('has the body that each vendor documents', () => {
    expect(failure('reo', 400, 'Authentication Failure')).toEqual({
      status: 400,
      body: { response_code: 400, response: 'Authentication Failure', status: 'failure' },
    });
    expect(failure('reportei', 404, 'Gone')).toEqual({ status: 404, body: { message: 'Gone' } });
  });
});

describe('refusal', () => {
  const violations = [
    body("Request body must have required property 'start'", 'required'),
    body('Request body property end must match format "date"', 'format', ['body', 'end']),
    body('Request body property end must match pattern "x"', 'pattern', ['body', 'end']),
    body('Request body property end must match a schema in anyOf', 'anyOf', ['body', 'end']),
    body("Request body property metrics.0 must have required property 'id'", 'required', [
      'body',
      'metrics',
      '0',
    ]),
  ];

  it('names each field once, in plain words', () => {
    expect(refusal('reportei', violations)).toEqual({
      status: 422,
      body: {
        message: 'The start field is required. (and 2 more errors)',
        errors: {
          start: ['The start field is required.'],
          end: ['The end field must be a date such as 2024-01-31.'],
          'metrics.0.id': ['The metrics.0.id field is required.'],
        },
      },
    });
    expect(refusal('reo', violations).body).toMatchObject({
      response_code: 400,
      response:
        'start is required; end must be a date such as 2024-01-31; metrics.0.id is required',
    });
  });

  it('says that a union does not fit where nothing else is known', () => {
    const union = [body('Request body must match exactly one schema in oneOf', 'oneOf')];
    expect(refusal('reo', union).body).toMatchObject({
      response: 'body must match exactly one schema in oneOf',
    });
  });

  it('names a missing body and a parameter', () => {
    expect(
      refusal('reo', [{ message: 'Body parameter is required', code: 'required' }]).body,
    ).toMatchObject({ response: 'body is required' });
    expect(
      refusal('reportei', [
        body('Request query parameter per_page must be <= 100', 'maximum', ['query', 'per_page']),
      ]).body,
    ).toMatchObject({ errors: { per_page: ['The per_page field must be <= 100.'] } });
  });

  it.each([
    ["Request body must have required property 'a'", 'a'],
    ["Request body must have required property 'it's'", "it's"],
    ['Request body must have property b when property a is present', 'b'],
  ])('reads %j', (message, field) => {
    expect(refusal('reportei', [body(message, 'required')]).body).toMatchObject({
      errors: { [field]: [`The ${field} field is required.`] },
    });
  });

  it('does not name a million fields', () => {
    const many = Array.from({ length: 5000 }, (_, i) =>
      body(`Request body property a.${i} must be string`, 'type', ['body', 'a', String(i)]),
    );
    const { errors } = refusal('reportei', many).body as { errors: object };
    expect(Object.keys(errors)).toHaveLength(20);
  });

  it('is not confused by a field called __proto__', () => {
    const odd = body('Request body property __proto__ must be string', 'type', [
      'body',
      '__proto__',
    ]);
    const { errors } = refusal('reportei', [odd]).body as { errors: object };
    expect(JSON.stringify(errors)).toBe('{"__proto__":["The __proto__ field must be string."]}');
  });
});

it('refusalOf counts further errors', () => {
  const message = (problems: Record<string, string>): unknown =>
    (refusalOf(problems).body as { message: string }).message;
  expect(message({ a: 'is bad' })).toBe('The a field is bad.');
  expect(message({ a: 'is bad', b: 'too' })).toBe('The a field is bad. (and 1 more error)');
});
