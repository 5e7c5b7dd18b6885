import type { AnswerHeaders } from './wire.ts';

/** What arrived, untouched. */
export interface AnswerInfo {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** The parsed JSON, as the API sent it. */
  readonly body: unknown;
  /** How many times the request was sent. */
  readonly attempts: number;
}

/** A promise of the result that can also give the answer behind it. */
export interface ApiCall<T> extends Promise<T> {
  /** The result and the untouched answer. Rejects as the call itself does. */
  withResponse(): Promise<{ readonly data: T; readonly response: AnswerInfo }>;
}

export const apiCall = <T>(
  exchange: Promise<{ readonly data: T; readonly response: AnswerInfo }>,
): ApiCall<T> => {
  const data = exchange.then((result) => result.data);
  return Object.assign(data, {
    withResponse: () => {
      // The caller looks at one of the two promises: the other must not count as unhandled.
      data.catch(() => {});
      return exchange;
    },
  });
};
