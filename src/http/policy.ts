import { isSdkError } from './errors.ts';
import { createGate, type Gate, type GateOptions } from './gate.ts';
import { readHints } from './rate-hints.ts';
import { createRetryBudget } from './retry-budget.ts';
import { retryDelay, type RetryMode } from './retry.ts';
import { sleep, within } from './within.ts';
import { type Transport, type WireAnswer, WireFailure, type WireRequest } from './wire.ts';

/** What a hook is told. Never holds a key, a query string or a body. */
export interface AttemptInfo {
  readonly method: string;
  /** The path template, e.g. `/customers/{customer_uuid}`. */
  readonly path: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** From asking for a turn to the last byte, in whole milliseconds. */
  readonly durationMs: number;
  /** HTTP status, when an answer arrived. */
  readonly status?: number;
  /** Why no answer arrived. */
  readonly failure?: WireFailure['reason'];
  /** How long the client waits before it tries again; absent when it does not. */
  readonly retryInMs?: number;
}

export interface PolicyOptions extends GateOptions {
  readonly transport: Transport;
  readonly maxBytes: number;
  readonly maxDelayMs: number;
  readonly onAttempt?: ((info: AttemptInfo) => unknown) | undefined;
}

/** The headers that carry the keys. */
export type Authorize = () =>
  Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

/** How one call is to be carried out. */
export interface CallPlan {
  readonly path: string;
  readonly mode: RetryMode;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly signal: AbortSignal | undefined;
  /** Called for every attempt when its turn has come, so that a rotated key is picked up. */
  readonly authorize: Authorize;
}

/** How a call ended: with a whole answer of any status, or with none. */
export interface Outcome {
  readonly result: WireAnswer | WireFailure;
  readonly attempts: number;
  /** Whether any of the attempts may have reached the API. */
  readonly ambiguous: boolean;
  /** Whether another attempt would have been made, had the retry budget not been spent. */
  readonly spent: boolean;
}

export interface Policy extends Pick<Gate, 'learn'> {
  /** Carries a request out under the client's rules. Rejects only with what the plan's `authorize` throws. */
  readonly run: (request: WireRequest, plan: CallPlan) => Promise<Outcome>;
}

/** Gate, then attempt, then classify, then wait: one budget and one gate for all calls of a client. */
export const createPolicy = (options: PolicyOptions): Policy => {
  const { transport, maxBytes, maxDelayMs, onAttempt, learns } = options;
  const { enter, learn } = createGate(options);
  // Each of the requests that may be under way can be retried once before the share counts.
  const budget = createRetryBudget({ burst: Math.max(10, options.concurrency) });

  const notify = async (info: AttemptInfo): Promise<void> => {
    try {
      await onAttempt?.(info);
    } catch {
      // A hook is an observer: what it throws must not change what happens to the call.
    }
  };

  /** One attempt: `onSend` is called when it gets as far as the transport. */
  const once = async (
    request: WireRequest,
    { authorize, signal, timeoutMs }: CallPlan,
    onSend: () => void,
  ): Promise<WireAnswer | WireFailure> => {
    let leave = (): void => {};
    try {
      leave = await enter(signal);
    } catch (reason) {
      return new WireFailure('aborted', false, reason);
    }
    try {
      const keys = authorize();
      const given =
        keys instanceof Promise ? await within(keys, { signal, timeoutMs }, false) : keys;
      onSend();
      const headers = { ...request.headers, ...given };
      const answer = await transport({ ...request, headers }, { signal, timeoutMs, maxBytes });
      if (learns) learn(readHints(answer, maxDelayMs, Date.now()));
      return answer;
    } catch (error) {
      if (isSdkError(error)) throw error;
      return error instanceof WireFailure ? error : new WireFailure('network', true, error);
    } finally {
      leave();
    }
  };

  const run: Policy['run'] = async (request, plan) => {
    const rules = { mode: plan.mode, maxRetries: plan.maxRetries, maxDelayMs };
    let attempts = 0;
    let ambiguous = false;
    let outcome: Outcome | undefined;
    budget.earn();
    for (let attempt = 1; ; attempt += 1) {
      const startedAt = performance.now();
      let result: WireAnswer | WireFailure;
      try {
        result = await once(request, plan, () => (attempts += 1));
      } catch (error) {
        // Without a key there is no next attempt: what the last one brought is what happened.
        if (outcome !== undefined) return outcome;
        throw error;
      }
      ambiguous ||= !(result instanceof WireFailure) || result.sent;
      const delay = retryDelay(result, attempt, rules, Date.now(), Math.random);
      const spent = delay !== undefined && !budget.spend();
      const wait = spent ? undefined : delay;
      outcome = { result, attempts, ambiguous, spent };
      if (onAttempt !== undefined) {
        void notify({
          method: request.method,
          path: plan.path,
          attempt,
          durationMs: Math.round(performance.now() - startedAt),
          ...(result instanceof WireFailure
            ? { failure: result.reason }
            : { status: result.status }),
          ...(wait === undefined ? {} : { retryInMs: Math.round(wait) }),
        });
      }
      if (wait === undefined) return outcome;
      try {
        await sleep(wait, plan.signal);
      } catch (aborted) {
        return { ...outcome, result: aborted as WireFailure };
      }
    }
  };

  return { run, learn };
};
