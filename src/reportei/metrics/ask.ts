import type { AnswerInfo } from '../../http/api-call.ts';
import type { Duration } from '../../http/duration.ts';
import { type AnySdkError, type ApiError, ConfigError, isSdkError } from '../../http/errors.ts';
import type { CallOptions } from '../../http/options.ts';
import { wholeNumber } from '../../http/numbers.ts';
import type { PeriodOptions } from '../dates/index.ts';
import type { Queries } from '../queries/query.ts';
import type { AnyOutcomes, Outcome } from '../results/results.ts';
import { collect, type LongWorkOptions, progressOf } from './collect.ts';
import { idsOf, type MetricIds } from './ids.ts';
import { blamed, isRefusal, refusedOutcomes } from './refused.ts';

/** Of whom to ask metrics. */
export interface Asked extends CallOptions {
  /** UUID of the customer integration, or of several. */
  readonly integration: string | readonly string[];
}

/**
 * Of whom to ask metrics, and for which days. In this order: the compiler names the first that is
 * missing.
 */
export type MetricsOptions = Asked & PeriodOptions;

/** How a set that needs several requests is asked for. */
export interface ManyRequestsOptions extends LongWorkOptions {
  /** The most queries in one request. Default: all of them. */
  readonly chunk?: number | undefined;
  /**
   * What to do when Connect refuses a whole request (422) because of single metrics: `'throw'`
   * (default), or `'split'` it until those are found, which then fail alone (`refused`).
   */
  readonly onRefused?: 'throw' | 'split' | undefined;
  /** The most requests that splitting may cost on top, in all. Default 64. */
  readonly maxSplits?: number | undefined;
  /** For the whole call, waits and retries included; `timeout` is for one attempt. Default: none. */
  readonly deadline?: Duration | undefined;
}

/** What one or more requests brought, and why any of them brought nothing. */
export interface Part {
  readonly names: readonly string[];
  readonly outcomes: AnyOutcomes;
  readonly responses: readonly AnswerInfo[];
  readonly error?: unknown;
}

/** What one request brought. Without a response it was not sent. */
export interface Answered {
  readonly data: AnyOutcomes;
  readonly response?: AnswerInfo;
}

/** Sends one request. */
export type Send = (queries: Queries, ids: MetricIds, signal: AbortSignal) => Promise<Answered>;

const pick = (queries: Queries, names: readonly string[]): Queries =>
  Object.fromEntries(names.map((name) => [name, queries[name] as Queries[string]]));

const groupsOf = (names: readonly string[], size: number): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(names.length / size) }, (_, i) =>
    names.slice(i * size, (i + 1) * size),
  );

const join = (parts: readonly Part[]): Part => ({
  names: parts.flatMap(({ names }) => names),
  outcomes: Object.fromEntries(parts.flatMap(({ outcomes }) => Object.entries(outcomes))),
  responses: parts.flatMap(({ responses }) => responses),
  error: parts.find(({ error }) => error !== undefined)?.error,
});

/** Whether an error is what became of a request, and no mistake in the call. */
const isFailure = (error: unknown): error is AnySdkError =>
  isSdkError(error) && error.code !== 'config';

/** Queries whose request failed. */
const failedPart = (names: readonly string[], error: unknown): Part => {
  if (!isFailure(error)) throw error;
  // `decode` is said of a single metric.
  const reason = error.code === 'decode' ? 'unreadable' : error.code;
  const failure = { ok: false, reason, message: error.message } as const;
  const outcomes = Object.fromEntries(names.map((name) => [name, failure]));
  return { names, outcomes, responses: [], error };
};

/**
 * Asks for all queries, in as many requests as it takes, and yields what each brings. A request that
 * fails is a part with an `error`.
 *
 * @throws ConfigError for options that cannot work.
 */
export async function* askMetrics(
  queries: Queries,
  send: Send,
  options: ManyRequestsOptions,
): AsyncGenerator<Part, void> {
  const names = Object.keys(queries);
  if (names.length === 0) throw new ConfigError('there is no metric to ask for');
  const groups = groupsOf(names, wholeNumber(options.chunk ?? names.length, 1, 'chunk'));
  const tell = progressOf(options, names.length);
  let splits = wholeNumber(options.maxSplits ?? 64, 1, 'maxSplits');

  /** What is known already, should the rest of a refused request never come. */
  const kept = new Map<string, Outcome>();
  const keep = (outcomes: AnyOutcomes): void => {
    for (const [name, outcome] of Object.entries(outcomes)) kept.set(name, outcome);
  };

  const ask = async (names: readonly string[], signal: AbortSignal): Promise<Part> => {
    const asked = pick(queries, names);
    const ids = idsOf(asked);
    try {
      const { data, response } = await send(asked, ids, signal);
      keep(data);
      return { names, outcomes: data, responses: response === undefined ? [] : [response] };
    } catch (error) {
      if (options.onRefused !== 'split' || !isRefusal(error)) throw error;
      return askApart(error, blamed(error, asked, ids), names, signal);
    }
  };

  /** Leaves out the one query that is to blame, or goes on in parts until it is known. */
  const askApart = async (
    refusal: ApiError,
    bad: readonly string[],
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<Part> => {
    const refused = names.length === 1 || splits < 2 ? names : bad.length === 1 ? bad : [];
    const rest = names.filter((name) => !refused.includes(name));
    const others = rest.filter((name) => !bad.includes(name));
    const isTold = bad.length > 0 && others.length > 0;
    const parts =
      refused.length > 0
        ? [rest]
        : isTold
          ? [bad, others]
          : groupsOf(rest, Math.ceil(rest.length / 2));
    const asked = parts.filter(({ length }) => length > 0);
    splits -= asked.length;
    const outcomes = refusedOutcomes(refusal, refused);
    keep(outcomes);
    // What one part cannot have must not cost the others theirs.
    const answers = asked.map((part) =>
      ask(part, signal).catch((error: unknown) =>
        failedPart(part, signal.aborted ? signal.reason : error),
      ),
    );
    return join([{ names: refused, outcomes, responses: [] }, ...(await Promise.all(answers))]);
  };

  const { onProgress: _, ...limits } = options;
  const waiting = new Set(groups);
  const report = (part: Part): Part => {
    const failed = Object.values(part.outcomes).filter(({ ok }) => !ok).length;
    tell(part.names.length, failed);
    return part;
  };
  const failure = (group: readonly string[], error: unknown): Part => {
    const part = failedPart(group, error);
    const known = Object.entries(part.outcomes).map(([name, one]) => [name, kept.get(name) ?? one]);
    return report({ ...part, outcomes: Object.fromEntries(known) as AnyOutcomes });
  };

  try {
    const work = collect(groups, ask, { ...limits, concurrency: groups.length });
    for await (const { item, ...ended } of work) {
      waiting.delete(item);
      yield ended.ok ? report(ended.value) : failure(item, ended.error);
    }
  } catch (error) {
    if (!isFailure(error)) throw error;
    // The deadline, or the caller's signal: for what has been told already it came too late.
    for (const group of waiting) yield failure(group, error);
  }
}
