import type { AnswerInfo } from '../http/api-call.ts';
import { ApiError, DecodeError } from '../http/errors.ts';
import type { ErrorReader } from '../http/read-answer.ts';

/** Proof that Reo.Dev took a record. */
export interface Receipt {
  /** The id that the record was sent under. */
  readonly eventId: string;
  /** How many times it was sent: above 1 it may have been counted more than once. */
  readonly attempts: number;
}

const field = (body: unknown, name: string): unknown =>
  typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;

/** A wrong key is answered with code 400: only the text tells. */
export const explain: ErrorReader = (status, body) => {
  if (status === 401 || status === 403 || /authenticat/i.test(String(field(body, 'response')))) {
    return { hint: 'the API key was refused: check REO_API_KEY or the apiKey option' };
  }
  return status === 404 ? { hint: 'check the base URL' } : {};
};

/**
 * Whether a 2xx answer says that the record was taken. The status alone does not: a refusal may come
 * with 200, and `response_code` is a string or a number.
 *
 * @throws ApiError `rejected` when it says failure, DecodeError when it says neither.
 */
export const assertTaken = (path: string, response: AnswerInfo): void => {
  const { body, status, attempts } = response;
  const code = field(body, 'response_code');
  const numeric = typeof code === 'number' || (typeof code === 'string' && code.trim() !== '');
  const value = numeric ? Number(code) : NaN;
  if (field(body, 'status') === 'failure' || value < 200 || value >= 300) {
    throw new ApiError(
      'rejected',
      `POST ${path} answered ${status} and refused the record in the body`,
      { status, body, attempts, ...explain(status, body) },
    );
  }
  if (Number.isNaN(value)) {
    throw new DecodeError('the answer has no response_code', {
      hint: 'the record may or may not have been taken: check the base URL',
    });
  }
};
