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

/** A promise of the result that can also give what is behind it: the untouched answer. */
export interface ApiCall<T, Behind = { readonly response: AnswerInfo }> extends Promise<T> {
  /** The result and what is behind it. Rejects as the call itself does. */
  withResponse(): Promise<{ readonly data: T } & Behind>;
}

export const apiCall = <T, Behind>(
  exchange: Promise<{ readonly data: T } & Behind>,
): ApiCall<T, Behind> => {
  const data = exchange.then((result) => result.data);
  return Object.assign(data, {
    withResponse: () => {
      // The caller looks at one of the two promises: the other must not count as unhandled.
      data.catch(() => {});
      return exchange;
    },
  });
};
