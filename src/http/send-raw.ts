import { ConfigError } from './errors.ts';
import { json } from './light-request.ts';
import type { Outcome } from './policy.ts';
import { transportError } from './read-answer.ts';
import { WireFailure, type WireRequest } from './wire.ts';

const bodyless = new Set([204, 205, 304]);

/** A request of the raw client, with its path for messages. */
interface RawCall {
  readonly wire: WireRequest;
  readonly path: string;
  readonly signal: AbortSignal;
}

/**
 * Sends a real `Request` and gives a real `Response`: for the raw client and its middleware.
 *
 * @throws ConfigError for another host than the client's, TransportError when there is no answer.
 */
export const sendRaw = async (
  request: Request,
  baseUrl: string,
  send: (call: RawCall) => Promise<Outcome>,
): Promise<Response> => {
  const { url, method, signal } = request;
  if (!url.startsWith(`${baseUrl}/`)) {
    throw new ConfigError('the raw client sends to its own base URL only: the key belongs there');
  }
  const body = request.body === null ? undefined : await request.text();
  const wire = { url, method, headers: { ...json, ...Object.fromEntries(request.headers) }, body };
  const { pathname: path } = new URL(url);
  const outcome = await send({ wire, path, signal });
  if (outcome.result instanceof WireFailure) {
    throw transportError(outcome.result, outcome, { method, path, address: () => baseUrl });
  }
  const { status, headers, text } = outcome.result;
  const kept = [...headers].filter(([name]) => !/^content-(encoding|length)$/i.test(name));
  return new Response(bodyless.has(status) ? null : text, { status, headers: kept });
};
