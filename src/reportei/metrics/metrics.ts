import { apiCall } from '../../http/api-call.ts';
import { ConfigError, isSdkError } from '../../http/errors.ts';
import type { ConnectCore } from '../connect-core.ts';
import type { Queries, Query, ResultOf } from '../queries/query.ts';
import type { Outcome, AnyOutcomes } from '../results/results.ts';
import {
  type Answered,
  askMetrics,
  type ManyRequestsOptions,
  type MetricsOptions,
  type Part,
  type Send,
} from './ask.ts';
import { type MetricsCache, throughCache } from './cache.ts';
import { answersOf, decodeAll, demandAll, goodOnes } from './outcomes.ts';
import { headOf, type RequestHead, wireMetrics } from './request.ts';

/** Options of `metrics` and `metricsStream`. */
export type FetchOptions = MetricsOptions &
  ManyRequestsOptions & {
    /**
     * Where answers without a failure are kept, e.g. `memoryCache({ ttl: '10m' })`: the same question
     * with the same tokens is not asked again. Default: nowhere.
     */
    readonly cache?: MetricsCache | undefined;
  };

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

/** What to ask, as it is at the call: the caller may change it afterwards. */
const prepared = (given: Queries, options: FetchOptions) => {
  try {
    const queries = Object.entries(given).map(([name, { wire, ...query }]): [string, Query] => [
      name,
      { ...query, wire: structuredClone(wire) },
    ]);
    return { queries: Object.fromEntries(queries), head: headOf(options) };
  } catch (cause) {
    if (isSdkError(cause)) throw cause;
    throw new ConfigError('no request can be made of the queries that were given', { cause });
  }
};

/** One request, or what is kept of the same one. */
const sender =
  (core: ConnectCore, head: RequestHead, options: FetchOptions): Send =>
  async (queries, ids, signal) => {
    const { cache } = options;
    const call = () =>
      core
        .call({
          method: 'post',
          path: '/metrics/get-data',
          mode: 'safe',
          timeoutMs,
          init: () => ({ body: { ...head, metrics: wireMetrics(queries, ids) } }),
          decode: (body) => decodeAll(queries, ids, body),
          options: { ...options, signal },
        })
        .withResponse();
    if (cache === undefined) return call();
    const entries = Object.entries(queries);
    const isGood = (outcomes: AnyOutcomes) => Object.values(outcomes).every(({ ok }) => ok);
    return throughCache<Answered>(
      cache,
      [await core.authorize(), head, entries.map(([name, { wire }]) => [name, wire])],
      (text) => {
        const answers = JSON.parse(text) as readonly unknown[];
        const body = Object.fromEntries(entries.map(([name], i) => [ids[name], answers[i]]));
        const data = decodeAll(queries, ids, body);
        return isGood(data) ? { data } : undefined;
      },
      async () => {
        const value = await call();
        const answers = answersOf(
          value.response.body,
          entries.map(([name]) => ids[name] as string),
        );
        return { value, text: isGood(value.data) ? JSON.stringify(answers) : undefined };
      },
    );
  };

const partsOf = (core: ConnectCore, given: Queries, options: FetchOptions) => {
  const { queries, head } = prepared(given, options);
  return askMetrics(queries, sender(core, head, options), options);
};

const joined = (parts: readonly Part[]): AnyOutcomes =>
  Object.fromEntries(parts.flatMap(({ outcomes }) => Object.entries(outcomes)));

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
