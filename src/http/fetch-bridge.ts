import type { WireAnswer, WireRequest } from './wire.ts';

const json = { accept: 'application/json' };
const jsonBody = { ...json, 'content-type': 'application/json' };

/**
 * The parts of `Request` that openapi-fetch reads, at a small share of its cost on Node. The headers
 * it is given are left out: with the wrappers' calls they are always the ones below.
 */
export class LightRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;

  constructor(url: string, { method, body }: { method: string; body?: string }) {
    this.url = url;
    this.method = method;
    this.headers = body === undefined ? json : jsonBody;
    this.body = body;
  }
}

/** What openapi-fetch is told of an answer: to leave the body alone, the wrappers decode it. */
export const nothingToRead = {
  ok: true,
  status: 200,
  headers: { get: () => null },
  body: null,
} as unknown as Response;

const bodyless = new Set([204, 205, 304]);

/** A `fetch` with real `Request` and `Response` objects: for the raw client and its middleware. */
export const rawFetch =
  (send: (request: WireRequest, signal: AbortSignal) => Promise<WireAnswer>) =>
  async (request: Request): Promise<Response> => {
    const { url, method, signal } = request;
    const body = request.body === null ? undefined : await request.text();
    const given = { ...json, ...Object.fromEntries(request.headers) };
    const { status, headers, text } = await send({ url, method, headers: given, body }, signal);
    const kept = [...headers].filter(([name]) => !/^content-(encoding|length)$/i.test(name));
    return new Response(bodyless.has(status) ? null : text, { status, headers: kept });
  };
