import type { operations as Operations } from '../../../generated/emulator.ts';
import { refusal } from '../contract/failures.ts';
import { route } from '../contract/operations.ts';
import { readRequest } from '../contract/request.ts';
import { undocumentedParameters } from '../contract/undocumented.ts';
import { requestViolations } from '../contract/validate.ts';
import { printable, type Answer, type Incoming, type Reply, type Stream } from '../exchange.ts';
import type { Mock } from '../mock.ts';
import type { BodyOf } from '../world.ts';
import { controlOperations } from './check.ts';
import { accounts } from './accounts.ts';
import { emulator } from './emulator.ts';
import { faults } from './faults.ts';
import { page } from './page.ts';
import { problem } from './reply.ts';
import { requests } from './requests.ts';
import { usage } from './usage.ts';
import { webhooks } from './webhooks.ts';

export type ControlId = keyof Operations;

/** A call of the control API that its contract has let through. */
export interface ControlCall<Id extends ControlId> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: BodyOf<Id, Operations>;
  /** Tells that the client has gone. */
  readonly signal: AbortSignal | undefined;
}

/** What some operations of the control API do. */
export type Controls<Id extends ControlId> = {
  readonly [One in Id]: (call: ControlCall<One>, mock: Mock) => Reply | Promise<Reply>;
};

export interface Control {
  readonly handle: (incoming: Incoming, path: string) => Promise<Answer>;
}

const CONTROLS: Controls<ControlId> = {
  ...emulator,
  ...requests,
  ...usage,
  ...webhooks,
  ...faults,
  ...accounts,
};

const PREFIX = '/__mock';

/** Whether a path belongs to the emulator itself. */
export const isControl = (path: string): boolean =>
  path === PREFIX || path.startsWith(`${PREFIX}/`);

/** The emulator's own API, by its contract, and its page. */
export function createControl(mock: () => Mock): Control {
  const reply = async (incoming: Incoming, path: string): Promise<Reply> => {
    const rest = path.slice(PREFIX.length);
    if (rest === '' || rest === '/') return page(incoming.method, rest);

    const { method, url, body, problem } = readRequest(incoming);
    const found = route(controlOperations(), method, url.path.slice(PREFIX.length));
    if (!('operation' in found)) return unrouted(found.allowed, path, method);
    if (problem) return { status: problem.status, body: { message: problem.message } };

    const { operation, params } = found;
    const violations = [
      ...undocumentedParameters(operation.http.request?.query, url.query),
      ...requestViolations(operation, { body, url }, params),
    ];
    if (violations.length > 0) return refusal('reportei', violations);
    const control = CONTROLS[operation.id as ControlId];
    // An empty parameter is as good as none, for the validator too.
    const query = Object.fromEntries(Object.entries(url.query).filter(([, value]) => value !== ''));
    // Its contract has just been checked, and is what the types are made of.
    return control({ params, query, body: body as never, signal: incoming.signal }, mock());
  };

  return { handle: async (incoming, path) => written(await reply(incoming, path)) };
}

function unrouted(allowed: readonly string[], path: string, method: string): Reply {
  if (allowed.length === 0) return problem(404, `There is nothing at ${printable(path)}`);
  const allow = allowed.join(', ');
  return { ...problem(405, `${method} is not allowed here, only ${allow}`), headers: { allow } };
}

const isStream = (body: unknown): body is Stream =>
  typeof body === 'object' && body !== null && 'chunks' in body && 'type' in body;

function written({ status, body, headers = {} }: Reply): Answer {
  const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers };
  if (isStream(body)) {
    return { status, headers: { 'content-type': body.type, ...always }, body: body.chunks };
  }
  if (body === undefined) return { status, headers: always, body: '' };
  const type = { 'content-type': 'application/json' };
  return { status, headers: { ...type, ...always }, body: JSON.stringify(body) };
}
