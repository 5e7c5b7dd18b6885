import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson, printable } from '../../../src/mock/exchange.ts';
import { contractPathOf, pathOf, readRequest } from '../../../src/mock/contract/request.ts';

describe('pathOf', () => {
  it.each([
    ['/a/b?c=d', '/a/b'],
    ['/a#b?c', '/a'],
    ['http://127.0.0.1:4010/a?b', '/a'],
    ['HTTPS://host', '/'],
    ['*', '/*'],
    ['', '/'],
    ['//evil.test/a', '//evil.test/a'],
    ['/a\nb', '/a\nb'],
  ])('of %j is %j', (target, path) => {
    expect(pathOf(target)).toBe(path);
  });
});

describe('contractPathOf', () => {
  it.each([
    ['/api/customers', '/customers'],
    ['/customers', '/customers'],
    ['/api/product/usage', '/api/product/usage'],
    // Reo has no address without /api.
    ['/product/usage', '/product/usage'],
    ['/api/products', '/products'],
    ['/api', '/api'],
    ['/api/api/customers', '/api/customers'],
  ])('of %s is %s', (path, contract) => {
    expect(contractPathOf(path)).toBe(contract);
  });
});

describe('readRequest', () => {
  const json = { 'content-type': 'application/json' };
  const read = (changes: object): ReturnType<typeof readRequest> =>
    readRequest({ method: 'POST', target: '/a', headers: json, body: '', ...changes });

  it.each([
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/json ;charset=utf-8',
    'application/problem+json',
  ])('takes %s', (type) => {
    expect(read({ headers: { 'content-type': type }, body: '[1]' })).toMatchObject({ body: [1] });
  });

  it.each(['text/plain', '', 'application/jsonx', 'application/', '\u0000', 'application/x; json'])(
    'refuses %j',
    (type) => {
      const { problem, body } = read({ headers: { 'content-type': type }, body: '[1]' });
      expect(problem?.status).toBe(415);
      expect(body).toBeUndefined();
    },
  );

  it('does not ask for the type of nothing', () => {
    expect(read({ headers: {} })).toMatchObject({ body: undefined, problem: undefined });
  });

  it('takes the last of several query parameters', () => {
    const { url } = read({ target: '/a?page=1&page=2&__proto__=x&b=%zz#c=1' });
    expect(Object.entries(url.query)).toEqual([
      ['page', '2'],
      ['__proto__', 'x'],
      ['b', '%zz'],
    ]);
  });

  it('makes a path that can be decoded', () => {
    fc.assert(
      fc.property(fc.webPath(), fc.string(), (path, rest) => {
        const { url } = read({ target: path + rest });
        expect(() => decodeURIComponent(url.path)).not.toThrow();
      }),
    );
    expect(read({ target: '/a/%E0%A4%A' }).url.path).toBe('/a/%25E0%25A4%25A');
  });

  it('reads anything without throwing', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (target, body, type) => {
        expect(() => read({ target, body, headers: { 'content-type': type } })).not.toThrow();
      }),
    );
  });
});

describe('parseJson', () => {
  it('reads JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual({ value: JSON.parse(text) });
      }),
    );
  });

  it.each(['{', '{"a":1,}', '', '\u0000', '{"a":"\n"}', "{'a':1}", '[1] [2]'])(
    'says what is wrong with %j',
    (text) => {
      expect(parseJson(text)).toEqual({
        status: 400,
        message: expect.stringMatching(/^The body is not valid JSON: [^\n]+$/),
      });
    },
  );

  it('refuses what could not be written again', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(parseJson(nested(1000))).toHaveProperty('value');
    expect(parseJson(nested(1001))).toHaveProperty('status', 400);
    expect(parseJson(nested(200_000))).toHaveProperty('status', 400);
    // Brackets in texts are no nesting.
    expect(parseJson(JSON.stringify(`\\"${nested(2000)}`))).toHaveProperty('value');
  });
});

describe('printable', () => {
  it('is one line of moderate length without control codes', () => {
    expect(printable('a\r\n\u001b[31mb\u2028c\u009bd')).toBe('a [31mb c d');
    expect(printable('x'.repeat(500))).toHaveLength(201);
  });
});
