import { failure, type Api } from '../contract/failures.ts';
import { toMs } from '../durations.ts';
import type { Delivery, Reply } from '../exchange.ts';
import type { FaultRule } from '../schemas.ts';

/** The answer that a rule gives in place of carrying the call out, if it does. */
export function replacement(rule: FaultRule, api: Api): Reply | undefined {
  const { status, body, refuse } = rule;
  if (refuse !== undefined) return refused(api, refuse);
  if (status === undefined && !Object.hasOwn(rule, 'body')) return undefined;
  if (Object.hasOwn(rule, 'body')) return { status: status ?? 200, body };
  return failure(api, status ?? 500, TEXTS.get(status ?? 500) ?? 'The emulator was told to fail');
}

/** A failure inside an answer of 200, as each API writes it. */
const refused = (api: Api, text: string): Reply =>
  api === 'reo'
    ? { status: 200, body: { response_code: 400, response: text, status: 'failure' } }
    : { status: 200, body: { message: text, type: 'internal_error' } };

/** The usual words of frameworks; no document has the vendors'. */
const TEXTS: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthenticated.'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [408, 'Request Timeout'],
  [413, 'Payload Too Large'],
  [422, 'The given data was invalid.'],
  [429, 'Too Many Attempts.'],
  [500, 'Server Error'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
]);

/** The headers that a rule adds. */
export function extraHeaders({ headers = {}, retryAfter }: FaultRule): Record<string, string> {
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    ...Object.fromEntries(own),
  };
}

/** How the answer is to arrive. */
export function deliveryOf({ connection, slowBody }: FaultRule): Delivery {
  return {
    ...(connection === undefined ? {} : { connection }),
    ...(slowBody === undefined ? {} : { slowMs: toMs(slowBody) }),
  };
}

/** A text that was JSON, and looks like it. */
export const malformed = (json: string): string =>
  json.length < 3 ? '{"data":' : `${json.slice(0, -1)},}`;
