import { ConfigError } from '../../http/errors.ts';
import type { FetchHandler } from './types.ts';

/** A request of node:http, with what Express and body parsers add to it. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly originalUrl?: string | undefined;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly readableDidRead?: boolean | undefined;
  readonly body?: unknown;
  readonly rawBody?: unknown;
  iterator(options: { destroyOnReturn: boolean }): AsyncIterator<unknown>;
  resume(): unknown;
}

/** A response of node:http. */
export interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: Uint8Array): unknown;
}

/** Fastify keeps both inside its own objects. */
export interface FastifyRequestLike {
  readonly raw: NodeRequest;
  readonly body?: unknown;
}
/** What `toNodeListener` needs of a reply of Fastify. */
export interface FastifyReplyLike {
  readonly raw: NodeResponse;
  hijack(): unknown;
}

/** Reads only when it is read itself, so that a refusal needs no body. */
const streamOf = (request: NodeRequest): ReadableStream => {
  // To destroy the request might take its connection along, before the answer is out.
  const chunks = request.iterator({ destroyOnReturn: false });
  return new ReadableStream(
    {
      pull: async (controller) => {
        const { done, value } = await chunks.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => {
        await chunks.return?.();
        // Node takes up what is left only where nobody has begun to: the next request is behind it.
        request.resume();
      },
    },
    { highWaterMark: 0 },
  );
};

const unreadable = (): ReadableStream =>
  new ReadableStream({
    pull: (controller) =>
      controller.error(
        new ConfigError('the body of the request was read before, and is not in body'),
      ),
  });

const isRaw = (body: unknown): body is string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array;

/** What a body parser has left of a body that it read. */
const leftOf = (body: unknown, rawBody: unknown): BodyInit => {
  if (isRaw(rawBody)) return rawBody;
  if (isRaw(body)) return body;
  return body === undefined ? unreadable() : JSON.stringify(body);
};

const headersOf = (request: NodeRequest, isParsed: boolean): Headers => {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    // HTTP/2 has names that begin with a colon; a parsed body is no longer as long, nor compressed.
    const isGone = name.startsWith(':') || (isParsed && /^content-(length|encoding)$/.test(name));
    if (isGone || value === undefined) continue;
    for (const one of [value].flat()) headers.append(name, one);
  }
  return headers;
};

const requestOf = (request: NodeRequest, body: unknown): Request => {
  const { method = 'GET', url = '/', originalUrl: path = url, rawBody } = request;
  const isParsed = request.readableDidRead ?? body !== undefined;
  const hasBody = !/^(GET|HEAD)$/.test(method);
  // Express 4 sets an empty body where it has read none.
  const content = isParsed ? leftOf(body, rawBody) : streamOf(request);
  // Some proxies ask for a whole address.
  return new Request(new URL(path, 'http://localhost'), {
    method,
    headers: headersOf(request, isParsed),
    ...(hasBody && { body: content, duplex: 'half' }),
  });
};

const write = async (answer: Response, response: NodeResponse): Promise<void> => {
  const body = new Uint8Array(await answer.arrayBuffer());
  response.statusCode = answer.status;
  answer.headers.forEach((value, name) => response.setHeader(name, value));
  response.end(body);
};

const serve = async (
  handler: FetchHandler,
  request: NodeRequest,
  body: unknown,
  response: NodeResponse,
): Promise<void> => {
  // What no Request can hold: a method such as TRACE, or no path.
  let status = 400;
  try {
    const asked = requestOf(request, body);
    status = 500;
    await write(await handler(asked), response);
  } catch {
    // This fails too where somebody else has begun to answer: then there is nothing to be done.
    await write(new Response(null, { status }), response);
  }
};

/**
 * A handler as a listener of node:http, a handler of Express 4 and 5, or of a Fastify route. A body
 * parser in front of it does no harm; without one a bad token is refused before the body is read.
 */
export const toNodeListener =
  (handler: FetchHandler) =>
  (request: NodeRequest | FastifyRequestLike, response: NodeResponse | FastifyReplyLike): void => {
    if ('hijack' in response) response.hijack();
    const incoming = 'raw' in request ? request.raw : request;
    const outgoing = 'raw' in response ? response.raw : response;
    void serve(handler, incoming, request.body, outgoing).catch(() => {});
  };
