import type { Incoming, Reply } from '../exchange.ts';
import { queryOf } from '../contract/request.ts';
import { bytesOf, textOf } from '../server/bytes.ts';
import { readBody } from './decode.ts';
import { createDispatchers } from './dispatcher.ts';
import { forwardedHeaders, returnedHeaders } from './headers.ts';

/** Sends a request to another server, and returns its answer with the body as text. */
export type Forward = (
  base: string,
  path: string,
  incoming: Incoming,
) => Promise<Reply | { readonly problem: string }>;

/** Connect may take a hundred seconds for metrics. */
const TIMEOUT_MS = 150_000;

/**
 * Redirects are not followed: they would carry the key to another host. The name tells requests
 * that come back from those of clients.
 */
export function createForward(name: string, timeout = TIMEOUT_MS): Forward {
  let dispatchers: ReturnType<typeof createDispatchers> | undefined;

  return async (base, path, { method, target, headers, body, signal }) => {
    // For all of it: a body that drips would never be late.
    const late = AbortSignal.timeout(timeout);
    try {
      const dispatcherOf = await (dispatchers ??= createDispatchers());
      const { origin, pathname } = new URL(base);
      const answer = await dispatcherOf(origin).request({
        origin,
        // As it was sent: a URL would resolve its dots.
        path: `${pathname.replace(/\/$/, '')}${path}${queryOf(target)}`,
        method,
        headers: forwardedHeaders(headers, name),
        body: body === '' ? null : bytesOf(body),
        headersTimeout: 0,
        bodyTimeout: 0,
        signal: signal ? AbortSignal.any([signal, late]) : late,
      });
      const encoding = String(answer.headers['content-encoding'] ?? '');
      return {
        status: answer.statusCode,
        headers: returnedHeaders(answer.headers),
        body: textOf(await readBody(answer.body, encoding)),
      };
    } catch (error) {
      return { problem: late.aborted ? `no whole answer within ${timeout} ms` : reasonOf(error) };
    }
  };
}

function reasonOf(error: unknown): string {
  // Of several addresses, each failed in a way of its own.
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
