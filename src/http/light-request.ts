export const json = { accept: 'application/json' };
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
