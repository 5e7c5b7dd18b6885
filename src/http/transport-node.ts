import type { Dispatcher } from 'undici';
import { lazy } from './lazy.ts';
import { isUnsent } from './transport-fetch.ts';
import { type AnswerHeaders, type Transport, WireFailure, type WireLimits } from './wire.ts';

/** The emulator is on this machine: a proxy could not reach it. */
const neverProxied = 'localhost,127.0.0.1,[::1]';

const createDispatcher = async (): Promise<Dispatcher> => {
  const { Agent, EnvHttpProxyAgent } = await import('undici');
  const { http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY, no_proxy, NO_PROXY } = process.env;
  if (!(http_proxy || HTTP_PROXY || https_proxy || HTTPS_PROXY)) return new Agent();
  return new EnvHttpProxyAgent({ noProxy: [no_proxy ?? NO_PROXY, neverProxied].join(',') });
};

/** One pool of keep-alive connections a process. undici takes 110 ms to load: not before it is needed. */
const connect = lazy(createDispatcher);

/** Drops a byte order mark; bytes that are no UTF-8 become U+FFFD. */
const decoder = new TextDecoder();

type Decode = (
  body: Buffer,
  options: { maxOutputLength: number },
  done: (error: Error | null, decoded: Buffer) => void,
) => void;

/** Decompresses one layer, never past the limit: a few hundred bytes of gzip can hold gigabytes. */
const decompress = async (body: Buffer, encoding: string, maxBytes: number): Promise<Buffer> => {
  if (encoding === 'identity' || body.length === 0) return body;
  // Loaded when needed: most answers are too short to be compressed.
  const { brotliDecompress, gunzip, inflate } = await import('node:zlib');
  const decoders: Readonly<Record<string, Decode>> = {
    gzip: gunzip,
    'x-gzip': gunzip,
    deflate: inflate,
    br: brotliDecompress,
  };
  const decode = decoders[encoding.trim().toLowerCase()];
  if (decode === undefined) throw new WireFailure('encoding', true);
  return new Promise((resolve, reject) => {
    decode(body, { maxOutputLength: maxBytes }, (error, decoded) => {
      if (error === null) return resolve(decoded);
      const tooLarge = 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
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
  agent: Dispatcher,
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
      signal?.removeEventListener('abort', onAbort);
    };
    const stop = (reason: WireFailure['reason'], cause?: unknown): void => {
      if (stopped) return;
      settle();
      const failure = new WireFailure(reason, controller !== undefined, cause);
      reject(failure);
      controller?.abort(failure);
    };
    const onAbort = (): void => stop('aborted', signal?.reason);
    const timer = setTimeout(stop, timeoutMs, 'timeout');
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) return onAbort();

    agent.dispatch(
      {
        origin: request.url.slice(0, slash),
        path: request.url.slice(slash),
        method: request.method as Dispatcher.HttpMethod,
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
 * `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, and asks for gzip.
 */
export const platformTransport = (): Transport => async (request, limits) => {
  if (limits.signal?.aborted) throw new WireFailure('aborted', false, limits.signal.reason);
  const { status, headers, body } = await exchange(await connect(), request, limits);
  const encoding = headers.get('content-encoding');
  const bytes = encoding === null ? body : await decompress(body, encoding, limits.maxBytes);
  return { status, headers, text: decoder.decode(bytes) };
};
