import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createCallbacks,
  type Delivery,
  type FetchHandler,
} from '../../src/reportei/callbacks/index.ts';
import { options, startJob } from '../support/callbacks.ts';
import { at, json, parsing, plain, send, speak } from '../support/receivers.ts';

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

const told = async (answer: Response): Promise<unknown> => [answer.status, await answer.text()];

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
