import type { Dispatcher } from 'undici';
import { isLoopback } from './base-url.ts';
import { ConfigError } from './errors.ts';
import { lazy } from './lazy.ts';
import { onAbort } from './on-abort.ts';
import { fetchTransport, isUnsent } from './transport-fetch.ts';
import {
  type AnswerHeaders,
  type Transport,
  type WireAnswer,
  WireFailure,
  type WireLimits,
} from './wire.ts';

type Choose = (origin: string) => Dispatcher;

/** A proxy that accepts and stays silent must not keep the process alive for undici's five minutes. */
const proxyAnswerMs = 30_000;

/** `undefined` where undici is not to be had: a bundler has made one ES module of everything, say. */
const createDispatchers = async (): Promise<Choose | undefined> => {
  const undici = await import('undici').catch(() => undefined);
  if (undici === undefined) return undefined;
  const { Agent, EnvHttpProxyAgent, Pool } = undici;
  const { http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY, no_proxy, NO_PROXY } = process.env;
  const direct = new Agent();
  const exceptions = (no_proxy ?? NO_PROXY ?? '').split(/[\s,]+/);
  if (!(http_proxy || HTTP_PROXY || https_proxy || HTTPS_PROXY) || exceptions.includes('*')) {
    return () => direct;
  }
  const proxied = newProxied(() => {
    const clientFactory = (origin: URL, options: object): Dispatcher =>
      new Pool(origin, { ...options, headersTimeout: proxyAnswerMs });
    return new EnvHttpProxyAgent({ clientFactory });
  });
  // The emulator is on this machine: a proxy could not reach it, and would see the key.
  return (origin) => (isLoopback(new URL(origin).hostname) ? direct : proxied);
};

const newProxied = (make: () => Dispatcher): Dispatcher => {
  try {
    return make();
  } catch {
    // No cause: it would quote the address, which may hold a password.
    throw new ConfigError('HTTPS_PROXY or HTTP_PROXY is not an address');
  }
};

/** One pool of keep-alive connections a process. undici takes 110 ms to load: not before it is needed. */
const dispatchers = lazy(createDispatchers);

/** Drops a byte order mark; bytes that are no UTF-8 become U+FFFD. */
const decoder = new TextDecoder();

/** Decompresses one layer, never past the limit: a few hundred bytes of gzip can hold gigabytes. */
const decompress = async (body: Buffer, encoding: string, maxBytes: number): Promise<Buffer> => {
  if (/^identity$/i.test(encoding) || body.length === 0) return body;
  // Nothing else was asked for.
  if (!/^gzip$/i.test(encoding)) throw new WireFailure('encoding', true);
  // Loaded when needed: most answers are too short to be compressed.
  const { gunzip } = await import('node:zlib');
  return new Promise((resolve, reject) => {
    gunzip(body, { maxOutputLength: Math.min(maxBytes, 2 ** 31 - 1) }, (error, decoded) => {
      if (error === null) return resolve(decoded);
      const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      reject(new WireFailure(tooLarge ? 'too-large' : 'network', true, error));
    });
  });
};

type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

const lightHeaders = (raw: RawHeaders): AnswerHeaders => {
  const get = (name: string): string | null => {
    const value = raw[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : (value ?? null);
  };
  return {
    get,
    *[Symbol.iterator]() {
      for (const name of Object.keys(raw)) yield [name, get(name) ?? ''];
    },
  };
};

/** Some gateways turn away what names no user agent. */
const ownHeaders = { 'user-agent': 'tallywire', 'accept-encoding': 'gzip' };

interface Raw {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: Buffer;
}

const exchange = (
  choose: Choose,
  request: Parameters<Transport>[0],
  { timeoutMs, maxBytes, signal }: WireLimits,
): Promise<Raw> =>
  new Promise((resolve, reject) => {
    const slash = request.url.indexOf('/', request.url.indexOf('://') + 3);
    let controller: Dispatcher.DispatchController | undefined;
    let stopped = false;
    let status = 0;
    let headers: RawHeaders = {};
    let size = 0;
    const chunks: Buffer[] = [];

    const settle = (): void => {
      stopped = true;
      clearTimeout(timer);
      stay();
    };
    const stop = (reason: WireFailure['reason'], cause?: unknown): void => {
      if (stopped) return;
      settle();
      const failure = new WireFailure(reason, controller !== undefined, cause);
      reject(failure);
      controller?.abort(failure);
    };
    const timer = setTimeout(stop, timeoutMs, 'timeout');
    const stay = onAbort(signal, () => stop('aborted', signal?.reason));
    if (signal?.aborted) return stop('aborted', signal.reason);
    const origin = request.url.slice(0, slash);

    choose(origin).dispatch(
      {
        origin,
        path: request.url.slice(slash),
        method: request.method,
        headers: { ...ownHeaders, ...request.headers },
        body: request.body ?? null,
        // The one timer above covers the attempt: a body that drips would keep these alive for ever.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      {
        onRequestStart(started) {
          controller = started;
          if (stopped) started.abort(new WireFailure('aborted', false));
        },
        onResponseStart(_, statusCode, received) {
          status = statusCode;
          headers = received;
        },
        onResponseData(_, chunk) {
          size += chunk.length;
          if (size > maxBytes) stop('too-large');
          else chunks.push(chunk);
        },
        onResponseEnd() {
          if (stopped) return;
          settle();
          const first = chunks[0] ?? Buffer.alloc(0);
          const body = chunks.length > 1 ? Buffer.concat(chunks, size) : first;
          resolve({ status, headers: lightHeaders(headers), body });
        },
        onResponseError(_, error) {
          if (stopped) return;
          settle();
          reject(new WireFailure('network', controller !== undefined && !isUnsent(error), error));
        },
      },
    );
  });

/**
 * Node's transport: undici's dispatcher without fetch around it. Keeps connections alive, respects
 * `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, and asks for gzip. Without undici it is the global fetch.
 */
export const platformTransport = (): Transport => {
  const withFetch = lazy(fetchTransport);
  return async (request, limits) => {
    if (limits.signal?.aborted) throw new WireFailure('aborted', false, limits.signal.reason);
    const choose = await dispatchers();
    return choose === undefined
      ? withFetch()(request, limits)
      : dispatched(await exchange(choose, request, limits), limits);
  };
};

const dispatched = async (
  { status, headers, body }: Raw,
  limits: WireLimits,
): Promise<WireAnswer> => {
  const encoding = headers.get('content-encoding')?.trim() ?? '';
  const bytes = encoding === '' ? body : await decompress(body, encoding, limits.maxBytes);
  return { status, headers, text: decoder.decode(bytes) };
};
