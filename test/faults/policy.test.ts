import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  ApiError,
  createReoClient,
  createReporteiClient,
  DecodeError,
  number,
  type ReoOptions,
  TransportError,
} from '../../src/index.ts';
import { type Answer, json, taken } from '../../src/testing/answers.ts';
import { hostileServer } from '../../src/testing/hostile-server.ts';
import { failure } from '../support/failure.ts';

const key = 'secret-key-1f3a';
const event = {
  activity_type: 'LOGIN',
  product_id: 'web',
  user_id: 'ann@example.com',
  user_id_type: 'EMAIL',
} as const;

const settings = { merchant: { uuid: 'u', name: 'n' } };

/** Every promise of the policy holds on Node's transport and on the platform's fetch. */
const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024), { level: 1 });

describe.each(['auto', 'fetch'] as const)('transport %s', (transport) => {
  const clientOf = (baseUrl: string, options: ReoOptions = {}) =>
    createReoClient({
      apiKey: key,
      baseUrl,
      transport,
      timeout: '5s',
      maxRetryDelay: 20,
      ...options,
    });

  const against = async (behaviours: readonly [Answer, ...Answer[]], options?: ReoOptions) => {
    const server = await hostileServer(...behaviours);
    return { server, reo: clientOf(server.url, options) };
  };

  describe('429 and Retry-After', () => {
    it.each([
      ['seconds', '0'],
      ['a date that has passed', 'Wed, 21 Oct 2015 07:28:00 GMT'],
      ['garbage', 'soon'],
      ['a negative number', '-1'],
      ['NaN', 'NaN'],
      ['nothing', undefined],
    ])('tries again after %s', async (_, header) => {
      const headers: Record<string, string> = header === undefined ? {} : { 'retry-after': header };
      const { server, reo } = await against([json({}, 429, headers), taken]);
      await using _server = server;
      const receipt = await reo.send(event);
      expect(receipt.attempts).toBe(2);
    });

    it('waits as long as it is told', async () => {
      const { server, reo } = await against([json({}, 429, { 'retry-after': '1' }), taken], {
        maxRetryDelay: '2s',
      });
      await using _server = server;
      const startedAt = performance.now();
      await reo.send(event);
      expect(performance.now() - startedAt).toBeGreaterThan(950);
    });

    it.each([
      ['seconds', () => '3600'],
      ['a date', () => new Date(Date.now() + 3_600_500).toUTCString()],
    ])('fails at once when the wait is too long, in %s', async (_, header) => {
      const { server, reo } = await against([json({}, 429, { 'retry-after': header() }), taken]);
      await using _server = server;
      const error = await failure(reo.send(event));
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ code: 'http', status: 429, attempts: 1 });
      expect(error.retryAfterMs).toBeGreaterThan(3_590_000);
      expect(error.retryAfterMs).toBeLessThan(3_601_000);
      expect(server.received).toHaveLength(1);
    });
  });

  it('keeps the event id over all attempts', async () => {
    const { server, reo } = await against([json({}, 503), json({}, 500), taken]);
    await using _server = server;
    const receipt = await reo.send(event);
    const ids = server.received.map(({ body }) => JSON.parse(body).payload.event_id as string);
    expect(ids).toEqual([receipt.eventId, receipt.eventId, receipt.eventId]);
  });

  it.each<[string, Answer]>([
    ['before the answer', (response) => response.destroy()],
    [
      'in the middle of the body',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"response_code":', () => response.destroy());
      },
    ],
  ])('tries again after a reset %s', async (_, reset) => {
    const { server, reo } = await against([reset, taken]);
    await using _server = server;
    expect((await reo.send(event)).attempts).toBe(2);
  });

  it('says that a reset request may have arrived', async () => {
    const { server, reo } = await against([(response) => response.destroy()]);
    await using _server = server;
    const error = await failure(reo.send(event));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ code: 'network', attempts: 4, ambiguous: true });
    expect(error.eventId).toMatch(/^[\da-f-]{36}$/);
  });

  it('says that a refused connection brought nothing', async () => {
    const server = await hostileServer(taken);
    await server[Symbol.asyncDispose]();
    const error = await failure(clientOf(server.url).send(event));
    expect(error).toMatchObject({ code: 'network', ambiguous: false, attempts: 4 });
    const { host } = new URL(server.url);
    expect(error.message).toContain(`to ${host} failed on the network ECONNREFUSED (4 attempts)`);
    expect(error.hint).toBe('is the emulator running? check the base URL');
  });

  it('does not take an HTML page for success', async () => {
    const { server, reo } = await against([
      (response) => {
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end('<html>Please log in</html>');
      },
    ]);
    await using _server = server;
    const error = await failure(reo.send(event));
    expect(error).toBeInstanceOf(DecodeError);
    expect(error).toMatchObject({ status: 200, attempts: 1, body: '<html>Please log in</html>' });
    expect(error.message).toMatch(/not JSON/);
  });

  it('names the status of an empty 500', async () => {
    const { server, reo } = await against([(response) => response.writeHead(500).end()]);
    await using _server = server;
    const error = await failure(reo.send(event));
    expect(error).toMatchObject({ code: 'http', status: 500, attempts: 4 });
  });

  it.each([301, 302, 307, 308])('does not carry the key along a %i', async (status) => {
    await using elsewhere = await hostileServer(taken);
    const { server, reo } = await against([
      (response) => response.writeHead(status, { location: `${elsewhere.url}/stolen` }).end(),
    ]);
    await using _server = server;
    const error = await failure(reo.send(event));
    expect(error).toMatchObject({ code: 'http', status, attempts: 1 });
    expect(elsewhere.received).toHaveLength(0);
  });

  it.each<[string, Answer]>([
    ['headers', () => {}],
    [
      'a body',
      (response) => {
        response.writeHead(200, { 'content-length': '100000' });
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('times out on %s that take too long', async (_, behaviour) => {
    const { server, reo } = await against([behaviour], { timeout: 150, maxRetries: 1 });
    await using _server = server;
    const error = await failure(reo.send(event));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ code: 'timeout', attempts: 2, ambiguous: true });
  });

  it.each([
    ['while the answer is awaited', (): void => {}],
    ['while a retry is awaited', json({}, 503, { 'retry-after': '10' })],
  ])('ends at once when aborted %s', async (_, behaviour) => {
    const { server, reo } = await against([behaviour], { maxRetryDelay: '20s' });
    await using _server = server;
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const startedAt = performance.now();
    const error = await failure(reo.send(event, { signal: controller.signal }));
    expect(error.code).toBe('aborted');
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('sends nothing when aborted before', async () => {
    const { server, reo } = await against([taken]);
    await using _server = server;
    const error = await failure(reo.send(event, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'aborted', ambiguous: false });
    expect(server.received).toHaveLength(0);
  });

  it('stops reading what is longer than the limit', async () => {
    const { server, reo } = await against([
      (response) => {
        response.writeHead(200);
        const flood = (): void => {
          while (response.write('x'.repeat(65_536)));
          response.once('drain', flood);
        };
        flood();
      },
    ]);
    await using _server = server;
    const error = await failure(reo.send(event));
    expect(error).toBeInstanceOf(DecodeError);
    expect(error.message).toMatch(/size limit/);
  });

  it('survives a gzip bomb in little memory', async () => {
    const { server, reo } = await against([
      (response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.end(bomb);
      },
    ]);
    await using _server = server;
    const before = process.memoryUsage.rss();
    const error = await failure(reo.send(event));
    expect(error).toBeInstanceOf(DecodeError);
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 1024 * 1024);
  });

  it('reads gzip', async () => {
    const { server, reo } = await against([
      (response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.end(gzipSync('{"response_code":200,"response":"ok","status":"success"}'));
      },
    ]);
    await using _server = server;
    expect((await reo.send(event)).attempts).toBe(1);
  });

  it.each(['constructor', '__proto__', 'gzip, gzip', 'snappy'])(
    'ends with an error when the encoding is %s',
    async (encoding) => {
      const { server, reo } = await against([
        (response) => {
          response.writeHead(200, { 'content-encoding': encoding });
          response.end('not what it says');
        },
      ]);
      await using _server = server;
      expect((await failure(reo.send(event))).code).toMatch(/decode|network/);
    },
  );

  it('does not take a failure behind a 200 for success', async () => {
    const body = { response_code: 400, response: 'Authentication Failure', status: 'failure' };
    const { server, reo } = await against([json(body)]);
    await using _server = server;
    const error = await failure(reo.send(event));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 'rejected', status: 200, attempts: 1, body });
    expect(error.hint).toMatch(/key/);
  });

  it('reads an answer with __proto__ as a key without harm', async () => {
    const { server } = await against([
      (response) => response.end('{"__proto__":{"polluted":1},"data":{"__proto__":{"ok":true}}}'),
    ]);
    await using _server = server;
    const connect = createReporteiClient({ token: key, baseUrl: server.url, transport });
    const query = number('k', { metrics: ['m'] });
    const call = connect
      .customer('c')
      .metrics(
        { ['__proto__']: query, reach: query },
        { integration: 'u', start: '2024-01-01', end: '2024-01-02', partial: true },
      );
    expect(Object.keys(await call)).toEqual(['__proto__', 'reach']);
    expect((await call).reach).toMatchObject({ ok: false, reason: 'missing' });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('keeps keys, tokens and bodies out of every message', async () => {
    const secrets = /secret-key-1f3a|ann@example|tok-9b|cust-77|person-name/;
    const misbehaviours: Answer[] = [
      json({ message: 'ann@example.com' }, 401),
      json({ errors: { name: ['bad'] } }, 422),
      (response) => response.destroy(),
      (response) => response.end('<html>'),
      (response) =>
        response.writeHead(302, { location: 'http://127.0.0.1:1/?k=secret-key-1f3a' }).end(),
    ];
    for (const behaviour of misbehaviours) {
      const { server, reo } = await against([behaviour], { maxRetries: 0 });
      await using _server = server;
      const connect = createReporteiClient({
        token: 'tok-9b',
        baseUrl: server.url,
        transport,
        maxRetries: 0,
      });
      const customer = connect.customer('cust-77');
      const errors = await Promise.all([
        failure(reo.send(event)),
        failure(connect.customers.create({ name: 'person-name' }, { onToken() {} })),
        failure(customer.settings()),
      ]);
      for (const error of errors) {
        expect(
          `${error.message} ${error.stack} ${inspect(error)} ${JSON.stringify(error)}`,
        ).not.toMatch(secrets);
      }
      expect(inspect([reo, connect, customer], { depth: 9, showHidden: true })).not.toMatch(
        secrets,
      );
    }
  });

  it('never sends POST /customers twice', async () => {
    for (const behaviour of [json({}, 503), json({}, 429), ((r) => r.destroy()) as Answer]) {
      await using server = await hostileServer(behaviour);
      const connect = createReporteiClient({
        token: key,
        baseUrl: server.url,
        transport,
        maxRetryDelay: 5,
      });
      await failure(connect.customers.create({ name: 'n' }, { onToken() {} }));
      expect(server.received).toHaveLength(1);
    }
  });

  it('starts an asynchronous job again only when it surely did not start', async () => {
    const query = number('k', { metrics: ['m'] });
    const start = (baseUrl: string) =>
      createReporteiClient({ token: key, baseUrl, transport, maxRetryDelay: 5 })
        .customer('c')
        .metricsAsync(
          { reach: query },
          {
            integration: 'u',
            start: '2024-01-01',
            end: '2024-01-02',
            webhook: { url: 'https://a.io/' },
          },
        );
    await using busy = await hostileServer(json({}, 429), json({ success: true }));
    await start(busy.url);
    expect(busy.received).toHaveLength(2);
    for (const behaviour of [json({}, 500), ((r) => r.destroy()) as Answer]) {
      await using server = await hostileServer(behaviour);
      await failure(start(server.url));
      expect(server.received).toHaveLength(1);
    }
  });

  it('answers an outage with few retries', async () => {
    const { server, reo } = await against([json({}, 503)], { maxRetryDelay: 1, maxRetries: 5 });
    await using _server = server;
    for (let i = 0; i < 100; i += 1) await failure(reo.send(event));
    // 32 in hand at the start, as many as may be under way, and one for every five calls.
    expect(server.received.length).toBeLessThanOrEqual(100 + 32 + 20);
    expect(server.received.length).toBeGreaterThan(100);
    expect((await failure(reo.send(event))).hint).toMatch(/budget/);
  });

  it('keeps to the limits of concurrency and rate', async () => {
    let active = 0;
    let peak = 0;
    const { server, reo } = await against(
      [
        (response, request) => {
          active += 1;
          peak = Math.max(peak, active);
          setTimeout(() => {
            active -= 1;
            taken(response, request);
          }, 20);
        },
      ],
      { concurrency: 3, rateLimit: { perSecond: 10 } },
    );
    await using _server = server;
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 21 }, () => reo.send(event)));
    expect(peak).toBeLessThanOrEqual(3);
    expect(performance.now() - startedAt).toBeGreaterThan(1_950);
  });

  it('tells a hook about every attempt, and survives it', async () => {
    const seen: unknown[] = [];
    const { server, reo } = await against([json({}, 503), taken], {
      onAttempt: (info) => {
        seen.push(info);
        throw new Error('a hook that fails');
      },
    });
    await using _server = server;
    await reo.send(event);
    const call = { method: 'POST', path: '/api/product/usage' };
    expect(seen).toMatchObject([
      { ...call, attempt: 1, status: 503, retryInMs: expect.any(Number) },
      { ...call, attempt: 2, status: 200 },
    ]);
  });

  it('survives a hook that rejects', async () => {
    const { server, reo } = await against([taken], {
      onAttempt: () => Promise.reject(new Error('a hook that fails later')),
    });
    await using _server = server;
    await reo.send(event);
    // Vitest fails the run on an unhandled rejection.
    await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('does not wait for a key longer than for an answer', async () => {
    const { server, reo } = await against([taken], {
      apiKey: () => new Promise(() => {}),
      timeout: 50,
    });
    await using _server = server;
    expect(await failure(reo.send(event, { maxRetries: 0 }))).toMatchObject({
      code: 'timeout',
      ambiguous: false,
      attempts: 0,
    });
    const aborted = reo.send(event, { signal: AbortSignal.timeout(20), timeout: '5s' });
    expect(await failure(aborted)).toMatchObject({ code: 'aborted', ambiguous: false });
    expect(server.received).toHaveLength(0);
  });

  it('tells what happened when the key is gone before the second attempt', async () => {
    let asked = 0;
    const { server, reo } = await against([(response) => response.destroy()], {
      apiKey: () => ((asked += 1) > 1 ? Promise.reject(new Error('vault')) : 'k'),
    });
    await using _server = server;
    expect(await failure(reo.send(event))).toMatchObject({
      code: 'network',
      ambiguous: true,
      attempts: 1,
    });
  });

  it('warns of no leak when many calls share a signal', async () => {
    const { server, reo } = await against([taken], { concurrency: 5 });
    await using _server = server;
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 40 }, () => reo.send(event, { signal })));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('shows nothing of an answer that cannot be parsed', async () => {
    const { server, reo } = await against(
      [
        (response) => {
          response.socket?.end(
            'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz{"api_token":"BODYSECRET"}',
          );
        },
      ],
      { maxRetries: 0 },
    );
    await using _server = server;
    const error = await failure(reo.send(event));
    expect(inspect(error, { depth: 9 })).not.toContain('BODYSECRET');
    expect(JSON.stringify(error.cause)).not.toContain('BODYSECRET');
  });

  it('gives the raw client the same protection', async () => {
    await using elsewhere = await hostileServer(taken);
    await using server = await hostileServer(
      json({}, 503),
      json(settings, 200, { 'x-ratelimit-remaining': '7' }),
      (response) => response.writeHead(302, { location: elsewhere.url }).end(),
      (response) => response.destroy(),
    );
    const { raw } = createReporteiClient({
      token: key,
      baseUrl: `${server.url}/api`,
      transport,
      maxRetryDelay: 5,
    });
    const { data, response } = await raw.GET('/merchants/settings');
    expect(data).toEqual(settings);
    expect(response.headers.get('x-ratelimit-remaining')).toBe('7');
    expect((await raw.GET('/merchants/settings')).response.status).toBe(302);
    expect(elsewhere.received).toHaveLength(0);
    for (const baseUrl of [elsewhere.url, `${server.url}/apis`]) {
      const astray = raw.GET('/merchants/settings', { baseUrl });
      expect(await failure(astray)).toMatchObject({ code: 'config' });
    }
    expect(elsewhere.received).toHaveLength(0);
    expect(await failure(raw.POST('/customers', { body: { name: 'n' } }))).toMatchObject({
      code: 'network',
      attempts: 1,
    });
  });
});

describe('the choice of transport', () => {
  const call = (options: ReoOptions) =>
    createReoClient({ apiKey: key, maxRetries: 0, ...options }).send(event);

  it('is the global fetch of the moment with "fetch", so that it can be intercepted', async () => {
    const original = globalThis.fetch;
    const intercepted: string[] = [];
    globalThis.fetch = async (url) => {
      intercepted.push(String(url));
      return Response.json({ response_code: 200, status: 'success' });
    };
    try {
      await call({ transport: 'fetch', baseUrl: 'https://ingest.invalid' });
    } finally {
      globalThis.fetch = original;
    }
    expect(intercepted).toEqual(['https://ingest.invalid/api/product/usage']);
  });

  it("is always the user's own fetch when there is one", async () => {
    const urls: string[] = [];
    const fetch = async (url: string): Promise<Response> => {
      urls.push(url);
      return Response.json({ response_code: 200, status: 'success' });
    };
    await call({ fetch, transport: 'auto', baseUrl: 'https://ingest.invalid' });
    expect(urls).toHaveLength(1);
  });

  it('survives a fetch that ignores its signal', async () => {
    const fetch = (): Promise<Response> => new Promise(() => {});
    expect(await failure(call({ fetch, timeout: 50 }))).toMatchObject({ code: 'timeout' });
  });

  it('takes a fetch that throws what it likes for a network failure', async () => {
    const fetch = (): never => {
      throw new RangeError('my own');
    };
    expect(await failure(call({ fetch }))).toMatchObject({
      code: 'network',
      cause: expect.any(RangeError),
    });
  });
});
