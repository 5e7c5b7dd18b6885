import type { WireAnswer, WireRequest } from './wire.ts';

/** The parts of `Request` that openapi-fetch reads, at a small share of its cost on Node. */
export class LightRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | undefined;

  constructor(url: string, init: { method: string; headers: Headers; body?: string }) {
    this.url = url;
    this.method = init.method;
    this.headers = init.headers;
    this.body = init.body;
  }
}

/** An answer that tells openapi-fetch only to leave the body alone: the wrappers decode it themselves. */
const nothingToRead = { ok: true, status: 200, headers: { get: () => null }, body: null };

const wire = (
  { url, method, headers }: Pick<Request, 'url' | 'method' | 'headers'>,
  body: string | undefined,
): WireRequest => ({
  url,
  method,
  headers: { accept: 'application/json', ...Object.fromEntries(headers) },
  body,
});

/** A `fetch` for openapi-fetch that hands the request over and leaves the answer to the caller. */
export const lightFetch =
  (send: (request: WireRequest) => Promise<void>) =>
  async (request: Request): Promise<Response> => {
    const light = request as unknown as LightRequest;
    await send(wire(light, light.body));
    return nothingToRead as unknown as Response;
  };

const bodyless = new Set([204, 205, 304]);

/** A `fetch` with real `Request` and `Response` objects: for the raw client and its middleware. */
export const rawFetch =
  (send: (request: WireRequest, signal: AbortSignal) => Promise<WireAnswer>) =>
  async (request: Request): Promise<Response> => {
    const body = request.body === null ? undefined : await request.text();
    const { status, headers, text } = await send(wire(request, body), request.signal);
    const kept = [...headers].filter(([name]) => !/^content-(encoding|length)$/i.test(name));
    return new Response(bodyless.has(status) ? null : text, { status, headers: kept });
  };
