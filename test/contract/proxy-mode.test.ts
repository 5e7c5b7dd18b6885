import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMockServer } from '../../src/mock/index.ts';
import { createReoClient } from '../../src/reo/index.ts';
import { createReporteiClient } from '../../src/reportei/index.ts';
import {
  json,
  startHostileServer,
  taken,
  type Behaviour,
  type HostileServer,
} from '../support/hostile-server.ts';
import {
  call,
  EVENT,
  GET_DATA,
  MERCHANT,
  REO,
  startTested,
  type TestedMock,
} from '../unit/mock/support.ts';

const USAGE = 'POST /api/product/usage';

/** A proxy in front of a server that answers so. */
async function before(
  ...behaviours: readonly [Behaviour, ...Behaviour[]]
): Promise<AsyncDisposable & { readonly proxy: TestedMock; readonly vendor: HostileServer }> {
  const vendor = await startHostileServer(...behaviours);
  const proxy = await startTested({ upstream: { reo: vendor.url, reportei: vendor.url } });
  return {
    proxy,
    vendor,
    [Symbol.asyncDispose]: async () => {
      await proxy.close();
      await vendor[Symbol.asyncDispose]();
    },
  };
}

const bytes =
  (body: Buffer | string, status = 200, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

describe('in front of another emulator', () => {
  let vendor: TestedMock;
  let proxy: TestedMock;
  beforeAll(async () => {
    const keys = { reo: 'real_reo', merchant: 'real_merchant', customer: 'real_customer' };
    vendor = await startTested({ keys });
    proxy = await startTested({ upstream: { reo: vendor.url, reportei: vendor.url } });
  });
  afterAll(async () => {
    await proxy.close();
    await vendor.close();
  });

  it('the real clients work, with the keys of the vendor', async () => {
    const reo = createReoClient({
      apiKey: 'real_reo',
      baseUrl: proxy.url,
      defaults: { product_id: 'web', user_id_type: 'EMAIL' },
    });
    await reo.send({ activity_type: 'LOGIN', user_id: 'ann@example.com' });
    await reo.sendCount({ mode: 'DOMAIN', domain: 'example.com', activity_type: 'X', count: 2 });
    expect(vendor.usage.events()).toHaveLength(1);
    expect(vendor.usage.counts()).toHaveLength(1);
    expect(proxy.usage.events()).toEqual([]);

    for (const baseUrl of [proxy.url, `${proxy.url}/api`]) {
      const connect = createReporteiClient({
        token: 'real_merchant',
        baseUrl,
      });
      const report = await connect
        .customer('real_customer')
        .metrics(
          { replies: { reference_key: 'ig:x', component: 'number_v1', metrics: ['x'] } },
          { integration: GET_DATA.customer_integration, start: '2024-01-01', end: '2024-01-31' },
        );
      expect(report.replies.value).toEqual(expect.any(Number));
      const made = await connect.customers.create({ name: `of ${baseUrl}` });
      expect(made).toEqual(expect.any(Object));
    }
    expect(vendor.requests.list().map(({ path }) => path)).toEqual([
      '/api/product/usage',
      '/api/product/aggregateusage',
      '/api/metrics/get-data',
      '/api/customers',
      '/api/metrics/get-data',
      '/api/customers',
    ]);
    expect(proxy.requests.list({ violations: true })).toEqual([]);
    expect(new Set(proxy.requests.list().map(({ source }) => source))).toEqual(
      new Set(['upstream']),
    );
  });

  it('the vendor decides on keys, not the proxy', async () => {
    expect(await proxy.call(USAGE, { headers: REO, json: { payload: EVENT } })).toMatchObject({
      status: 400,
      body: { response: 'Authentication Failure' },
    });
    expect(await proxy.call('GET /customers', { headers: MERCHANT })).toMatchObject({
      status: 401,
    });
  });

  it('an API without an upstream stays emulated', async () => {
    await using half = await startTested({ upstream: { reo: vendor.url } });
    expect(await half.call('GET /customers', { headers: MERCHANT })).toMatchObject({ status: 200 });
    expect(await half.call(USAGE, { headers: REO, json: { payload: EVENT } })).toMatchObject({
      status: 400,
    });
    expect(half.requests.list().map(({ source }) => source)).toEqual(['emulator', 'upstream']);
  });
});

describe('a request arrives', () => {
  it.each<[string, string, string]>([
    ['', '/customers?a=1&a=2&b=%20+%2F', '/api/customers?a=1&a=2&b=%20+%2F'],
    ['/', '/api/customers', '/api/customers'],
    ['/api', '/customers', '/api/customers'],
    ['/api/', '/api/customers', '/api/customers'],
    ['/gateway/connect/', '/api/customers', '/gateway/connect/customers'],
    ['', '/api/product/usage', '/api/product/usage'],
    ['/api', '/api/product/usage', '/api/product/usage'],
    ['/api/', '/api/product/usage', '/api/product/usage'],
    ['/gateway', '/api/product/usage', '/gateway/api/product/usage'],
    ['', '/product/usage', '/product/usage'],
    ['', '/other/%', '/api/other/%'],
    ['', '/a/../b', '/api/a/../b'],
    ['', '//evil.test/x', '/api//evil.test/x'],
    ['', '/api//evil.test/x', '/api//evil.test/x'],
    ['', `/x'"<>{}|\\^`, `/api/x'"<>{}|\\^`],
    ['', 'http://evil.test/customers?x', '/api/customers?x'],
    ['', '/customers#x?y', '/api/customers'],
  ])('at base %j, by target %j, as %j', async (base, target, path) => {
    await using vendor = await startHostileServer(json({}));
    const url = vendor.url + base;
    await using proxy = await startTested({ upstream: { reo: url, reportei: url } });
    const answer = await raw(proxy.port, `GET ${target} HTTP/1.1\r\nHost: localhost\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(vendor.received.map((one) => one.url)).toEqual([path]);
  });

  it.each(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('by %s', async (method) => {
    await using set = await before(json({}));
    await set.proxy.call(`${method} /customers`, { headers: MERCHANT });
    expect(set.vendor.received.map((one) => [one.method, one.body])).toEqual([[method, '']]);
  });

  it.each([
    ['JSON as it was written', Buffer.from('{ "payload" :\t{"n": 1.0, "é": "\\u00e9😀"} }\n')],
    ['not JSON', Buffer.from('a=1&b=2')],
    ['no text', Buffer.from([0, 0xff, 0xfe, 0x80, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x41])],
    ['compressed', gzipSync('{"payload":{}}')],
    ['with a byte order mark', Buffer.from('\ufeff{}')],
  ])('with its body byte for byte: %s', async (_what, body) => {
    let arrived = Buffer.alloc(0);
    let encoding: unknown;
    await using vendor = await startHostileServer(taken);
    // The server of the tests reads text; this one reads bytes.
    const { createServer } = await import('node:http');
    const server = createServer((incoming, response) => {
      encoding = incoming.headers['content-encoding'];
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        arrived = Buffer.concat(chunks);
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await using proxy = await startTested({
      upstream: { reo: `http://127.0.0.1:${port}`, reportei: vendor.url },
    });
    await fetch(`${proxy.url}/api/product/usage`, {
      method: 'POST',
      body,
      headers: { ...REO, 'content-type': 'application/json', 'content-encoding': 'gzip' },
    });
    expect(arrived).toEqual(body);
    expect(encoding).toBe('gzip');
    server.closeAllConnections();
    server.close();
  });

  it('with its own headers, and none that are of the way to the proxy', async () => {
    await using set = await before(taken);
    const { proxy, vendor } = set;
    await raw(
      proxy.port,
      [
        'POST /api/product/usage HTTP/1.1',
        'Host: localhost',
        'X-API-KEY: my-own-key',
        'User-Agent: mine/1',
        'X-Trace: é',
        'Cookie: session=of-another-page',
        'Referer: http://localhost/secret',
        'Connection: x-hop',
        'X-Hop: 1',
        'TE: trailers',
        'Accept-Encoding: zstd',
        'Content-Length: 2',
        '',
      ].join('\r\n'),
      '{}',
    );
    const [{ headers } = { headers: {} }] = vendor.received;
    expect(headers).toEqual({
      host: new URL(vendor.url).host,
      connection: 'keep-alive',
      'content-length': '2',
      'x-api-key': 'my-own-key',
      'user-agent': 'mine/1',
      'x-trace': 'é',
      'accept-encoding': 'identity',
      via: expect.stringMatching(/^1\.1 tallywire-/),
    });
  });

  it('at its own upstream and no other', async () => {
    await using reo = await startHostileServer(taken);
    await using reportei = await startHostileServer(json({}));
    await using proxy = await startTested({ upstream: { reo: reo.url, reportei: reportei.url } });
    await proxy.call(USAGE, { headers: REO, json: {} });
    await proxy.call('GET /customers', { headers: MERCHANT });
    expect(reo.received.map(({ url }) => url)).toEqual(['/api/product/usage']);
    expect(reportei.received.map(({ url }) => url)).toEqual(['/api/customers']);
  });

  it('not, if a fault is in front of the upstream', async () => {
    await using set = await before(taken);
    const { proxy, vendor } = set;
    proxy.faults.once({ operation: 'sendUsage', status: 429, retryAfter: 7 });
    const limited = await proxy.call(USAGE, { headers: REO, json: { payload: EVENT } });
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
    proxy.faults.once({ connection: 'reset' });
    await expect(proxy.call(USAGE, { headers: REO, json: { payload: EVENT } })).rejects.toThrow();
    expect(vendor.received).toEqual([]);

    proxy.faults.once({ connection: 'lose-answer' });
    await expect(proxy.call(USAGE, { headers: REO, json: { payload: EVENT } })).rejects.toThrow();
    expect(vendor.received).toHaveLength(1);
    proxy.faults.once({ malformed: true, delay: 50, headers: { 'X-More': '1' } });
    const broken = await call(proxy.url, 'GET /api/product/usage').catch((error: Error) => error);
    expect(broken).toMatchObject({ status: 200 });
    await expect(proxy.call(USAGE, { headers: REO, json: { payload: EVENT } })).rejects.toThrow(
      SyntaxError,
    );
  });

  it('no more once its client has gone', async () => {
    let gone: () => void = () => undefined;
    const cancelled = new Promise<void>((resolve) => (gone = resolve));
    await using set = await before((response) => void response.on('close', () => gone()));
    const leaving = new AbortController();
    const answer = fetch(`${set.proxy.url}/customers`, { signal: leaving.signal });
    await expect.poll(() => set.vendor.received).toHaveLength(1);
    leaving.abort();
    await expect(answer).rejects.toThrow('aborted');
    await cancelled;
  });
});

describe('an answer comes back', () => {
  const HTML = '<html><body>Bad Gateway é</body></html>';

  it.each<[string, Behaviour, number, string | Buffer, string | null]>([
    [
      'JSON as it was written',
      bytes('{ "n":1.0 }\n', 200, TYPE('json')),
      200,
      '{ "n":1.0 }\n',
      'application/json',
    ],
    ['HTML of a 5xx', bytes(HTML, 502, { 'content-type': 'text/html' }), 502, HTML, 'text/html'],
    [
      'HTML of a 200',
      bytes(HTML, 200, { 'content-type': 'text/html; charset=UTF-8' }),
      200,
      HTML,
      'text/html; charset=UTF-8',
    ],
    [
      'bytes that are no text',
      bytes(Buffer.from([0x3c, 0xe9, 0xff, 0xed, 0xb2, 0x80, 0x3e]), 500, {
        'content-type': 'text/html',
      }),
      500,
      Buffer.from([0x3c, 0xe9, 0xff, 0xed, 0xb2, 0x80, 0x3e]),
      'text/html',
    ],
    ['empty, without a type', bytes('', 500), 500, '', null],
    ['empty, as JSON', bytes('', 200, TYPE('json')), 200, '', 'application/json'],
    ['204', bytes('', 204), 204, '', null],
    ['a status nobody knows', bytes('{}', 599, TYPE('json')), 599, '{}', 'application/json'],
    ['a redirect', bytes('', 302, { location: 'http://127.0.0.1:9/steal' }), 302, '', null],
    [
      'gzip',
      bytes(gzipSync('{"a":1}'), 200, { ...TYPE('json'), 'content-encoding': 'GZIP' }),
      200,
      '{"a":1}',
      'application/json',
    ],
    [
      'deflate',
      bytes(deflateSync('{"a":1}'), 200, { ...TYPE('json'), 'content-encoding': 'deflate' }),
      200,
      '{"a":1}',
      'application/json',
    ],
    [
      'brotli',
      bytes(brotliCompressSync('{"a":1}'), 200, { ...TYPE('json'), 'content-encoding': 'br' }),
      200,
      '{"a":1}',
      'application/json',
    ],
    [
      'empty gzip',
      bytes('', 200, { ...TYPE('json'), 'content-encoding': 'gzip' }),
      200,
      '',
      'application/json',
    ],
    [
      'a long one',
      bytes('x'.repeat(3_000_000), 200, { 'content-type': 'text/plain' }),
      200,
      'x'.repeat(3_000_000),
      'text/plain',
    ],
  ])('as it is: %s', async (_what, behaviour, status, body, type) => {
    await using set = await before(behaviour);
    for (const send of [fetch, set.proxy.fetch] as const) {
      const answer = await send(`${set.proxy.url}/customers`, { redirect: 'manual' });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, type]);
      const arrived = Buffer.from(await answer.arrayBuffer());
      expect(arrived.equals(Buffer.from(body))).toBe(true);
    }
    expect(set.vendor.received).toHaveLength(2);
  });

  it('with the headers that matter, and none that are of the way to the proxy', async () => {
    await using set = await before(
      json({ data: [] }, 200, {
        'Retry-After': '3',
        'X-RateLimit-Remaining': '9',
        'X-Request-Id': 'r-1',
        'X-Name': Buffer.from('Ключ').toString('latin1'),
        'Set-Cookie': 'session=1',
        'Access-Control-Allow-Origin': '*',
        Connection: 'close, x-hop',
        'X-Hop': '1',
        Location: 'https://elsewhere.test/',
      }),
    );
    const { headers } = await set.proxy.call('GET /customers', { headers: MERCHANT });
    expect(Object.fromEntries(headers)).toEqual({
      'content-type': 'application/json',
      'content-length': '11',
      'retry-after': '3',
      'x-ratelimit-remaining': '9',
      'x-request-id': 'r-1',
      'x-name': Buffer.from('Ключ').toString('latin1'),
      location: 'https://elsewhere.test/',
      connection: 'keep-alive',
      'keep-alive': expect.any(String),
      date: expect.any(String),
    });
  });

  it('and a redirect is not followed', async () => {
    await using trap = await startHostileServer(taken);
    await using set = await before(bytes('', 307, { location: `${trap.url}/api/product/usage` }));
    const answer = await fetch(`${set.proxy.url}/api/product/usage`, {
      method: 'POST',
      redirect: 'manual',
      headers: REO,
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([
      307,
      `${trap.url}/api/product/usage`,
    ]);
    expect(trap.received).toEqual([]);
  });
});

describe('no answer becomes 502 with the reason, in the shape of the API', () => {
  const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024));
  it.each<[string, Behaviour, RegExp]>([
    [
      'a cut connection',
      (response) => void response.socket?.destroy(),
      /other side closed|ECONNRESET/,
    ],
    [
      'half an answer',
      (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{', () => void response.socket?.destroy());
      },
      /other side closed|terminated|aborted/,
    ],
    ['a bomb', bytes(bomb, 200, { 'content-encoding': 'gzip' }), /larger than 67108864 bytes/],
    [
      'too much',
      (response) => {
        const piece = Buffer.alloc(1024 * 1024, ' ');
        const more = (): void => {
          while (!response.destroyed && response.write(piece));
        };
        response.on('drain', more);
        more();
      },
      /larger than 67108864 bytes/,
    ],
    ['not gzip', bytes('{}', 200, { 'content-encoding': 'gzip' }), /its body is not gzip/],
    ['an unknown encoding', bytes('{}', 200, { 'content-encoding': 'zstd' }), /zstd is not known/],
    ['not HTTP', (response) => void response.socket?.end('hello\r\n\r\n'), /HTTP|Expected/],
  ])('%s', async (_what, behaviour, reason) => {
    await using set = await before(behaviour);
    const connect = await set.proxy.call('GET /customers', { headers: MERCHANT });
    expect(connect).toMatchObject({
      status: 502,
      body: { message: expect.stringMatching(reason) },
    });
    const reo = await set.proxy.call(USAGE, { headers: REO, json: { payload: EVENT } });
    expect(reo).toMatchObject({
      status: 502,
      body: { response_code: 502, response: expect.stringMatching(reason), status: 'failure' },
    });
    const [entry] = set.proxy.requests.list();
    expect(entry).toMatchObject({ source: 'upstream', reason: expect.stringMatching(reason) });
  });

  it('a refused connection', async () => {
    for (const host of ['127.0.0.1', 'localhost']) {
      const gone = await startHostileServer(taken);
      const { port } = new URL(gone.url);
      await gone[Symbol.asyncDispose]();
      await using proxy = await startTested({ upstream: { reportei: `http://${host}:${port}` } });
      expect(await proxy.call('GET /customers')).toMatchObject({
        status: 502,
        body: { message: expect.stringContaining('ECONNREFUSED') },
      });
    }
  });

  it('an upstream that is the proxy itself', async () => {
    const free = await startMockServer();
    await free.close();
    await using proxy = await startTested({
      port: free.port,
      upstream: { reportei: `http://127.0.0.1:${free.port}` },
    });
    const answer = await proxy.call('GET /customers');
    expect(answer).toMatchObject({
      status: 508,
      body: { message: expect.stringContaining('leads back') },
    });
    expect(proxy.requests.list()).toHaveLength(2);
  });
});

describe('the journal tells', () => {
  it('what either side breaks, and changes nothing', async () => {
    await using set = await before(json({ response_code: 5, extra: 1 }));
    const answer = await set.proxy.call(USAGE, { headers: REO, json: { payload: { n: 1 } } });
    expect(answer).toMatchObject({ status: 200, body: { response_code: 5, extra: 1 } });
    const [entry] = set.proxy.requests.list({ violations: true });
    expect(entry?.source).toBe('upstream');
    expect(entry?.violations).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ side: 'request', field: 'payload.activity_type' }),
        expect.objectContaining({ side: 'response', field: 'status', problem: 'is required' }),
      ]),
    );
  });

  it.each<[string, Behaviour, string, string]>([
    [
      'a type',
      bytes('x', 200, { 'content-type': 'text/html' }),
      'body',
      'the Content-Type is text/html, not application/json',
    ],
    ['no type', bytes('{}', 200), 'body', 'the Content-Type is missing, not application/json'],
    ['no JSON', bytes('{', 200, TYPE('json')), 'body', 'The body is not valid JSON'],
    ['JSON too deep', bytes('['.repeat(5000), 200, TYPE('json')), 'body', 'nested deeper'],
  ])('of an answer: %s', async (_what, behaviour, field, problem) => {
    await using set = await before(behaviour);
    await fetch(`${set.proxy.url}/customers`, { headers: MERCHANT });
    expect(set.proxy.requests.list()[0]?.violations).toEqual([
      { side: 'response', field, problem: expect.stringContaining(problem) },
    ]);
  });

  it('that a path is in no contract, and forwards it', async () => {
    await using set = await before(json({ new: 1 }));
    expect(await set.proxy.call('GET /api/brand/new')).toMatchObject({ body: { new: 1 } });
    expect(set.proxy.requests.list()[0]).toMatchObject({
      operation: null,
      violations: [{ side: 'request', field: 'path', problem: 'GET /brand/new is in no contract' }],
    });
  });

  it('no secret, and neither does the log', async () => {
    const token = 'tok/en+of "a" vendor';
    await using set = await before(
      json({
        seen: token,
        customer: { api_token: 'once-only' },
        encoded: encodeURIComponent(token),
      }),
    );
    const { proxy } = set;
    await raw(
      proxy.port,
      `GET /customers?t=${encodeURIComponent(token)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nX-Customer-Token: customer-secret\r\n`,
    );
    const shown = JSON.stringify(proxy.requests.list()) + proxy.lines.join('\n');
    const { requests } = (await proxy.call('GET /__mock/requests')).body as { requests: unknown };
    for (const text of [shown, JSON.stringify(requests)]) {
      expect(text).not.toMatch(/tok\/en|tok%2Fen|once-only|customer-secret/);
      expect(text).toContain('[redacted]');
    }
  });
});

describe('at the start', () => {
  it.each<[string, RegExp]>([
    [
      'http://connect.reportei.com',
      /^The upstream http:\/\/connect.reportei.com has to be https: keys go there$/,
    ],
    ['http://127.0.0.1.evil.test', /has to be https/],
    ['http://localhost@evil.test', /without credentials/],
    ['https://:secret@evil.test', /^The upstream has to be a plain base URL, without credentials/],
    ['https://a.test/?x=1', /without credentials or a query/],
    ['https://a.test/#x', /without credentials or a query/],
    ['ftp://a.test', /has to be a URL that begins with https:/],
    ['localhost:4010', /has to be a URL that begins with https:/],
    ['connect.reportei.com', /has to be a URL that begins with https:/],
    ['', /has to be a URL/],
  ])('an upstream of %j is refused in plain words', async (reportei, reason) => {
    await expect(startMockServer({ upstream: { reportei } })).rejects.toThrow(reason);
    await expect(startMockServer({ upstream: { reportei } })).rejects.not.toThrow(/secret/);
  });

  it.each(['http://127.0.0.1:1', 'http://[::1]:1', 'http://x.localhost', 'https://a.test/b/'])(
    'an upstream of %j will do',
    async (reo) => {
      const mock = await startMockServer({ upstream: { reo }, listen: false });
      await mock.close();
    },
  );
});

function TYPE(name: string): Record<string, string> {
  return { 'content-type': `application/${name}` };
}

/** Sends a head, and a body, as they are. */
function raw(port: number, head: string, body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${head}\r\n${body}`, 'latin1'));
    let answer = '';
    socket.setTimeout(5000, () => socket.destroy(new Error(`no end after ${answer}`)));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      answer += chunk;
      if (answer.includes('\r\n\r\n')) socket.end();
    });
  });
}
