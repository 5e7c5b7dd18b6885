import { setTimeout as wait } from 'node:timers/promises';
import type { MockFetch } from '../api.ts';
import type { Engine } from '../engine.ts';
import type { Answer, Incoming } from '../exchange.ts';
import { bytesOf, textOf } from './bytes.ts';
import { sentHeaders } from './deliver.ts';

/**
 * A `fetch` that goes straight into the emulator, without a socket. Faults show as they do on the
 * network: a dropped connection rejects with a `TypeError`, a cut body fails while it is read.
 * A path alone will do for a URL.
 */
export function createFetch(engine: Engine, closed: AbortSignal): MockFetch {
  return async (input, init) => {
    if (closed.aborted) throw dropped('The emulator was stopped');
    const path = typeof input === 'string' && input.startsWith('/');
    const request = new Request(path ? `http://localhost${input}` : input, init);
    // Not the request's: Node may drop a timeout that only a request follows, and it never comes.
    const signal = init?.signal ?? request.signal;
    const { host, pathname, search } = new URL(request.url);
    const incoming: Incoming = {
      method: request.method,
      target: `${pathname}${search}`,
      headers: { host, ...Object.fromEntries(request.headers) },
      body: textOf(Buffer.from(await request.arrayBuffer())),
      signal,
    };
    signal.throwIfAborted();
    const handled = engine.handle(incoming);
    // What follows an answer does not depend on a caller who is gone already.
    const finish = (): void => void handled.then(({ after }) => after?.());
    try {
      return await responseOf(await abortable(handled, signal), request.method, signal, closed);
    } finally {
      finish();
    }
  };
}

/** Statuses whose answers have no body. */
const BARE: ReadonlySet<number> = new Set([204, 205, 304]);

const dropped = (reason: string): TypeError =>
  new TypeError('fetch failed', { cause: new Error(reason) });

async function responseOf(
  answer: Answer,
  method: string,
  signal: AbortSignal,
  closed: AbortSignal,
): Promise<Response> {
  const { status, body, delivery = {} } = answer;
  const { connection, slowMs } = delivery;
  const headers = sentHeaders(answer.headers);
  if (connection === 'hang') {
    const stopped = new Promise<never>((_resolve, reject) => {
      const stop = (): void => reject(dropped('The emulator was stopped'));
      if (closed.aborted) stop();
      closed.addEventListener('abort', stop, { once: true });
      signal.addEventListener('abort', () => closed.removeEventListener('abort', stop));
    });
    return abortable(stopped, signal);
  }
  if (connection === 'reset' || connection === 'lose-answer') {
    throw dropped('The emulator reset the connection');
  }
  if (BARE.has(status) || method === 'HEAD') return new Response(null, { status, headers });
  if (typeof body === 'string' && connection === undefined && slowMs === undefined) {
    return new Response(new Uint8Array(bytesOf(body)), { status, headers });
  }
  const cut = connection === 'cut-body';
  const chunks = typeof body === 'string' ? pieces(bytesOf(body), slowMs ?? 0, cut) : body;
  return new Response(streamOf(chunks), { status, headers });
}

const PIECES = 20;

async function* pieces(body: Buffer, ms: number, cut: boolean): AsyncGenerator<Uint8Array> {
  const size = Math.max(1, Math.ceil(body.length / PIECES));
  const end = cut ? Math.floor(body.length / 2) : body.length;
  for (let i = 0; i < end; i += size) {
    if (ms > 0) await wait(ms / PIECES);
    yield body.subarray(i, Math.min(i + size, end));
  }
  if (cut) throw new TypeError('terminated');
}

type Chunk = string | Uint8Array;

function streamOf(chunks: AsyncIterable<Chunk> | Iterable<Chunk>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator =
    Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  return new ReadableStream({
    pull: async (controller) => {
      const next = await iterator.next();
      if (next.done === true) controller.close();
      else if (typeof next.value === 'string') controller.enqueue(encoder.encode(next.value));
      else controller.enqueue(next.value);
    },
    cancel: async () => {
      await iterator.return?.();
    },
  });
}

/** The same promise, but it rejects as soon as the signal tells. */
function abortable<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    const settled = (): void => signal.removeEventListener('abort', abort);
    promise.then(resolve, reject).finally(settled);
    if (signal.aborted) abort();
  });
}
