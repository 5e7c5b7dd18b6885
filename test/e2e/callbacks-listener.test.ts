import { once } from 'node:events';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import express from 'express';
import fastify from 'fastify';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  createCallbacks,
  type Delivery,
  type FetchHandler,
  toNodeListener,
} from '../../src/reportei/callbacks/index.ts';
import { bodyOf, dashboard, options, startJob } from '../support/callbacks.ts';
import { at, json, listen, send, speak } from '../support/receivers.ts';

let deliveries: Delivery[] = [];
let errors: unknown[] = [];

const callbacks = createCallbacks({ ...options, onError: (error) => errors.push(error) });
const handler: FetchHandler = callbacks.handler((delivery) => {
  deliveries.push(delivery);
});

beforeEach(() => {
  deliveries = [];
  errors = [];
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
    await using receiver = await listen(express().use(express.json(), toNodeListener(handler)));
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
