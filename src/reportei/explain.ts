import { isObject } from '../http/is-object.ts';
import type { ErrorReader } from '../http/read-answer.ts';

const hintOf = (status: number, body: unknown): string | undefined => {
  switch (status) {
    case 401:
      return isObject(body) && /customer token/i.test(JSON.stringify(body.message))
        ? 'check REPORTEI_CUSTOMER_TOKEN, or is it swapped with REPORTEI_TOKEN?'
        : 'check REPORTEI_TOKEN, or is it swapped with REPORTEI_CUSTOMER_TOKEN? or is the trial or the session over?';
    case 403:
      return 'the token may not do this';
    case 404:
      return 'no such thing, or it is another customer’s; or check the base URL';
    case 422:
      return 'see fieldErrors and body';
    default:
      return undefined;
  }
};

/** Connect's error shapes: `{message}`, `{errors: {field: [...]}}`, `{message, extra}`, `{error: {...}}`. */
export const explain: ErrorReader = (status, body) => {
  const errors = isObject(body) && isObject(body.errors) ? body.errors : undefined;
  return {
    hint: hintOf(status, body),
    ...(errors && {
      fieldErrors: Object.fromEntries(
        Object.entries(errors).map(([field, messages]) => [
          field,
          (Array.isArray(messages) ? messages : [messages]).map((one) =>
            typeof one === 'string' ? one : JSON.stringify(one),
          ),
        ]),
      ),
    }),
  };
};
