import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createEvents } from '../../src/mock/events.ts';
import { changesOf } from '../../src/mock/control/stream.ts';
import type { Mock } from '../../src/mock/mock.ts';
import {
  EVENT,
  CUSTOMER,
  GET_DATA,
  REO,
  startTested,
  type TestedMock,
} from '../unit/mock/support.ts';

interface Told {
  readonly type: string;
  readonly data: unknown;
}

/** Listens to what the emulator tells; `ended` settles when it says no more. */
async function listen(
  mock: TestedMock,
  fetched: (path: string) => Promise<Response> = (path) => fetch(mock.url + path),
): Promise<{ readonly told: Told[]; readonly ended: Promise<unknown>; readonly stop: () => void }> {
  const answer = await fetched('/__mock/stream');
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const told: Told[] = [];
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  const ended = (async () => {
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return 'closed';
      text += Buffer.from(value).toString();
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const one of events) {
        const [, type = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(one) ?? [];
        if (type !== '') told.push({ type, data: JSON.parse(data) as unknown });
      }
    }
  })().catch(() => 'broken');
  return { told, ended, stop: () => void reader.cancel().catch(() => undefined) };
}

describe.each(['HTTP', 'mock.fetch'] as const)('the stream over %s', (way) => {
  const start = async (): Promise<
    { mock: TestedMock; told: Told[] } & Awaited<ReturnType<typeof listen>>
  > => {
    const mock = await startTested();
    const listening = await listen(mock, way === 'HTTP' ? undefined : (path) => mock.fetch(path));
    return { mock, ...listening };
  };

  it('tells of requests, webhooks and changes, in their order', async () => {
    const { mock, told, ended } = await start();
    await mock.call('POST /api/product/usage', { headers: REO, json: { payload: EVENT } });
    mock.faults.once({ operation: 'getDataAsync', metrics: {} });
    mock.settings.change({ envelope: true });
    mock.clock.advance('1s');
    const json = { ...GET_DATA, metrics_webhook_url: 'http://192.0.2.1/' };
    await mock.call('POST /metrics/get-data-async', { headers: CUSTOMER, json });
    await mock.webhooks.idle();
    mock.requests.clear();
    const all = [
      ['changed', 'usage'],
      ['request', { operation: 'sendUsage', status: 200 }],
      ['changed', 'faults'],
      ['changed', 'settings'],
      ['changed', 'clock'],
      ['changed', 'faults'],
      ['request', { operation: 'getDataAsync', fault: 'f1' }],
      ['webhook', { id: 1, requestId: 2, state: 'pending' }],
      ['webhook', { id: 1, state: 'refused' }],
      ['changed', 'requests'],
    ];
    await expect.poll(() => told.length).toBe(all.length);
    expect(told).toMatchObject(all.map(([type, data]) => ({ type, data })));
    expect(JSON.stringify(told)).not.toMatch(/brian@reo|test_/);
    await mock.close();
    const late = new Promise((resolve) => setTimeout(resolve, 2_000, 'still open').unref());
    expect(await Promise.race([ended, late])).toMatch(/closed|broken/);
  });

  it('tells of nothing that was before', async () => {
    const { mock, told, stop } = await start();
    await mock.call('POST /api/product/usage', { headers: REO, json: { payload: EVENT } });
    await expect.poll(() => told.length).toBe(2);
    const second = await listen(mock);
    mock.clock.advance(1);
    await expect.poll(() => second.told).toEqual([{ type: 'changed', data: 'clock' }]);
    stop();
    second.stop();
    await mock.close();
  });

  it('can be left at once', async () => {
    const { mock, ended, stop } = await start();
    stop();
    const late = new Promise((resolve) => setTimeout(resolve, 2_000, 'still open').unref());
    expect(await Promise.race([ended, late])).toMatch(/closed|broken/);
    await mock.close();
  });
});

describe('a slow reader', () => {
  const CHUNK = 'x'.repeat(100_000);
  const emulator = (): {
    mock: Mock;
    emit: () => void;
    listeners: () => boolean;
    close: () => void;
  } => {
    const events = createEvents();
    const closing = new AbortController();
    return {
      mock: { events, closed: closing.signal } as unknown as Mock,
      emit: () => events.emit({ type: 'request', data: { path: CHUNK } as never }),
      listeners: events.heard,
      close: () => closing.abort(),
    };
  };

  it('who never reads is forgotten, with all that was kept for him', async () => {
    const { mock, emit, listeners } = emulator();
    const iterator = changesOf(mock, undefined)[Symbol.asyncIterator]();
    await iterator.next();
    for (let n = 0; n < 30; n += 1) emit();
    expect(listeners()).toBe(true);
    for (let n = 0; n < 30; n += 1) emit();
    expect(listeners()).toBe(false);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('who reads in time gets everything', async () => {
    const { mock, emit } = emulator();
    const iterator = changesOf(mock, undefined)[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toBe('retry: 1000\n\n');
    for (let n = 0; n < 100; n += 1) {
      emit();
      if (n % 10 === 9) expect((await iterator.next()).value?.length).toBeGreaterThan(1_000_000);
    }
  });

  it.each(['the emulator', 'the reader', 'the consumer'])(
    'is let go of when %s ends, although he waits',
    async (who) => {
      const { mock, listeners, close } = emulator();
      const reader = new AbortController();
      const iterator = changesOf(mock, reader.signal)[Symbol.asyncIterator]();
      await iterator.next();
      const waiting = iterator.next();
      if (who === 'the emulator') close();
      if (who === 'the reader') reader.abort();
      if (who === 'the consumer') await iterator.return?.();
      expect(await waiting).toEqual({ done: true, value: undefined });
      expect(listeners()).toBe(false);
    },
  );

  it('who comes after the end gets no more than the greeting', async () => {
    const { mock, listeners, close } = emulator();
    close();
    const chunks: string[] = [];
    for await (const chunk of changesOf(mock, undefined)) chunks.push(chunk);
    expect(chunks).toEqual(['retry: 1000\n\n']);
    expect(listeners()).toBe(false);
  });

  it('on a socket costs no more memory than is kept for him, and is cut off', async () => {
    await using mock = await startTested();
    const socket: Socket = connect(mock.port, '127.0.0.1');
    socket.write('GET /__mock/stream HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'readable');
    // He reads no more. Each of these is told with a path of 200 characters.
    const path = `/${'p'.repeat(199)}`;
    const ask = async (times: number): Promise<void> => {
      for (let n = 0; n < times; n += 1) await mock.fetch(path);
    };
    await ask(30_000);
    // He reads again, and finds the end before he has seen everything.
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    const late = new Promise((resolve) => setTimeout(resolve, 5_000, 'still open').unref());
    const ended = once(socket, 'close').then(() => 'closed');
    socket.resume();
    const seen = await Promise.race([
      ended,
      late,
      expect
        .poll(() => text.endsWith('0\r\n\r\n'), { timeout: 4_000 })
        .toBe(true)
        .then(() => 'ended'),
    ]);
    expect(seen).toMatch(/closed|ended/);
    expect(text.match(/event: request/g)?.length ?? 0).toBeLessThan(30_000);
    socket.destroy();
  }, 60_000);
});
