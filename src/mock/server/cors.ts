import type { Answer, Incoming } from '../exchange.ts';
import { isAllowedOrigin, type Access } from './hosts.ts';

/** The headers by which a page of an allowed origin may read an answer; none for other callers. */
export function corsHeaders(origin: string | undefined, access: Access): Record<string, string> {
  if (origin === undefined || !isAllowedOrigin(origin, access)) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'retry-after, x-ratelimit-limit, x-ratelimit-remaining',
    vary: 'origin',
  };
}

/** The answer to a browser that asks before it sends what it wants to; `undefined` for others. */
export function preflight({ method, headers }: Incoming, access: Access): Answer | undefined {
  const allowed = corsHeaders(headers['origin'], access);
  const wanted = headers['access-control-request-method'];
  if (method !== 'OPTIONS' || wanted === undefined || !allowed['vary']) return undefined;
  return {
    status: 204,
    headers: {
      ...allowed,
      'access-control-allow-methods': 'GET, POST, PUT, DELETE',
      'access-control-allow-headers':
        'accept, authorization, content-type, x-api-key, x-customer-token',
      'access-control-max-age': '600',
    },
    body: '',
  };
}
