// Deep imports: Prism's own entries also load its mocker, forwarder and faker, which take two
// seconds to load and have no part in this.
import { validate as validateHeaders } from '@stoplight/prism-http/dist/validator/validators/headers.js';
import { validate as validatePath } from '@stoplight/prism-http/dist/validator/validators/path.js';
import { validate as validateQuery } from '@stoplight/prism-http/dist/validator/validators/query.js';
import { validateAgainstSchema } from '@stoplight/prism-http/dist/validator/validators/utils.js';
import type { IHttpOperationResponse } from '@stoplight/types';
import { firstViolation, isLarge } from './large.ts';
import type { Operation } from './operations.ts';
import type { ReadRequest } from './request.ts';

/** One thing that a schema found wrong, as Prism reports it. */
export interface Violation {
  readonly path?: readonly string[];
  readonly code?: string | number;
  readonly message: string;
}

// Prism's names for the two sides; its enum is declared but cannot be imported as a type alone.
const REQUEST = 0;
const RESPONSE = 1;

type Side = typeof REQUEST | typeof RESPONSE;

const NO_BODY: Violation = {
  path: ['body'],
  code: 'required',
  message: 'Body parameter is required',
};

/** What a request breaks of its contract: query, path and body. */
export function requestViolations(
  { http }: Operation,
  request: Pick<ReadRequest, 'body'> & {
    readonly url: { readonly query: Readonly<Record<string, string>> };
  },
  params: Readonly<Record<string, string>>,
): readonly Violation[] {
  const { body, query, path } = http.request ?? {};
  const sent = request.body !== undefined;
  return [
    path?.length ? left(validatePath({ ...params }, path, REQUEST)) : [],
    query?.length ? left(validateQuery({ ...request.url.query }, query, REQUEST)) : [],
    body?.required === true && !sent ? [NO_BODY] : [],
    body && sent ? schemaViolations(body.contents?.[0]?.schema, request.body, REQUEST) : [],
  ].flat();
}

/** What an answer breaks of its contract. `body` is undefined where none was sent. */
export function responseViolations(
  { http }: Operation,
  answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  },
): readonly Violation[] {
  const response = responseFor(http.responses, answer.status);
  if (!response) return [{ message: `${answer.status} is not a documented status` }];
  const found = response.headers?.length
    ? left(validateHeaders({ ...answer.headers }, response.headers, RESPONSE))
    : [];
  const type = (answer.headers['content-type'] ?? '').replace(/ *;.*$/s, '').toLowerCase();
  const content = response.contents?.find(({ mediaType }) => mediaType === type);
  if (content && type.endsWith('json')) {
    return [...found, ...schemaViolations(content.schema, answer.body, RESPONSE)];
  }
  if (!content && response.contents?.length) {
    const known = response.contents.map(({ mediaType }) => mediaType).join(', ');
    return [...found, { message: `the Content-Type is ${type || 'missing'}, not ${known}` }];
  }
  return found;
}

/** What is wrong with a body; of a large one, the first of it. */
export function schemaViolations(
  schema: unknown,
  body: unknown,
  side: Side = REQUEST,
): readonly Violation[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (isLarge(body)) return firstViolation(schema, body, side);
  const found = validateAgainstSchema(body, schema, false, side, 'body');
  return found._tag === 'Some' ? found.value : [];
}

/** The response that a document has for a status: itself, its class, or the default. */
export function responseFor(
  responses: readonly IHttpOperationResponse[],
  status: number,
): IHttpOperationResponse | undefined {
  const keys = [String(status), `${Math.floor(status / 100)}XX`, 'default'];
  for (const key of keys) {
    const found = responses.find(({ code }) => code.toUpperCase() === key.toUpperCase());
    if (found) return found;
  }
  return undefined;
}

type Checked =
  { readonly _tag: 'Left'; readonly left: readonly Violation[] } | { readonly _tag: 'Right' };

const left = (result: Checked): readonly Violation[] => (result._tag === 'Left' ? result.left : []);
