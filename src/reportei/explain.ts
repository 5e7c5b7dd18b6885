import type { ErrorReader } from '../http/read-answer.ts';
import { isObject } from './decode.ts';

const hints: { readonly [status: number]: string } = {
  401: 'check REPORTEI_TOKEN, the customer token, and whether the trial is over',
  403: 'the token may not do this',
  404: 'no such thing, or it belongs to another customer',
};

/** Connect's error shapes: `{message}`, `{errors: {field: [...]}}`, `{message, extra}`, `{error: {...}}`. */
export const explain: ErrorReader = (status, body) => {
  const hint = hints[status];
  const errors = isObject(body) && isObject(body.errors) ? body.errors : undefined;
  return {
    ...(hint === undefined ? {} : { hint }),
    ...(errors && {
      fieldErrors: Object.fromEntries(
        Object.entries(errors).map(([field, messages]) => [
          field,
          (Array.isArray(messages) ? messages : [messages]).map(String),
        ]),
      ),
    }),
  };
};
