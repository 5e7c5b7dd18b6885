import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOMAIN_COUNT, EVENT, GET_DATA, USER_COUNT } from '../unit/mock/support.ts';
import {
  COUNT,
  KEYS,
  METRICS,
  SESSION,
  USAGE,
  expectInContract,
  guard,
  shoot,
  theMock,
} from './hostile-mock-support.ts';

guard();

describe('a path', () => {
  const PATHS = [
    '/',
    '//',
    '///',
    '/%',
    '/%0',
    '/%zz',
    '/%00',
    '/%ff',
    '/%E0%A4%A',
    '/%c0%ae%c0%ae/',
    '/..',
    '/../../etc/passwd',
    '/%2e%2e/%2e%2e',
    '/api',
    '/api/',
    '/api//',
    '//api/customers',
    '/api/api/customers',
    '/API/CUSTOMERS',
    '/customers/',
    '/customers//',
    '/customers/%2f',
    '/customers/..%2f',
    '/customers/%0d%0aX-Injected:%201',
    '/customers/<script>',
    '/customers/"',
    '/customers/\\',
    '/customers/;',
    '/customers/a/b/c/d/e',
    '/customers/__proto__',
    '/customers/constructor',
    '/customers/{customer_uuid}',
    '/customers/null',
    '/customers/%F0%9F%92%A9',
    '/product',
    '/api/product',
    '/api/product/',
    '/api/product/usage/',
    '/api/product/usage/..',
    '/api/product/Usage',
    '/api/productx',
    '/customer-integrations/%',
    '/metrics',
    '/metrics/get-data/',
    '/favicon.ico',
    '/robots.txt',
    '/.git/config',
    '/metrics/get-data;x',
    '/customers?',
    '/customers??',
    '/customers?page',
    '/customers?page=',
    '/customers?page=-1',
    '/customers?page=0',
    '/customers?page=1e9',
    '/customers?page=99999999999999999999',
    '/customers?page=NaN',
    '/customers?page=1&page=x',
    '/customers?page[]=1',
    '/customers?page[a]=1',
    '/customers?per_page=100000',
    '/customers?%',
    '/customers?%=%',
    '/customers?a=%E0%A4%A',
    '/customers?__proto__=1',
    '/customers?__proto__[x]=1',
    '/customers?constructor[prototype][x]=1',
    '/customers?&&&===',
    '/customers?a=\u0000'.replace('\u0000', '%00'),
    `/customers?${'a&'.repeat(6_000)}`,
    `/customers?page=${'1'.repeat(12_000)}`,
    `/${'a'.repeat(12_000)}`,
    `/${'a/'.repeat(6_000)}`,
    `/${'%25'.repeat(4_000)}`,
    '/customers#?page=x',
    '/#',
    '/?#',
    '*',
    'http://localhost/customers',
    'http://evil.test/customers',
    'https://evil.test',
    'HTTP://evil.test?x',
    'http:///customers',
    'http://user:pw@evil.test/customers',
    'http://[::1]/customers',
    '/é',
    '/customers?é=é',
  ];
  it.each(PATHS.flatMap((path) => ['GET', 'DELETE'].map((method) => [method, path] as const)))(
    '%s %j is answered within the contract',
    async (method, path) => {
      const answer = await shoot(path, { method });
      if (path === '/é' || path === '/customers?é=é')
        return expect(answer.status).toBeLessThan(500);
      expectInContract(path, answer);
      expect(answer.head).not.toMatch(/X-Injected/i);
    },
  );
});

describe('of any kind', () => {
  it('a request gets an answer within the contract', async () => {
    const key = fc.oneof(
      fc.constantFrom(
        'payload',
        'mode',
        'count',
        'metrics',
        'id',
        'component',
        'dimensions',
        'start',
        'end',
        'customer_integration',
        '__proto__',
        'constructor',
        'meta',
        'limits',
        'name',
      ),
      fc.string({ unit: 'binary' }),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium' },
        fc.constantFrom('USER', 'DOMAIN', 'number_v1', '2024-01-01', GET_DATA.customer_integration),
        fc.double(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.string({ unit: 'binary' }),
        fc.array(tie('value')),
        fc.dictionary(key, tie('value')),
      ),
    }));
    const mutated = fc
      .constantFrom<object>(
        { payload: EVENT },
        { payload: USER_COUNT },
        { payload: DOMAIN_COUNT },
        GET_DATA,
      )
      .chain((right) =>
        fc.tuple(key, value).map(([name, odd]) => ({
          ...right,
          [name]: odd,
          ...('payload' in right ? { payload: { ...(right.payload as object), [name]: odd } } : {}),
        })),
      );
    const body = fc.oneof(
      mutated.map((one) => JSON.stringify(one)),
      value.map((one) => JSON.stringify(one)),
      fc.string({ unit: 'binary' }),
    );
    const header = fc.dictionary(
      fc
        .stringMatching(/^[a-zA-Z_-]{1,12}$/)
        .filter(
          (name) =>
            !/^(connection|content|host|transfer|expect|upgrade|te|trailer|origin|access|keep|via)/i.test(
              name,
            ),
        ),
      fc.stringMatching(/^[\x21-\x7e]{0,30}$/),
      { maxKeys: 3 },
    );
    const path = fc.oneof(
      fc.constantFrom(
        USAGE,
        COUNT,
        METRICS,
        `${METRICS}-async`,
        SESSION,
        '/customers',
        '/customers/settings',
      ),
      fc.webPath(),
    );
    const query = fc.oneof(
      fc.constant(''),
      fc.webQueryParameters().map((text) => `?${text}`),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('POST', 'GET', 'PUT', 'DELETE', 'PATCH'),
        path,
        query,
        header,
        body,
        async (method, where, search, headers, text) => {
          const target = `${where || '/'}${search}`;
          if (target.startsWith('/__mock')) return;
          const answer = await theMock().fetch(target, {
            method,
            headers: { 'content-type': 'application/json', ...KEYS, ...headers },
            ...(method === 'GET' ? {} : { body: text }),
          });
          const arrived = { status: answer.status, head: '', body: await answer.text() };
          expectInContract(new URL(`http://localhost${target}`).pathname, arrived);
        },
      ),
      { numRuns: 1_000 },
    );
  }, 60_000);
});
