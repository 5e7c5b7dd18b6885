import type { Answer, Incoming } from '../exchange.ts';
import { isAllowedOrigin, type Access } from './hosts.ts';

/** The headers by which a page of an allowed origin may read an answer; none for other callers. */
export function corsHeaders(origin: string | undefined, access: Access): Record<string, string> {
  if (access.allowedOrigins.length === 0) return {};
  // Also for others: what was kept for one origin is not for the next.
  const vary = { vary: 'origin' };
  if (origin === undefined || !isAllowedOrigin(origin, access)) return vary;
  return {
    ...vary,
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'retry-after, x-ratelimit-limit, x-ratelimit-remaining',
  };
}

/** The answer to a browser that asks before it sends what it wants to; `undefined` for others. */
export function preflight({ method, headers }: Incoming, access: Access): Answer | undefined {
  const { origin } = headers;
  const wanted = headers['access-control-request-method'];
  if (method !== 'OPTIONS' || wanted === undefined || origin === undefined) return undefined;
  if (!isAllowedOrigin(origin, access)) return undefined;
  return {
    status: 204,
    headers: {
      ...corsHeaders(origin, access),
      'access-control-allow-methods': 'GET, POST, PUT, DELETE',
      'access-control-allow-headers':
        'accept, authorization, content-type, x-api-key, x-customer-token',
      'access-control-max-age': '600',
    },
    body: '',
  };
}
