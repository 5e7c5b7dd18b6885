import { Agent, createServer, request } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMockServer } from '../../src/mock/index.ts';
import {
  CUSTOMER,
  EVENT,
  GET_DATA,
  REO,
  startTested,
  type TestedMock,
} from '../unit/mock/support.ts';

let mock: TestedMock;
beforeAll(async () => {
  mock = await startTested();
});
afterAll(() => mock.close());

/** Sends bytes as they are, and resolves to what came back until the connection ended. */
function raw(text: string | Buffer, port = mock.port): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setTimeout(5000, () => socket.destroy(new Error(`no end after ${answer}`)));
    socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

const get = (headers: string): Promise<string> =>
  raw(`GET /__mock/health HTTP/1.1\r\nConnection: close\r\n${headers}\r\n\r\n`);

describe('a page in a browser', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost',
    'LOCALHOST:80',
    'x.localhost',
    '[::1]:4010',
    '127.9.9.9',
  ])('may use the host %s', async (host) => {
    expect(await get(`Host: ${host}`)).toMatch(/^HTTP\/1.1 200 /);
  });

  it.each([
    'evil.test',
    'localhost.evil.test',
    '127.0.0.1.evil.test',
    'evil.test:4010',
    '192.168.0.1',
    '0.0.0.0',
    '[::2]',
    '',
    'a b',
    'localhost@evil.test',
    'xlocalhost',
  ])('may not use the host %j', async (host) => {
    expect(await get(`Host: ${host}`)).toMatch(/^HTTP\/1.1 403 [^]*does not answer to the host/);
  });

  it('may not leave the host out', async () => {
    expect(await raw('GET /__mock/health HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 403 /);
    expect(await raw('GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  });

  it('may come from the emulator’s own origin only', async () => {
    const own = mock.url;
    const call = (Origin: string): ReturnType<TestedMock['call']> =>
      mock.call('POST /api/product/usage', {
        headers: { ...REO, Origin },
        json: { payload: EVENT },
      });
    expect(await call(own)).toMatchObject({ status: 200 });
    const before = mock.usage.events().length;
    for (const origin of [
      'http://evil.test',
      'null',
      own.replace('http', 'https'),
      `${own}0`,
      'x',
    ]) {
      expect(await call(origin)).toMatchObject({
        status: 403,
        body: { response: expect.stringContaining('other origins'), status: 'failure' },
      });
    }
    expect(mock.usage.events()).toHaveLength(before);
  });

  it('gets no leave to send across', async () => {
    const { status, headers } = await mock.call('OPTIONS /api/customers', {
      headers: { Origin: 'http://evil.test', 'Access-Control-Request-Method': 'POST' },
    });
    expect(status).toBe(403);
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('a body', () => {
  const large = Buffer.alloc(5 * 1024 * 1024, ' ');

  it.each([
    ['with its length', { 'Content-Length': String(large.length) }],
    ['in chunks', { 'Transfer-Encoding': 'chunked' }],
  ])('that is too large %s is refused, and its connection lives on', async (_what, headers) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = (body: Buffer, more: object): Promise<[number | undefined, string]> =>
      new Promise((resolve, reject) => {
        const url = `${mock.url}/api/product/usage`;
        const type = { 'Content-Type': 'application/json' };
        request(
          url,
          { method: 'POST', agent, headers: { ...REO, ...type, ...more } },
          (response) => {
            let text = '';
            response.on('data', (chunk: Buffer) => (text += chunk.toString()));
            response.on('end', () => resolve([response.statusCode, text]));
          },
        )
          .on('error', reject)
          .end(body);
      });
    expect(await send(large, headers)).toEqual([
      413,
      JSON.stringify({
        response_code: 413,
        response: 'The body is larger than 4194304 bytes',
        status: 'failure',
      }),
    ]);
    const small = Buffer.from(JSON.stringify({ payload: EVENT }));
    expect((await send(small, {}))[0]).toBe(200);
    agent.destroy();
  });

  it('that is too large tells a stranger nothing but that he is one', async () => {
    const answer = await mock.call('POST /api/customers', { text: large.toString() });
    expect(answer).toMatchObject({ status: 401 });
  });

  it('that ends early harms nobody', async () => {
    const socket = connect(mock.port, '127.0.0.1', () => {
      socket.write(
        'POST /api/product/usage HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{"a',
      );
      setTimeout(() => socket.destroy(), 20);
    });
    await new Promise((resolve) => socket.on('close', resolve));
    await expect.poll(() => mock.lines.at(-1)).toMatch(/POST +\/api\/product\/usage 400/);
  });

  it('of bytes that are no text is malformed JSON', async () => {
    const answer = await fetch(`${mock.url}/api/customers`, {
      method: 'POST',
      headers: { ...CUSTOMER, 'Content-Type': 'application/json' },
      body: Buffer.from([0xff, 0xfe, 0x00, 0x80]),
    });
    expect(answer.status).toBe(400);
  });

  it('with __proto__ in it changes nothing', async () => {
    for (const text of [
      '{"__proto__":{"payload":1}}',
      '{"payload":{"__proto__":{"mode":"USER"}}}',
      `{"payload":${JSON.stringify(EVENT).replace('{', '{"__proto__":{"polluted":1},')}}`,
      '{"constructor":{"prototype":{"polluted":1}}}',
    ]) {
      for (const path of [
        'product/usage',
        'product/aggregateusage',
        'customers',
        'metrics/get-data',
      ]) {
        const answer = await mock.call(`POST /api/${path}`, {
          headers: { ...CUSTOMER, ...REO },
          text,
        });
        expect([200, 400, 422]).toContain(answer.status);
      }
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    const query = '?__proto__[x]=1&__proto__=1&constructor=1';
    expect(await mock.call(`GET /customers${query}`, { headers: CUSTOMER })).toMatchObject({
      status: 200,
    });
  });

  it('that is nested deeply is refused, and the state can still be shown', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const text = `{"payload":${JSON.stringify({ ...EVENT, meta: {} }).replace('"meta":{}', `"meta":{"a":${deep}}`)}}`;
    const answer = await mock.call('POST /api/product/usage', { headers: REO, text });
    expect(answer).toMatchObject({
      status: 400,
      body: { response: 'The body is nested deeper than 1000 levels.' },
    });
    expect(await mock.call('GET /__mock/state')).toMatchObject({ status: 200 });
  });

  it('in another alphabet comes back in violations unharmed', async () => {
    const json = { ...GET_DATA, metrics: [{ ...GET_DATA.metrics[0], component: 1, ключ: '値' }] };
    expect(
      await mock.call('POST /api/metrics/get-data', { headers: CUSTOMER, json }),
    ).toMatchObject({
      status: 422,
    });
    const customer = await mock.call('POST /api/customers', {
      headers: CUSTOMER,
      json: { name: 'Ключ 値 🥐' },
    });
    expect(customer).toMatchObject({ status: 201, body: { customer: { name: 'Ключ 値 🥐' } } });
  });
});

describe('garbage', () => {
  it.each([
    ['no HTTP', 'nonsense\r\n\r\n'],
    ['a NUL in the path', 'GET /\u0000 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['another version', 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n'],
    ['a bad header', 'GET / HTTP/1.1\r\nHost: localhost\r\nBad Header: x\r\n\r\n'],
    ['a bad length', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx',
    ],
    ['a long path', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
    ['a long header', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`],
  ])('on the wire is refused: %s', async (_what, text) => {
    expect((await raw(text)).slice(0, 12)).toMatch(/^(HTTP\/1\.1 4\d\d)?$/);
  });

  it.each([
    '/%',
    '/%00',
    '/%ff',
    '/customers/%2e%2e',
    '/../../etc/passwd',
    '//',
    '///',
    '/api//customers',
    '/?',
    '/??',
    '/api/customers/%E0%A4%A',
    "/customers/';--",
    '/customers/%0d%0aX:1',
    '/__mock/../x',
    '/__mock/sessions/',
    '/__mock/sessions/__proto__',
    '/customers?page=%',
    '/customers?%',
    'http://evil.test/customers',
    '*',
    '/customers/{customer_uuid}',
    '/api/product/usage/',
    '/{',
    '/customers;x',
    '/customers/a/b/c/d',
  ])('as a path is answered in JSON: %j', async (path) => {
    const answer = await raw(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer test_reportei_token\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (200|40[0-9]|422) /);
    const body: unknown = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
    expect(body).toEqual(expect.any(Object));
    expect(answer).not.toMatch(/\.(ts|js):\d/);
  });

  it('of any kind gets an answer of the contract, never a 500', async () => {
    const path = fc.constantFrom(
      '/api/product/usage',
      '/api/product/aggregateusage',
      '/api/metrics/get-data',
      '/metrics/get-data-async',
      '/customers',
      '/customers/settings',
      '/customer-integrations',
      '/customer-integrations/session',
      '/merchants/settings',
      '/customers/a3c1f6de-52c8-4b0e-9d57-6f0e0b7c2a11/update-payment-status',
      '/__mock/state',
      '/',
    );
    const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'QUERY');
    // Near enough to right ones to get past the first checks.
    const record = fc.oneof(
      fc.record({
        payload: fc.dictionary(
          fc.constantFrom(...Object.keys(EVENT), 'mode', 'count', 'meta'),
          fc.jsonValue(),
        ),
      }),
      fc.dictionary(
        fc.constantFrom(...Object.keys(GET_DATA), 'name', 'is_paying', 'limits'),
        fc.jsonValue(),
      ),
      fc.jsonValue(),
    );
    const body = fc.oneof(
      record.map((value) => JSON.stringify(value)),
      fc.string(),
      fc.constant(''),
    );
    const query = fc.oneof(
      fc.constant(''),
      fc.string().map((text) => `?page=${encodeURIComponent(text)}`),
    );
    await fc.assert(
      fc.asyncProperty(method, path, query, body, async (verb, where, search, text) => {
        const answer = await mock.call(`${verb} ${where}${search}`, {
          headers: { ...CUSTOMER, ...REO },
          text: verb === 'GET' ? undefined : text,
        });
        expect([200, 201, 400, 401, 404, 405, 422]).toContain(answer.status);
        expect(answer.body).toEqual(expect.any(Object));
        if (answer.status >= 400) {
          const reason = answer.body as { message?: string; response?: string };
          expect(reason.message ?? reason.response).toEqual(expect.stringMatching(/\w{3}/));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('many at once', () => {
  it('are all counted', async () => {
    await using own = await startTested();
    const sent = Array.from({ length: 300 }, (_, n) =>
      own.call('POST /api/product/usage', {
        headers: REO,
        json: { payload: { ...EVENT, event_id: `e${n}` } },
      }),
    );
    const statuses = new Set((await Promise.all(sent)).map(({ status }) => status));
    expect(statuses).toEqual(new Set([200]));
    expect(new Set(own.usage.events().map(({ payload }) => payload.event_id)).size).toBe(300);
  });
});

describe('the log', () => {
  it('has a line for each request, and no secret', async () => {
    await using own = await startTested();
    await own.call('GET /api/customers?token=query-secret', { headers: CUSTOMER });
    await own.call('POST /api/product/usage', { headers: REO, json: { payload: EVENT } });
    await own.call('GET /api/customers/settings', {
      headers: { Authorization: 'Bearer wrong-secret' },
    });
    expect(own.lines).toEqual([
      expect.stringMatching(
        /^GET +\/api\/customers 200 \d+\.\d ms {2}\(token is not a documented field\)$/,
      ),
      expect.stringMatching(/^POST +\/api\/product\/usage 200 \d+\.\d ms$/),
      expect.stringMatching(
        /^GET +\/api\/customers\/settings 401 \d+\.\d ms {2}Unauthenticated\. {2}\(Authorization is none that/,
      ),
    ]);
  });
});

describe('the end', () => {
  it('comes at once, with keep-alive connections and webhooks open', async () => {
    const deaf = createServer(() => undefined);
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    const target = `http://127.0.0.1:${(deaf.address() as AddressInfo).port}/`;
    const own = await startTested();
    const json = { ...GET_DATA, metrics_webhook_url: target };
    await own.call('POST /api/metrics/get-data-async', { headers: CUSTOMER, json });
    // A request whose body never ends.
    const open = connect(own.port, '127.0.0.1', () => {
      open.write('POST /customers HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{');
    });
    // A reset is an end, too.
    open.on('error', () => undefined);
    const ended = new Promise((resolve) => open.on('close', resolve));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const begun = performance.now();
    await own.close();
    expect(performance.now() - begun).toBeLessThan(500);
    await ended;
    await expect(fetch(own.url)).rejects.toThrow();
    // Once more is no mistake.
    await own.close();
    deaf.closeAllConnections();
    deaf.close();
  });

  it('says in words why a port cannot be had', async () => {
    const next = mock.port + 1;
    await expect(startMockServer({ port: mock.port })).rejects.toThrow(
      `Port ${mock.port} on 127.0.0.1 is in use, perhaps by an emulator that runs already. Stop what uses it, or take another port (--port ${next}, or port: ${next} in code)`,
    );
    await expect(startMockServer({ host: '203.0.113.1' })).rejects.toThrow(
      'This machine has no address 203.0.113.1',
    );
  });
});
