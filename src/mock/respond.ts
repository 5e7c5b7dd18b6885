import { described, JSON_TYPE, type Made } from './answer.ts';
import { BEHAVIOURS } from './behaviours/index.ts';
import { credentialsProblem, type Refused } from './contract/credentials.ts';
import { failure, refusal, type Api } from './contract/failures.ts';
import type { Operation } from './contract/operations.ts';
import type { ReadRequest } from './contract/request.ts';
import { undocumentedIn } from './contract/undocumented.ts';
import { narrow } from './contract/unions.ts';
import { requestViolations, responseViolations, type Violation } from './contract/validate.ts';
import type { Reply } from './exchange.ts';
import type { Limits } from './limits.ts';
import type { Keys } from './state.ts';
import type { OperationId, World } from './world.ts';
import type { FaultRule } from './schemas.ts';

/** A request whose operation is known. */
export interface RoutedRequest {
  readonly request: ReadRequest;
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
  /** The fault that hits it. */
  readonly fault: FaultRule | undefined;
}

/** What the emulator itself answers. */
export type Respond = (routed: RoutedRequest) => Made;

const UNAUTHORIZED = 401;

/** The emulated APIs: credentials, then the rate limit, then the contract, then what the call does. */
export function createRespond(world: World, keys: Keys, limits: Limits): Respond {
  return (routed) => {
    const { operation, request } = routed;
    const api = operation.api as Api;
    const now = world.clock.now();
    const { http } = operation;

    const unauthorized = credentialsProblem(http, request.headers, keys, world.state, now);
    const limit =
      unauthorized === undefined && api === 'reportei'
        ? limits.take(world.settings().rateLimit, now.getTime())
        : { headers: {}, retryAfter: null };
    const made: Made =
      unauthorized !== undefined
        ? unauthorizedReply(api, unauthorized)
        : limit.retryAfter !== null
          ? emulated(tooMany(api, limit.retryAfter))
          : carryOut(routed, api, world);

    const headers = { ...limit.headers, ...made.reply.headers };
    const reply = { ...withStatus(made.reply, api, world), headers };
    const answer = {
      status: reply.status,
      headers: { ...JSON_TYPE, ...headers },
      body: reply.body,
    };
    const [broken] = responseViolations(operation, answer);
    if (broken) throw new Error(`the answer breaks the contract: ${broken.message}`);
    return { ...made, reply };
  };
}

function unauthorizedReply(api: Api, { message, header, why }: Refused): Made {
  // Reo's documents call a wrong key 400.
  const reply = failure(api, api === 'reo' ? 400 : UNAUTHORIZED, message);
  const violations =
    header === undefined ? [] : [{ path: ['header', header], message: why ?? message }];
  return emulated(reply, violations);
}

const emulated = (reply: Reply, violations: readonly Violation[] = []): Made => ({
  reply,
  source: 'emulator',
  violations: described(violations),
});

const tooMany = (api: Api, retryAfter: number): Reply => ({
  ...failure(api, 429, 'Too Many Attempts.'),
  headers: { 'retry-after': String(retryAfter) },
});

/** No document tells the HTTP status of Reo's refusals. */
function withStatus(reply: Reply, api: Api, { settings }: World): Reply {
  return api === 'reo' && reply.status === 400
    ? { ...reply, status: settings().reoFailureStatus }
    : reply;
}

/** What a contract refuses, or what the operation does. */
function carryOut(
  { operation, request, params, fault }: RoutedRequest,
  api: Api,
  world: World,
): Made {
  const { problem } = request;
  if (problem) {
    const violations = [{ path: ['body'], message: problem.message }];
    return emulated(failure(api, problem.status, problem.message), violations);
  }
  const violations = requestViolations(operation, request, params);
  const undocumented = undocumentedIn(operation, request);
  const strict = world.settings().strict && undocumented.length > 0;
  if (violations.length > 0) {
    const made = refused(operation, request, api, violations, strict ? undocumented : []);
    // A typo may be behind a field that is missing.
    return strict
      ? made
      : { ...made, violations: [...(made.violations ?? []), ...described(undocumented)] };
  }
  if (strict) return emulated(refusal(api, undocumented), undocumented);

  const behaviour = BEHAVIOURS[operation.id as OperationId];
  const { url, headers } = request;
  // Its contract has just been checked, and is what the behaviour's types are made of.
  const call = { params, query: url.query, headers, body: request.body as never, fault };
  return emulated(behaviour(call, world), undocumented);
}

function refused(
  { http }: Operation,
  { body }: ReadRequest,
  api: Api,
  violations: readonly Violation[],
  also: readonly Violation[],
): Made {
  const narrowed = narrow(http.request?.body?.contents?.[0]?.schema, body);
  if (!narrowed || 'violations' in narrowed) {
    const all = [...(narrowed?.violations ?? violations), ...also];
    return emulated(refusal(api, all), all);
  }
  const { tag, allowed } = narrowed;
  const text = `Invalid ${tag}. Supported ${tag}s: ${allowed.toSorted().join(', ')}`;
  const violation = { path: ['body', 'payload', tag], message: `is none of ${allowed.join(', ')}` };
  return emulated(failure(api, 400, text), [violation]);
}
