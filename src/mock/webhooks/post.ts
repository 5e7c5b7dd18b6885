import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';

const TIMEOUT_MS = 10_000;

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
    const request = client.request(
      target,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        lookup,
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
