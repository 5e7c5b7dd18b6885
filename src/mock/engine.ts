import { setTimeout as wait } from 'node:timers/promises';
import { finished, reasonOf, written, type Made } from './answer.ts';
import { apiOf, failure } from './contract/failures.ts';
import { loadOperations, route, type Operation } from './contract/operations.ts';
import { pathOf, queryOf, readRequest, type ReadRequest } from './contract/request.ts';
import { isControl, type Control } from './control/index.ts';
import { LONGEST_TIMER, toMs } from './durations.ts';
import { printable, type Answer, type Incoming, type Reply } from './exchange.ts';
import { replacement } from './faults/effects.ts';
import type { Faults } from './faults/rules.ts';
import type { Journal } from './journal.ts';
import type { Upstream } from './proxy/upstream.ts';
import type { Report } from './report.ts';
import { createRespond } from './respond.ts';
import type { Limits } from './limits.ts';
import type { Keys } from './state.ts';
import type { World } from './world.ts';
import type { Fault } from './schemas.ts';

/** Answers requests wherever they come from; never throws. */
export interface Engine {
  readonly handle: (incoming: Incoming) => Promise<Answer>;
}

export interface EngineParts {
  readonly world: World;
  readonly keys: Keys;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly limits: Limits;
  readonly control: Control;
  /** Where answers come from instead, for what it knows. */
  readonly upstream: Upstream | undefined;
  readonly report: (report: Report) => void;
  /** Is told of what a call has changed. */
  readonly changed: (what: 'state' | 'usage') => void;
}

/** A request that was looked up in the contracts. */
interface Looked {
  readonly incoming: Incoming;
  readonly path: string;
  readonly request: ReadRequest;
  readonly operation: Operation | undefined;
  readonly params: Readonly<Record<string, string>>;
  /** The methods that its path has, where there is no operation. */
  readonly allowed: readonly string[];
  readonly fault: Fault | undefined;
}

/** Leads each request to its answer, through faults and into the journal. */
export function createEngine(parts: EngineParts): Engine {
  const { world, keys, faults, journal, limits, control, upstream, report, changed } = parts;
  const operations = loadOperations('reo', 'reportei');
  const respond = createRespond(world, keys, limits);

  const look = (incoming: Incoming, path: string): Looked => {
    const request = readRequest(incoming);
    const found = route(operations, request.method, request.url.path);
    if (!('operation' in found)) {
      const { allowed } = found;
      return {
        incoming,
        path,
        request,
        operation: undefined,
        params: {},
        allowed,
        fault: undefined,
      };
    }
    const { operation, params } = found;
    const { headers, body, url } = request;
    const fault = faults.pick({ operation: operation.id, path, query: url.query, headers, body });
    return { incoming, path, request, operation, params, allowed: [], fault };
  };

  const make = async (looked: Looked): Promise<Made> => {
    const { operation, request, params, fault } = looked;
    if (fault?.connection === 'reset' || fault?.connection === 'hang') return NOTHING;
    const replaced = operation && fault && replacement(fault, apiOf(request.url.path));
    if (replaced) return { reply: replaced, source: 'fault' };
    const forwarded = await upstream?.answer(looked);
    if (forwarded) return forwarded;
    if (!operation) return { reply: unrouted(looked), source: 'emulator' };

    const made = respond({ request, operation, params, fault });
    if (made.reply.before) await made.reply.before;
    if (operation.api === 'reo') changed('usage');
    else if (operation.method !== 'GET' && !operation.id.startsWith('getData')) changed('state');
    return made;
  };

  /** Writes down what came about, and returns its number. */
  const note = (looked: Looked, made: Made, answer: Answer, ms: number): number => {
    const { incoming, path, operation, fault } = looked;
    const dropped = answer.delivery?.connection;
    const entry = journal.add({
      at: world.clock.now().toISOString(),
      method: incoming.method,
      path: printable(path),
      api: apiOf(path),
      operation: operation?.id ?? null,
      status: dropped === undefined || dropped === 'cut-body' ? answer.status : null,
      ms: Math.round(ms * 10) / 10,
      source: dropped === undefined ? made.source : 'fault',
      fault: fault?.id ?? null,
      reason: reasonOf(made.reply, dropped),
      violations: made.violations ?? [],
      query: queryOf(incoming.target).slice(1),
      requestHeaders: incoming.headers,
      requestBody: incoming.body,
      responseHeaders: answer.headers,
      responseBody: typeof answer.body === 'string' ? answer.body : '',
    });
    report({ kind: 'request', entry });
    return entry.id;
  };

  const handle = async (incoming: Incoming, path: string): Promise<Answer> => {
    if (isControl(path)) return control.handle(incoming, path);
    const begun = performance.now();
    const looked = look(incoming, path);
    const { fault } = looked;
    const delay = toMs(world.settings().delay) + toMs(fault?.delay ?? 0);
    if (delay > 0) await pause(delay, incoming.signal);
    const made = await make(looked);
    const answer = finished(made.reply, fault);
    const id = note(looked, made, answer, performance.now() - begun);
    const { after } = made.reply;
    return after ? { ...answer, after: () => after(id) } : answer;
  };

  return {
    handle: async (incoming) => {
      const path = pathOf(incoming.target);
      try {
        return await handle(incoming, path);
      } catch (error) {
        const reason = printable(error instanceof Error ? error.message : String(error));
        const text = `BUG in the emulator: ${incoming.method} ${printable(path)}: ${reason}`;
        report({ kind: 'problem', text });
        return written(failure(apiOf(path), 500, text));
      }
    },
  };
}

const NOTHING: Made = { reply: { status: 200, body: undefined }, source: 'fault' };

/** The answer where no operation fits: no contract says what it looks like. */
function unrouted({ request, path, allowed }: Looked): Reply {
  const { method, url } = request;
  const api = apiOf(url.path);
  if (allowed.length === 0) {
    const hint = url.path === '/' ? '. See /__mock/ for what happens here' : '';
    return failure(api, 404, `There is nothing at ${printable(path)}${hint}`);
  }
  const allow = allowed.join(', ');
  return {
    ...failure(api, 405, `${method} is not allowed here, only ${allow}`),
    headers: { allow },
  };
}

/** Ends early when the client goes. */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const gone = signal ? { signal } : {};
  await wait(Math.min(ms, LONGEST_TIMER), undefined, gone).catch(() => undefined);
}
