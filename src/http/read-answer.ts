import type { AnswerInfo } from './api-call.ts';
import { isLoopback } from './base-url.ts';
import {
  ApiError,
  DecodeError,
  type ErrorDetails,
  type SdkError,
  TransportError,
} from './errors.ts';
import type { Outcome } from './policy.ts';
import { retryAfterOf } from './retry.ts';
import { type WireAnswer, WireFailure } from './wire.ts';

/** What an API's own error body tells beyond its status. */
export type ErrorReader = (
  status: number,
  body: unknown,
) => Pick<ErrorDetails, 'hint' | 'fieldErrors'>;

export interface Call {
  readonly method: string;
  readonly path: string;
  /** The base URL. */
  readonly address: () => string;
  readonly explain: ErrorReader;
  /** What to do where the API may have acted, and no usable answer says so. */
  readonly inDoubt?: string | undefined;
}

const times = (attempts: number): string => (attempts === 1 ? '1 attempt' : `${attempts} attempts`);

const budgetHint = 'not sent again: too many calls fail, the retry budget is spent';

const parse = (text: string): { readonly json: boolean; readonly value: unknown } => {
  // An empty body is left to the decoders: some calls need none.
  if (text === '') return { json: true, value: undefined };
  try {
    return { json: true, value: JSON.parse(text) as unknown };
  } catch {
    return { json: false, value: text };
  }
};

/** The code of a network error, e.g. ` ECONNREFUSED`: unlike its message it quotes nothing. */
const codeOf = (cause: unknown): string => {
  const { code, cause: deeper } = (cause ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === 'string' && /^[A-Z_]+$/.test(code)) return ` ${code}`;
  return deeper === undefined ? '' : codeOf(deeper);
};

const addressHint = (code: string, hostname: string): string | undefined => {
  if (!/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|SSL|CERT/.test(code)) return undefined;
  const isNobodyHere = code === ' ECONNREFUSED' && isLoopback(hostname);
  return isNobodyHere ? 'is the emulator running? check the base URL' : 'check the base URL';
};

/** An error from below without what it has read: undici's parser keeps it in `data`. */
const withoutData = (cause: unknown): unknown => {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if ('data' in error) Object.defineProperty(error, 'data', { enumerable: false });
  }
  return cause;
};

/** Why a call has no answer, as users see it. */
export const transportError = (
  { reason, cause }: WireFailure,
  { attempts, ambiguous, spent }: Outcome,
  { method, path, address, inDoubt }: Omit<Call, 'explain'>,
): TransportError | DecodeError => {
  const what = `${method} ${path}`;
  const after = `(${times(attempts)})`;
  const hint = spent ? budgetHint : ambiguous ? inDoubt : undefined;
  const details = { attempts, cause: withoutData(cause), hint };
  switch (reason) {
    case 'too-large':
      return new DecodeError(`${what} answered more than the size limit ${after}`, {
        ...details,
        hint: hint ?? 'see maxAnswerBytes',
      });
    case 'encoding':
      return new DecodeError(`${what} answered in an unknown content encoding`, details);
    case 'timeout': {
      const message = `${what} got no complete answer in time ${after}`;
      return new TransportError('timeout', message, ambiguous, details);
    }
    case 'aborted':
      return new TransportError('aborted', `${what} was aborted`, ambiguous, details);
    case 'network': {
      const code = codeOf(cause);
      // No more of the address: its path may hold a secret.
      const { host, hostname } = new URL(address());
      const message = `${what} to ${host} failed on the network${code} ${after}`;
      const told = hint ?? addressHint(code, hostname);
      return new TransportError('network', message, ambiguous, { ...details, hint: told });
    }
  }
};

/** The details that every error about an answer carries. */
const answerDetails = (answer: WireAnswer, body: unknown, attempts: number): ErrorDetails => ({
  status: answer.status,
  body,
  attempts,
  requestId: answer.headers.get('x-request-id') ?? undefined,
  retryAfterMs: retryAfterOf(answer, Date.now()),
});

/**
 * The JSON of a 2xx answer.
 *
 * @throws TransportError, ApiError (`http`) for any other status, DecodeError for a 2xx that is no JSON.
 */
export const readAnswer = (outcome: Outcome, call: Call): AnswerInfo => {
  const { result, attempts } = outcome;
  if (result instanceof WireFailure) throw transportError(result, outcome, call);
  const { json, value } = parse(result.text);
  const { status } = result;
  const ok = status >= 200 && status < 300;
  if (ok && json) return { status, headers: result.headers, body: value, attempts };

  const details = answerDetails(result, value, attempts);
  const what = `${call.method} ${call.path} answered ${status}`;
  if (ok) {
    throw new DecodeError(`${what} with a body that is not JSON`, {
      ...details,
      hint: call.inDoubt ?? 'did the API answer, or a proxy? check the base URL',
    });
  }
  if (status >= 300 && status < 400) {
    throw new ApiError('http', `${what}, a redirect (${times(attempts)})`, {
      ...details,
      hint: 'not followed, it would carry the key elsewhere: check the base URL',
    });
  }
  throw new ApiError('http', `${what} (${times(attempts)})`, {
    ...details,
    ...(outcome.spent ? { hint: budgetHint } : call.explain(status, value)),
    ...(status >= 500 && call.inDoubt !== undefined ? { hint: call.inDoubt } : {}),
  });
};

/** An error of a decoder, which knows the body alone, as an error of the call. */
export const misfit = (
  error: SdkError,
  what: string,
  response: AnswerInfo,
  inDoubt: string | undefined,
): DecodeError => {
  const { status, body, attempts, headers } = response;
  const requestId = headers.get('x-request-id') ?? undefined;
  const details = { hint: error.hint ?? inDoubt, status, body, attempts, requestId };
  // A message ends with its hint, and gets one again.
  const said = error.message.replace(` (${error.hint})`, '');
  return new DecodeError(`${what}: ${said}`, details);
};
