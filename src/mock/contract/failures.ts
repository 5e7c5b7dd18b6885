import type { Reply } from '../exchange.ts';
import type { Violation } from './validate.ts';

export type Api = 'reo' | 'reportei';

/** Whose manners to keep for a path, known or not. */
export const apiOf = (path: string): Api =>
  /^(\/api)?\/product(\/|$)/.test(path) ? 'reo' : 'reportei';

/** The failure of an API in the body that its documents show. */
export function failure(api: Api, status: number, message: string): Reply {
  if (api === 'reportei') return { status, body: { message } };
  // The documents call every refusal 400 in the body. Other codes stand for what they do not know.
  return { status, body: { response_code: status, response: message, status: 'failure' } };
}

/** A refusal of a request that breaks its contract, in plain words and by field. */
export function refusal(api: Api, violations: readonly Violation[]): Reply {
  const fields = byField(violations);
  if (api === 'reportei') return refusalOf(Object.fromEntries(fields));
  const text = [...fields].map(([field, problem]) => `${field} ${problem}`).join('; ');
  return failure(api, 400, text);
}

/** Connect's refusal of single fields. */
export function refusalOf(problems: Readonly<Record<string, string>>): Reply {
  const errors = Object.entries(problems).map(([field, problem]): [string, [string]] => [
    field,
    [`The ${field} field ${problem}.`],
  ]);
  const more = errors.length - 1;
  const rest = more > 0 ? ` (and ${more} more ${more === 1 ? 'error' : 'errors'})` : '';
  const message = `${errors[0]?.[1][0] ?? 'The request is invalid.'}${rest}`;
  return { status: 422, body: { message, errors: Object.fromEntries(errors) } };
}

/** A wall of text helps nobody, and a hostile body can break a rule a million times. */
const MAX_FIELDS = 20;

/** The first problem of each field: those after it are mostly the other branches of a union. */
export function byField(violations: readonly Violation[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (const violation of specific(violations)) {
    const { field, problem } = describe(violation);
    // A number or a text of a certain form: what is wrong with the form says more.
    if (!fields.has(field) || /duration/.test(problem)) fields.set(field, problem);
    if (fields.size === MAX_FIELDS) break;
  }
  return fields;
}

const UNIONS = new Set<unknown>(['oneOf', 'anyOf', 'allOf', 'if']);

/** That a union as a whole does not fit says little beside what does not fit in it. */
function specific(violations: readonly Violation[]): readonly Violation[] {
  const details = violations.filter((one) => !UNIONS.has(one.code));
  return details.length > 0 ? details : violations;
}

function describe({ path = [], message }: Violation): { field: string; problem: string } {
  const [place = 'body', ...steps] = path;
  const name = steps.join('.');
  if (message === 'Body parameter is required') return { field: 'body', problem: 'is required' };
  // A field that is required always, or because another one is there.
  const missing = /must have (?:required )?property '?(.+?)'?(?: when property .*)?$/.exec(message);
  if (missing?.[1] !== undefined) {
    return { field: [...steps, missing[1]].join('.'), problem: 'is required' };
  }
  const unknown = /must NOT have (?:unevaluated|additional) properties(?:: |; found )'(.+)'$/.exec(
    message,
  );
  if (unknown?.[1] !== undefined) {
    return { field: [...steps, unknown[1]].join('.'), problem: 'is not a known field' };
  }
  const plain = message
    .replace(`Request ${place} `, '')
    .replace(`${place === 'body' ? 'property' : 'parameter'} ${name} `, '');
  return { field: name || place, problem: inPlainWords(plain) };
}

/** What validators say, and what people understand. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/must NOT have fewer than 1 (characters|items)$/, 'must not be empty'],
  [/must match format "date"$/, 'must be a date such as 2024-01-31'],
  [/must match format "uuid"$/, 'must be a UUID'],
  [/must match format "date-time"$/, 'must be a time such as 2024-01-31T09:30:00Z'],
  [/must match pattern "\^\(\\d\{1,11\}ms/, "is not a duration such as 500, '2s' or '8d'"],
  [
    /must be <= 9999999999$/,
    'must be UNIX seconds: these are milliseconds, or later than the year 2286',
  ],
];

const inPlainWords = (problem: string): string =>
  WORDS.find(([pattern]) => pattern.test(problem))?.[1] ?? problem;
