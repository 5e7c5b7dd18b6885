import { createServer as createHttp2Server, connect as connectHttp2 } from 'node:http2';
import { once } from 'node:events';
import { connect as connectTo, type AddressInfo, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import express from 'express';
import fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createCallbacks,
  type Delivery,
  type FetchHandler,
  toNodeListener,
} from '../../src/reportei/callbacks/index.ts';
import { bodyOf, dashboard, options, startJob } from '../support/callbacks.ts';
import { listen, parsing, plain, type Receiver } from '../support/receivers.ts';

const json = { 'content-type': 'application/json' };

let deliveries: Delivery[] = [];
let errors: unknown[] = [];
let rejected: (number | undefined)[] = [];
let work = async (): Promise<void> => {};

const callbacks = createCallbacks({
  ...options,
  maxBodyBytes: 10_000,
  onError: (error) => errors.push(error),
  onRejected: ({ status }) => rejected.push(status),
});
const handler: FetchHandler = callbacks.handler(async (delivery) => {
  deliveries.push(delivery);
  await work();
});

beforeEach(() => {
  deliveries = [];
  errors = [];
  rejected = [];
});
afterEach(() => {
  work = async () => {};
});

/** Where a webhook's URL leads to when a receiver listens here. */
const at = ({ origin }: Receiver, url: string): string =>
  origin + url.slice(new URL(url).origin.length);

const told = async (answer: Response): Promise<unknown> => [answer.status, await answer.text()];

const send = (
  to: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = json,
) => fetch(to, { method: 'POST', body, headers });

/** All that a server answers on a connection of its own, until `stop` says that it is enough. */
const speak = async (
  { origin }: Receiver,
  start: string,
  then: (socket: Socket, text: () => string) => Promise<unknown>,
): Promise<string> => {
  const socket = connectTo(Number(new URL(origin).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  socket.on('error', () => {});
  socket.write(start.replaceAll('\n', '\r\n'));
  await then(socket, () => text);
  socket.destroy();
  return text;
};

describe.each([...Object.entries(plain), ...Object.entries(parsing)])('%s', (_, start) => {
  it('delivers', async () => {
    await using receiver = await start(handler);
    const { webhook, body } = await startJob(callbacks);
    const to = at(receiver, webhook.url);
    expect(await told(await send(to, JSON.stringify(body)))).toEqual([200, '']);
    expect(await told(await send(to, JSON.stringify({ data: body }, null, 2)))).toEqual([200, '']);
    expect(deliveries).toHaveLength(2);
    for (const { jobId, context, outcomes } of deliveries) {
      expect([jobId, context]).toEqual([webhook.jobId, 'customer-17']);
      expect(outcomes).toMatchObject({
        replies: { ok: true, value: 12 },
        gender: { ok: true, series: { followers: [3, 4] } },
      });
    }
  });

  it('refuses', async () => {
    await using receiver = await start(handler);
    const { webhook } = await startJob(callbacks);
    const to = at(receiver, webhook.url);
    expect(await told(await send(`${to}A`, '{}'))).toEqual([404, '']);
    expect(await told(await send(to, '{}'))).toEqual([404, '']);
    expect(await told(await send(to, '{"a":1}'))).toEqual([404, '']);
    expect((await send(to, '{"a":')).status).toBe(400);
    expect((await send(to, JSON.stringify({ a: 'a'.repeat(20_000) }))).status).toBe(413);
    for (const method of ['GET', 'HEAD', 'DELETE']) {
      const answer = await fetch(to, { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
      expect(await answer.text()).toBe('');
    }
    expect(deliveries).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('says 500 when the work fails', async () => {
    await using receiver = await start(handler);
    const { webhook, body } = await startJob(callbacks);
    const failure = new Error('the database is down');
    work = () => Promise.reject(failure);
    const answer = await send(at(receiver, webhook.url), JSON.stringify(body));
    expect(await told(answer)).toEqual([500, '']);
    expect(errors).toEqual([failure]);
  });

  it('goes on after a client that left in the middle', async () => {
    await using receiver = await start(handler);
    const { webhook, body } = await startJob(callbacks);
    const { pathname, search } = new URL(webhook.url);
    const head = `POST ${pathname}${search} HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: 500\n\n`;
    await speak(receiver, `${head}{"a":`, async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
    });
    expect((await send(at(receiver, webhook.url), JSON.stringify(body))).status).toBe(200);
    expect(deliveries).toHaveLength(1);
    expect(errors).toEqual([]);
  });
});

describe.each(Object.entries(plain))('%s', (_, start) => {
  it('answers a bad token before there is a body', async () => {
    await using receiver = await start(handler);
    const head =
      'POST /hooks/reportei?t=AAAA HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: 500\n\n';
    const text = await speak(receiver, head, async (_socket, text) => {
      await expect.poll(text).toMatch(/^HTTP\/1.1 404 /);
    });
    expect(text).toMatch(/^HTTP\/1.1 404 Not Found\r\n/);
  });

  it('answers a body that is too long before its end, and the next request on the same connection', async () => {
    await using receiver = await start(handler);
    const { webhook, body } = await startJob(callbacks);
    const { pathname, search } = new URL(webhook.url);
    const head = (length: string): string =>
      `POST ${pathname}${search} HTTP/1.1\nHost: x\nContent-Type: application/json\n${length}\n\n`;
    const text = JSON.stringify(body);
    for (const length of ['Content-Length: 1020000', 'Transfer-Encoding: chunked']) {
      const isChunked = length.endsWith('chunked');
      const piece = ' '.repeat(20_000);
      const chunk = isChunked ? `${(20_000).toString(16)}\r\n${piece}\r\n` : piece;
      await speak(receiver, head(length), async (socket, answers) => {
        socket.write(chunk);
        await expect.poll(answers).toMatch(/^HTTP\/1.1 413 /);
        // More than any buffer holds: who does not take it up gets nothing else either.
        socket.write(isChunked ? `${chunk.repeat(50)}0\r\n\r\n` : piece.repeat(50));
        socket.write(head(`Content-Length: ${text.length}`).replaceAll('\n', '\r\n') + text);
        await expect.poll(answers).toMatch(/HTTP\/1.1 200 /);
      });
    }
    expect(deliveries).toHaveLength(2);
    expect(rejected).toEqual([413, 413]);
  });

  it('takes up the body of a bad token, so that the connection can go on', async () => {
    await using receiver = await start(handler);
    const { webhook, body } = await startJob(callbacks);
    const { pathname, search } = new URL(webhook.url);
    const text = JSON.stringify(body);
    const head = (path: string, length: number): string =>
      `POST ${path} HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: ${length}\n\n`;
    await speak(receiver, head(`${pathname}?t=AAAA`, 1_000_000), async (socket, answers) => {
      socket.write(' '.repeat(1_000_000));
      await expect.poll(answers).toMatch(/^HTTP\/1.1 404 /);
      socket.write(head(pathname + search, text.length).replaceAll('\n', '\r\n') + text);
      await expect.poll(answers).toMatch(/HTTP\/1.1 200 /);
    });
  });

  it('takes up the rest of a body that is no text', async () => {
    await using receiver = await start(
      createCallbacks({ ...options, onError: (error) => errors.push(error) }).handler(() => {}),
    );
    const { webhook, body } = await startJob(callbacks);
    const { pathname, search } = new URL(webhook.url);
    const text = JSON.stringify(body);
    const head = (length: number): string =>
      `POST ${pathname}${search} HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: ${length}\n\n`;
    await speak(receiver, head(1_000_000), async (socket, answers) => {
      socket.write(new Uint8Array(1_000_000).fill(0xff));
      await expect.poll(answers).toMatch(/^HTTP\/1.1 400 /);
      socket.write(head(text.length).replaceAll('\n', '\r\n') + text);
      await expect.poll(answers).toMatch(/HTTP\/1.1 200 /);
    });
    expect(errors).toEqual([]);
  });

  it('refuses other types', async () => {
    await using receiver = await start(handler);
    const { webhook, body } = await startJob(callbacks);
    const to = at(receiver, webhook.url);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const answer = await send(to, JSON.stringify(body), { 'content-type': type });
      expect(await told(answer)).toEqual([415, '']);
    }
  });

  it('reads a body in pieces', async () => {
    await using receiver = await start(handler);
    const { webhook, body } = await startJob(callbacks);
    const bytes = new TextEncoder().encode(JSON.stringify({ ...body, ü: '✓😀' }));
    const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const piece = pieces.shift();
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
    });
    const init = { method: 'POST', headers: json, body: stream, duplex: 'half' } as RequestInit;
    expect((await fetch(at(receiver, webhook.url), init)).status).toBe(200);
    expect(deliveries[0]?.body).toEqual({ ...body, ü: '✓😀' });
  });
});

describe('toNodeListener', () => {
  it('says nothing of lengths and encodings that a parser has undone', async () => {
    const app = express().use(express.json());
    app.use(
      toNodeListener(async (request) =>
        Response.json({ headers: [...request.headers.keys()], body: await request.json() }),
      ),
    );
    await using receiver = await listen(app);
    const packed = gzipSync('{ "a":  1 }');
    const headers = { ...json, 'content-encoding': 'gzip', 'x-a': 'b' };
    const answer = (await (await send(receiver.origin, packed, headers)).json()) as {
      readonly headers: readonly string[];
      readonly body: unknown;
    };
    expect(answer.body).toEqual({ a: 1 });
    expect(answer.headers).toContain('x-a');
    expect(answer.headers).not.toContain('content-length');
    expect(answer.headers).not.toContain('content-encoding');
  });

  it('keeps Fastify from answering as well', async () => {
    const lines: string[] = [];
    const app = fastify({
      logger: { level: 'warn', stream: { write: (line) => lines.push(line) } },
    });
    const listener = toNodeListener(async (request) => {
      await request.text();
      return new Response(null, { status: 202 });
    });
    app.post('/', async (request, reply) => listener(request, reply));
    const origin = await app.listen({ port: 0, host: '127.0.0.1' });
    expect((await send(origin, '{}')).status).toBe(202);
    await app.close();
    expect(lines).toEqual([]);
  });

  it('takes what a parser has unpacked', async () => {
    await using receiver = await (parsing['Express with express.json()'] as (typeof plain)[string])(
      handler,
    );
    const { webhook, body } = await startJob(callbacks);
    const packed = gzipSync(JSON.stringify(body));
    const answer = await send(at(receiver, webhook.url), packed, {
      ...json,
      'content-encoding': 'gzip',
    });
    expect(answer.status).toBe(200);
  });

  it('says 500, and why, where somebody has read the body and kept it', async () => {
    const listener = toNodeListener(handler);
    await using receiver = await listen((request, response) => {
      request.resume().once('end', () => listener(request, response));
    });
    const { webhook, body } = await startJob(callbacks);
    const to = at(receiver, webhook.url);
    expect((await send(`${to}A`, '{}')).status).toBe(404);
    expect((await send(to, JSON.stringify(body))).status).toBe(500);
    expect(errors).toEqual([
      expect.objectContaining({ code: 'config', message: expect.stringContaining('read before') }),
    ]);
  });

  it('answers also what makes no request: other methods and targets', async () => {
    await using receiver = await listen(toNodeListener(handler));
    const { webhook, body } = await startJob(callbacks);
    const { search } = new URL(webhook.url);
    const text = JSON.stringify(body);
    const ask = (line: string, more = ''): Promise<string> =>
      speak(receiver, `${line} HTTP/1.1\nHost: x\nConnection: close\n${more}\n`, (socket) =>
        once(socket, 'close'),
      );
    expect(await ask('TRACE /')).toMatch(/^HTTP\/1.1 400 /);
    expect(await ask('OPTIONS *')).toMatch(/^HTTP\/1.1 4\d\d /);
    expect(await ask('POST //elsewhere.io/?t=A')).toMatch(/^HTTP\/1.1 404 /);
    const more = `Content-Length: ${text.length}\n`;
    const absolute = `POST http://app.example.com/hooks${search}`;
    expect(await ask(absolute, `${more}\n${text}`)).toMatch(/^HTTP\/1.1 200 /);
  });

  it('survives a handler that rejects, and clients that do not wait', async () => {
    let leave = (): void => {};
    const left = new Promise<void>((resolve) => (leave = resolve));
    const failing: FetchHandler = async ({ url }) => {
      if (url.endsWith('/slow')) await left;
      else throw new Error('not caught');
      return new Response('late');
    };
    await using receiver = await listen(toNodeListener(failing));
    const asking = new AbortController();
    const slow = fetch(`${receiver.origin}/slow`, { signal: asking.signal }).catch(() => 'left');
    await new Promise((resolve) => setTimeout(resolve, 50));
    asking.abort();
    expect(await slow).toBe('left');
    leave();
    expect((await fetch(`${receiver.origin}/`)).status).toBe(500);
  });

  it('leaves answers alone that others have begun', async () => {
    const listener = toNodeListener(handler);
    await using receiver = await listen((request, response) => {
      response.end('begun');
      listener(request, response);
    });
    expect(await (await fetch(receiver.origin)).text()).toBe('begun');
    expect(errors).toEqual([]);
  });

  it('passes on what any handler answers', async () => {
    const listener = toNodeListener(async (request) =>
      Response.json(
        { asked: new URL(request.url).pathname, got: await request.text() },
        { status: 201, headers: { 'x-a': 'b' } },
      ),
    );
    await using receiver = await listen(listener);
    const answer = await send(`${receiver.origin}/a%20b`, 'ü');
    expect([answer.status, answer.headers.get('x-a')]).toEqual([201, 'b']);
    expect(await answer.json()).toEqual({ asked: '/a%20b', got: 'ü' });
  });

  it('asks for the whole path, wherever it is mounted and however it is written', async () => {
    const listener = toNodeListener(async ({ url }) => Response.json(new URL(url).pathname));
    await using mounted = await listen(express().use('/hooks', listener));
    expect(await (await fetch(`${mounted.origin}/hooks/a`)).json()).toBe('/hooks/a');
    await using receiver = await listen(listener);
    const line = 'GET http://app.example.com/a/b?c HTTP/1.1\nHost: x\nConnection: close\n\n';
    const text = await speak(receiver, line, (socket) => once(socket, 'close'));
    expect(text).toMatch(/"\/a\/b"$/);
  });

  it('works over HTTP/2', async () => {
    const server = createHttp2Server({}, toNodeListener(handler)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const { webhook, body } = await startJob(callbacks);
    const { pathname, search } = new URL(webhook.url);
    const stream = session.request({ ':method': 'POST', ':path': pathname + search, ...json });
    stream.end(JSON.stringify(body));
    const [headers] = (await once(stream, 'response')) as [{ ':status': number }];
    expect(headers[':status']).toBe(200);
    session.destroy();
    await new Promise((resolve) => server.close(resolve));
    expect(deliveries).toHaveLength(1);
  });
});

describe('frameworks of the Fetch standard', () => {
  it('Next.js: the handler is the route’s POST', async () => {
    // As the framework calls it; the framework itself is too heavy to be installed for this.
    const route = { POST: handler, dynamic: 'force-dynamic' };
    const { ids, url } = await callbacks.prepare(dashboard);
    const request = new Request(url, {
      method: 'POST',
      headers: json,
      body: JSON.stringify(bodyOf(ids)),
    });
    const call = route.POST as (request: Request, context: object) => Promise<Response>;
    const answer = await call(request, { params: Promise.resolve({}) });
    expect(answer).toBeInstanceOf(Response);
    expect(answer.status).toBe(200);
  });
});
