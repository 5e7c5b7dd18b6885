import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { json, taken } from '../../src/testing/answers.ts';
import { hostileServer } from '../../src/testing/hostile-server.ts';
import { call, EVENT, MERCHANT, REO, startTested } from '../unit/mock/support.ts';
import { before, raw, USAGE } from './proxy-mode-support.ts';

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
    await using vendor = await hostileServer(json({}));
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
    await using vendor = await hostileServer(taken);
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
        'Sec-Fetch-Site: none',
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
    await using reo = await hostileServer(taken);
    await using reportei = await hostileServer(json({}));
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

  it('not, if its body is not here as a whole', async () => {
    await using set = await before(json({}));
    const { proxy, vendor } = set;
    const text = JSON.stringify({ payload: { ...EVENT, user_agent: 'x'.repeat(5_000_000) } });
    expect(await proxy.call(USAGE, { headers: REO, text })).toMatchObject({
      status: 413,
      body: { response: 'The body is larger than 4194304 bytes', status: 'failure' },
    });
    expect(await proxy.call('PUT /brand/new', { text })).toMatchObject({ status: 413 });
    expect(vendor.received).toEqual([]);
    expect(proxy.requests.list()).toMatchObject([
      { source: 'emulator', violations: [{ side: 'request', field: 'body' }] },
      { source: 'emulator', violations: [{ side: 'request', field: 'path' }] },
    ]);
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
