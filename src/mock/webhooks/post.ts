import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';

const TIMEOUT_MS = 10_000;

/** Tells a webhook from other requests, wherever it goes. */
export const WEBHOOK_HEADER = 'x-tallywire-webhook';

/**
 * Posts JSON and returns the status. Redirects are not followed: they would lead the body, and
 * this process, to another host.
 */
export function post(
  target: URL,
  body: string,
  lookup: LookupFunction,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const client = target.protocol === 'https:' ? https : http;
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const fail = (error: Error): void => {
      reject(timeout.aborted ? new Error(`no whole answer within ${TIMEOUT_MS} ms`) : error);
    };
    const request = client.request(
      target,
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          [WEBHOOK_HEADER]: '1',
        },
        // A connection of its own: one that was kept may be gone by now, which would be no failure
        // of the receiver.
        agent: false,
        signal: AbortSignal.any([signal, timeout]),
        lookup,
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
        response.on('error', fail);
      },
    );
    request.on('error', fail);
    request.end(body);
  });
}
