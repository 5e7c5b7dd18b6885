import { described, type Made } from '../answer.ts';
import { apiOf, failure, type Api } from '../contract/failures.ts';
import type { Operation } from '../contract/operations.ts';
import type { ReadRequest } from '../contract/request.ts';
import { requestViolations, responseViolations } from '../contract/validate.ts';
import { parseJson, printable, type Incoming, type Reply } from '../exchange.ts';
import type { Exchange } from '../journal.ts';
import { createForward } from './forward.ts';
import type { Recordings } from './recordings.ts';

/** A request that may be answered elsewhere. */
export interface Forwardable {
  readonly incoming: Incoming;
  readonly request: ReadRequest;
  readonly operation: Operation | undefined;
  readonly params: Readonly<Record<string, string>>;
}

/** Answers that are not the emulator's own: of the real APIs, or recorded from them. */
export interface Upstream {
  /** `undefined` where it knows nothing of the request. */
  readonly answer: (request: Forwardable) => Promise<Made | undefined>;
}

/** The base URLs of the real APIs. */
export type UpstreamUrls = Readonly<Partial<Record<Api, string>>>;

export function createUpstream(urls: UpstreamUrls, recordings: Recordings): Upstream {
  const forward = createForward();

  return {
    answer: async (asked) => {
      const { operation, request, incoming } = asked;
      const recorded = operation && recordings.find(operation.id, request);
      if (recorded)
        return { reply: recorded, source: 'recording', violations: violationsOf(asked, recorded) };

      const api = apiOf(request.url.path);
      const base = urls[api];
      if (base === undefined) return undefined;
      const outcome = await forward(base, request.url.path, incoming);
      if ('problem' in outcome) {
        const text = `The upstream did not answer: ${printable(outcome.problem)}`;
        return {
          reply: failure(api, 502, text),
          source: 'upstream',
          violations: violationsOf(asked),
        };
      }
      if (operation) recordings.record(operation.id, request, outcome);
      return { reply: outcome, source: 'upstream', violations: violationsOf(asked, outcome) };
    },
  };
}

/** What either side breaks of the contract. */
function violationsOf(
  { operation, request, params }: Forwardable,
  reply?: Reply,
): Exchange['violations'] {
  if (!operation) {
    const { method, url } = request;
    return [
      {
        side: 'request',
        field: 'path',
        problem: `${method} ${printable(url.path)} is in no contract`,
      },
    ];
  }
  const asked = request.problem
    ? [{ path: ['body'], message: request.problem.message }]
    : requestViolations(operation, request, params);
  if (!reply) return described(asked);
  const headers = reply.headers ?? {};
  const text = typeof reply.body === 'string' ? reply.body : '';
  const isJson = /json/i.test(headers['content-type'] ?? '');
  const parsed = isJson && text !== '' ? parseJson(text) : { value: text };
  const answered =
    'value' in parsed
      ? responseViolations(operation, { status: reply.status, headers, body: parsed.value })
      : [{ path: ['body'], message: parsed.message }];
  return [...described(asked), ...described(answered, 'response')];
}
