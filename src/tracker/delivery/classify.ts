import { type ApiError, isSdkError, type SdkError } from '../../http/errors.ts';
import type { HoldReason, Verdict } from './verdict.ts';

/** What a request may be answered with when the record in it is at fault. */
const aboutTheRecord: ReadonlySet<number> = new Set([400, 411, 413, 414, 415, 422, 431]);
/** The API did not act, and may do so the next time. */
const notYet: ReadonlySet<number> = new Set([408, 425]);

/** As Node, undici and Bun name a certificate that does not hold and a handshake that fails. */
const tlsCodes =
  /CERT|^UNABLE_TO_|^ERR_(?:SSL|TLS)_(?!HANDSHAKE_TIMEOUT)|^(?:EPROTO|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$/;

/** The deepest code of an error and its causes that is one of TLS. */
const isTls = (error: unknown): boolean => {
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 8; depth += 1) {
    const { code, cause } = at as { readonly code?: unknown; readonly cause?: unknown };
    if (typeof code === 'string' && tlsCodes.test(code)) return true;
    at = cause;
  }
  return false;
};

const field = (body: unknown, name: string): unknown =>
  typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;

/** What the API wrote about a refusal: one line, short, with nothing that a terminal would obey. */
const words = (body: unknown): string => {
  const text = field(body, 'response') ?? field(body, 'message');
  if (typeof text !== 'string') return '';
  // Cut first: an answer may be megabytes, and half a character at the end goes with the rest.
  const plain = text
    .slice(0, 200)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return plain === '' ? '' : `: ${plain}`;
};

/**
 * A wrong key is answered with code 400: only the text tells, and only its beginning is trusted, since
 * it may quote a record. A text that is not known is a refusal, which costs no record either.
 */
const isAuthentication = (status: number, body: unknown): boolean => {
  if (status === 401 || status === 403) return true;
  const text = field(body, 'response');
  return typeof text === 'string' && /^\W*(?:un|not )?(?:authenticat|authori[sz]ed)/i.test(text);
};

/** What an error says, in our own words. Every attempt is one request: to count it would only confuse. */
const told = ({ message }: SdkError): string => message.replace(' (1 attempt)', '');

const hold = (reason: HoldReason, error: SdkError, ambiguous = false): Verdict => ({
  is: 'hold',
  reason,
  detail: told(error),
  ...(ambiguous ? { ambiguous } : {}),
});

/** The status that counts: a refusal behind a 2xx has its own in the body. */
const statusOf = (error: ApiError): number => {
  if (error.code === 'http') return error.status ?? 0;
  const code = Number(field(error.body, 'response_code'));
  // One that is no failure by itself, or none at all: the record was refused.
  return code >= 400 && code < 600 ? code : 400;
};

const ofAnswer = (error: ApiError): Verdict => {
  const status = statusOf(error);
  const detail = told(error);
  if (status === 429 || status === 503) {
    const reason = status === 429 ? 'rate-limit' : 'outage';
    return { is: 'wait', ms: error.retryAfterMs, reason, detail };
  }
  // It may have failed after it had counted the record.
  if (status >= 500 && status < 600) return { is: 'retry', detail, ambiguous: true };
  if (status >= 300 && status < 400) return hold('redirect', error);
  if (isAuthentication(status, error.body)) return hold('authentication', error);
  if (notYet.has(status)) return { is: 'retry', detail, ambiguous: false };
  if (error.code === 'rejected' || aboutTheRecord.has(status)) {
    return { is: 'refused', reason: `${detail}${words(error.body)}` };
  }
  return hold('configuration', error);
};

/**
 * What a failed attempt says about its record and about all others.
 *
 * | what happened | verdict |
 * |---|---|
 * | 2xx that says failure, 400, 411, 413, 414, 415, 422, 431 | refused |
 * | 401, 403, any other of these with a text about authentication | hold: authentication |
 * | 3xx | hold: redirect |
 * | a certificate or a TLS handshake that fails | hold: tls |
 * | 2xx that is not what the API answers (HTML, too large) | hold: not-the-api |
 * | 404, 405 and every other 4xx; no key, no valid address | hold: configuration |
 * | 429, 503 | wait, for `Retry-After` where it is given |
 * | 408, 425, other 5xx, no connection, no answer in time, aborted | retry |
 *
 * A failure in the body of a 2xx counts by its own `response_code`.
 *
 * @param error what a client rejected with
 */
export const classify = (error: unknown): Verdict => {
  if (!isSdkError(error)) return { is: 'retry', detail: 'the attempt failed', ambiguous: true };
  switch (error.code) {
    case 'network':
    case 'timeout':
    case 'aborted': {
      const { ambiguous } = error;
      if (error.code === 'network' && isTls(error.cause)) return hold('tls', error, ambiguous);
      return { is: 'retry', detail: told(error), ambiguous };
    }
    case 'http':
    case 'rejected':
      return ofAnswer(error);
    case 'decode':
      // Who answered may have passed it on.
      return hold('not-the-api', error, true);
    default:
      return hold('configuration', error);
  }
};
