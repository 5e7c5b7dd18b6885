import { randomUUID } from 'node:crypto';
import { described, type Made } from '../answer.ts';
import { apiOf, failure, type Api } from '../contract/failures.ts';
import type { Operation } from '../contract/operations.ts';
import { contractPathOf, pathOf, type ReadRequest } from '../contract/request.ts';
import { undocumentedIn } from '../contract/undocumented.ts';
import { requestViolations, responseViolations } from '../contract/validate.ts';
import { parseJson, printable, type Incoming, type Reply } from '../exchange.ts';
import type { Exchange } from '../journal.ts';
import type { Report } from '../report.ts';
import { createForward } from './forward.ts';
import { createRecordings, type Recordings } from './recordings.ts';
import type { UpstreamUrls } from '../api.ts';
import { upstreamUrls } from './urls.ts';

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

export interface UpstreamOptions {
  readonly upstream?: UpstreamUrls;
  readonly record?: string;
  readonly replay?: string;
}

/**
 * What answers in place of the emulator, if anything was named that does.
 *
 * @throws Error with a sentence for people if it cannot work.
 */
export function upstreamOf(
  { upstream = {}, record, replay }: UpstreamOptions,
  report: (report: Report) => void,
): Upstream | undefined {
  const urls = upstreamUrls(upstream);
  const forwards = Object.keys(urls).length > 0;
  if (record !== undefined && !forwards) {
    throw new Error('There is nothing to record without an upstream');
  }
  if (!forwards && replay === undefined) return undefined;
  return createUpstream(urls, createRecordings({ record, replay }, report), report);
}

function createUpstream(
  urls: UpstreamUrls,
  recordings: Recordings,
  report: (report: Report) => void,
): Upstream {
  const name = `tallywire-${randomUUID()}`;
  const forward = createForward(name);
  const failed = (asked: Forwardable, api: Api, status: number, text: string): Made => ({
    reply: failure(api, status, text),
    source: 'upstream',
    violations: violationsOf(asked),
  });

  return {
    answer: async (asked) => {
      const { operation, request, incoming } = asked;
      const api = apiOf(request.url.path);
      const { problem } = incoming;
      if (problem) {
        // Its body is missing here: what went on would not be what was sent.
        const reply = failure(api, problem.status, problem.message);
        return { reply, source: 'emulator', violations: violationsOf(asked) };
      }
      const recorded = isRecorded(operation) && recordings.find(operation.id, request);
      if (recorded) {
        return { reply: recorded, source: 'recording', violations: violationsOf(asked, recorded) };
      }

      const base = urls[api];
      if (base === undefined) {
        if (recordings.replays && isRecorded(operation)) {
          report({
            kind: 'problem',
            text: `No recording fits this ${operation.id}: the emulator answers`,
          });
        }
        return undefined;
      }
      if (incoming.headers['via']?.includes(name) === true) {
        return failed(asked, api, 508, 'The upstream leads back to the emulator');
      }
      const outcome = await forward(base, contractPathOf(pathOf(incoming.target)), incoming);
      if ('problem' in outcome) {
        const text = `The upstream did not answer: ${printable(outcome.problem)}`;
        return failed(asked, api, 502, text);
      }
      if (isRecorded(operation)) recordings.record(operation.id, request, outcome);
      return { reply: outcome, source: 'upstream', violations: violationsOf(asked, outcome) };
    },
  };
}

/** An answer that only promises a webhook is of no use without it, which nobody would send. */
const isRecorded = (operation: Operation | undefined): operation is Operation =>
  operation !== undefined && operation.id !== 'getDataAsync';

/** What either side breaks of the contract. */
function violationsOf(asked: Forwardable, reply?: Reply): Exchange['violations'] {
  const { operation, request, params } = asked;
  if (!operation) {
    const { method, url } = request;
    const problem = `${method} ${printable(url.path)} is in no contract`;
    return [{ side: 'request', field: 'path', problem }];
  }
  const broken = request.problem
    ? [{ path: ['body'], message: request.problem.message }]
    : [...requestViolations(operation, request, params), ...undocumentedIn(operation, request)];
  const answered = reply ? answerViolations(operation, reply) : [];
  return [...described(broken), ...described(answered, 'response')];
}

function answerViolations(
  operation: Operation,
  { status, headers = {}, body }: Reply,
): ReturnType<typeof responseViolations> {
  const text = typeof body === 'string' ? body : '';
  const isJson = /json/i.test(headers['content-type'] ?? '');
  const parsed = isJson && text !== '' ? parseJson(text) : { value: text };
  if (!('value' in parsed)) return [{ path: ['body'], message: parsed.message }];
  return responseViolations(operation, { status, headers, body: parsed.value });
}
