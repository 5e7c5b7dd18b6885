import { apiCall } from '../../http/api-call.ts';
import { ConfigError, isSdkError } from '../../http/errors.ts';
import type { ConnectCore } from '../connect-core.ts';
import type { Queries, Query, ResultOf } from '../queries/query.ts';
import type { Outcome, AnyOutcomes } from '../results/results.ts';
import { askMetrics, type ManyRequestsOptions, type MetricsOptions, type Part } from './ask.ts';
import type { MetricIds } from './ids.ts';
import { decodeAll, demandAll, goodOnes } from './outcomes.ts';
import { headOf, wireMetrics } from './request.ts';

/** Options of `metrics` and `metricsStream`. */
export type FetchOptions = MetricsOptions & ManyRequestsOptions;

/** A metric's outcome, by its name. */
export type NamedOutcome<Q extends Queries = Queries> = {
  readonly [Name in keyof Q & string]: {
    readonly name: Name;
    readonly outcome: Outcome<ResultOf<Q[Name]>>;
  };
}[keyof Q & string];

type Given = readonly [
  queries: Queries,
  options: FetchOptions & { readonly partial?: boolean | undefined },
];

const timeoutMs = 120_000;

/** As it is at the call: the caller may change it afterwards. */
const copied = (name: string, { wire, ...query }: Query): Query => {
  try {
    return { ...query, wire: structuredClone(wire) };
  } catch (cause) {
    throw new ConfigError(`the query ${name} holds a value that JSON cannot`, { cause });
  }
};

const partsOf = (core: ConnectCore, given: Queries, options: FetchOptions) => {
  const queries = Object.fromEntries(
    Object.entries(given).map(([name, query]) => [name, copied(name, query)]),
  );
  const head = headOf(options);
  const send = (asked: Queries, ids: MetricIds, signal: AbortSignal) =>
    core
      .call({
        method: 'post',
        path: '/metrics/get-data',
        mode: 'safe',
        timeoutMs,
        init: () => ({ body: { ...head, metrics: wireMetrics(asked, ids) } }),
        decode: (body) => decodeAll(asked, ids, body),
        options: { ...options, signal },
      })
      .withResponse();
  return askMetrics(queries, send, options);
};

const joined = (parts: readonly Part[]): AnyOutcomes =>
  Object.assign({}, ...parts.map(({ outcomes }) => outcomes)) as AnyOutcomes;

const gather = async (core: ConnectCore, [queries, options]: Given) => {
  const parts: Part[] = [];
  for await (const part of partsOf(core, queries, options)) {
    if (part.error !== undefined && !options.partial) {
      const value = goodOnes(joined(parts));
      if (isSdkError(part.error)) Object.defineProperty(part.error, 'results', { value });
      throw part.error;
    }
    parts.push(part);
  }
  const [first] = parts;
  if (parts.every(({ error }) => error !== undefined)) throw first?.error;
  const responses = parts.flatMap(({ responses }) => responses);
  const found = joined(parts);
  const outcomes: AnyOutcomes = Object.fromEntries(
    Object.keys(queries).map((name) => [name, found[name] as Outcome]),
  );
  const { status, body } = responses[0] ?? {};
  const attempts = responses.reduce((sum, one) => sum + one.attempts, 0);
  const data = options.partial ? outcomes : demandAll(outcomes, { status, body, attempts });
  return { data, responses };
};

/** @param given what to ask, read at the call: what it throws rejects the call. */
export const fetchMetrics = (core: ConnectCore, given: () => Given) =>
  apiCall((async () => gather(core, given()))());

export async function* streamMetrics(
  core: ConnectCore,
  queries: Queries,
  options: FetchOptions,
): AsyncGenerator<NamedOutcome, void> {
  for await (const { outcomes } of partsOf(core, queries, options)) {
    for (const [name, outcome] of Object.entries(outcomes)) yield { name, outcome };
  }
}
