import { setTimeout as wait } from 'node:timers/promises';
import type { Engine } from '../engine.ts';
import type { Answer, Incoming } from '../exchange.ts';

/** What `fetch` takes. */
export type MockFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * A `fetch` that goes straight into the emulator, without a socket. Faults show as they do on the
 * network: a dropped connection rejects with a `TypeError`, a cut body fails while it is read.
 * A path alone will do for a URL.
 */
export function createFetch(engine: Engine): MockFetch {
  return async (input, init) => {
    const path = typeof input === 'string' && input.startsWith('/');
    const request = new Request(path ? new URL(input, 'http://localhost') : input, init);
    const { pathname, search } = new URL(request.url);
    const incoming: Incoming = {
      method: request.method,
      target: `${pathname}${search}`,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
      signal: request.signal,
    };
    request.signal.throwIfAborted();
    const answer = await abortable(engine.handle(incoming), request.signal);
    try {
      return await responseOf(answer, request);
    } finally {
      answer.after?.();
    }
  };
}

async function responseOf(answer: Answer, { method, signal }: Request): Promise<Response> {
  const { status, headers, body, delivery = {} } = answer;
  const { connection, slowMs } = delivery;
  if (connection === 'hang') return abortable(new Promise<never>(() => undefined), signal);
  if (connection === 'reset' || connection === 'lose-answer') {
    throw new TypeError('fetch failed', { cause: new Error('The emulator reset the connection') });
  }
  const empty = status === 204 || status === 304 || method === 'HEAD';
  if (empty) return new Response(null, { status, headers });
  if (typeof body === 'string' && connection === undefined && slowMs === undefined) {
    return new Response(body, { status, headers });
  }
  const cut = connection === 'cut-body';
  const chunks = typeof body === 'string' ? pieces(body, slowMs ?? 0, cut) : body;
  return new Response(streamOf(chunks), { status, headers });
}

const PIECES = 20;

async function* pieces(body: string, ms: number, cut: boolean): AsyncGenerator<string> {
  const size = Math.max(1, Math.ceil(body.length / PIECES));
  const end = cut ? Math.floor(body.length / 2) : body.length;
  for (let i = 0; i < end; i += size) {
    if (ms > 0) await wait(ms / PIECES);
    yield body.slice(i, Math.min(i + size, end));
  }
  if (cut) throw new TypeError('terminated');
}

function streamOf(chunks: AsyncIterable<string> | Iterable<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator =
    Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  return new ReadableStream({
    pull: async (controller) => {
      const next = await iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(encoder.encode(next.value));
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
