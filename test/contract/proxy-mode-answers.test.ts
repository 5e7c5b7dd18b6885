import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { startMockServer } from '../../src/mock/index.ts';
import { json, taken, type Answer } from '../../src/testing/answers.ts';
import { hostileServer } from '../../src/testing/hostile-server.ts';
import { EVENT, MERCHANT, REO, startTested } from '../unit/mock/support.ts';
import { before, bytes, JSON_TYPE, USAGE } from './proxy-mode-support.ts';

describe('an answer comes back', () => {
  const HTML = '<html><body>Bad Gateway é</body></html>';

  it.each<[string, Answer, number, string | Buffer, string | null]>([
    [
      'JSON as it was written',
      bytes('{ "n":1.0 }\n', 200, JSON_TYPE),
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
    ['empty, as JSON', bytes('', 200, JSON_TYPE), 200, '', 'application/json'],
    ['204', bytes('', 204), 204, '', null],
    ['a status nobody knows', bytes('{}', 599, JSON_TYPE), 599, '{}', 'application/json'],
    ['a redirect', bytes('', 302, { location: 'http://127.0.0.1:9/steal' }), 302, '', null],
    [
      'gzip',
      bytes(gzipSync('{"a":1}'), 200, { ...JSON_TYPE, 'content-encoding': 'GZIP' }),
      200,
      '{"a":1}',
      'application/json',
    ],
    [
      'deflate',
      bytes(deflateSync('{"a":1}'), 200, { ...JSON_TYPE, 'content-encoding': 'deflate' }),
      200,
      '{"a":1}',
      'application/json',
    ],
    [
      'brotli',
      bytes(brotliCompressSync('{"a":1}'), 200, { ...JSON_TYPE, 'content-encoding': 'br' }),
      200,
      '{"a":1}',
      'application/json',
    ],
    [
      'empty gzip',
      bytes('', 200, { ...JSON_TYPE, 'content-encoding': 'gzip' }),
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
    await using trap = await hostileServer(taken);
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
  it.each<[string, Answer, RegExp]>([
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
      const gone = await hostileServer(taken);
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
