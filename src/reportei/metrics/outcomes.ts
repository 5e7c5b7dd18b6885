import { ApiError, ConfigError, DecodeError, type ErrorDetails } from '../../http/errors.ts';
import { isObject } from '../../http/is-object.ts';
import { queriesOf, type QueriesOrSet } from '../queries/metric-set.ts';
import type { Queries, Query } from '../queries/query.ts';
import { decodeMetric } from '../results/decode.ts';
import type { AnyOutcomes, MetricFailure, Outcome, Outcomes, Results } from '../results/results.ts';
import { checkIds, type MetricIds } from './ids.ts';

/**
 * The answers of metrics in the order of their ids: Connect sends them bare or inside `data`.
 *
 * @throws DecodeError for a body that is still a text.
 */
export const answersOf = (body: unknown, ids: readonly string[]): readonly unknown[] => {
  // Of a webhook, most likely.
  if (typeof body === 'string') throw new DecodeError('the body is a text: parse it as JSON first');
  const byId = (value: unknown) =>
    new Map(
      Object.entries(isObject(value) ? value : {}).map(([id, one]) => [id.toLowerCase(), one]),
    );
  const wanted = ids.map((id) => id.toLowerCase());
  const bare = byId(body);
  const isBare = wanted.some((id) => bare.has(id));
  const found = !isBare && isObject(body) && isObject(body.data) ? byId(body.data) : bare;
  return wanted.map((id) => found.get(id));
};

/** By itself: a metric that cannot be read says nothing about the others. */
const outcomeOf = (name: string, query: Query, answer: unknown): Outcome => {
  try {
    const decoded = decodeMetric(name, query, answer);
    return 'ok' in decoded ? decoded : { ok: true, ...decoded };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { ok: false, reason: 'decode', message: error.message };
  }
};

export const decodeAll = (queries: Queries, ids: MetricIds, body: unknown): AnyOutcomes => {
  const entries = Object.entries(queries);
  const answers = answersOf(
    body,
    entries.map(([name]) => ids[name] as string),
  );
  return Object.fromEntries(
    entries.map(([name, query], i) => [name, outcomeOf(name, query, answers[i])]),
  );
};

const isFailure = (outcome: Outcome): outcome is MetricFailure => !outcome.ok;

const withoutOk = ({ ok: _, ...result }: { readonly ok: true }): object => result;

/** A server's word, as far as it is fit for a message. */
const word = (reason: string): string => (/^\w{1,40}$/.test(reason) ? reason : 'other');

/** The results that there are, by name. */
export const goodOnes = (outcomes: AnyOutcomes): Readonly<Record<string, object>> =>
  Object.fromEntries(
    Object.entries(outcomes).flatMap(([name, one]) => (one.ok ? [[name, withoutOk(one)]] : [])),
  );

/**
 * Results instead of outcomes.
 *
 * @throws ApiError `metrics` when any metric failed, with `failures` and the good `results`.
 */
export const demandAll = (outcomes: AnyOutcomes, details: ErrorDetails): Results => {
  const results = goodOnes(outcomes);
  const failures = Object.entries(outcomes).filter((entry): entry is [string, MetricFailure] =>
    isFailure(entry[1]),
  );
  if (failures.length === 0) return results;
  const named = failures.map(([name, { reason }]) => `${name} (${word(reason)})`).join(', ');
  const count = `${failures.length} of ${Object.keys(outcomes).length} metrics failed`;
  const told = { ...details, failures: Object.fromEntries(failures), results };
  throw new ApiError('metrics', `${count}: ${named}`, told);
};

/**
 * Results or failures by name, from the body of a get-data answer or of the webhook call. An answer
 * whose shape does not fit its query is a failure with the reason `decode`.
 *
 * @throws ConfigError for ids of other queries, DecodeError for a body that is still a text.
 */
export const readMetricOutcomes = <Q extends Queries>(
  queries: QueriesOrSet<Q>,
  ids: MetricIds<keyof NoInfer<Q> & string>,
  body: unknown,
): Outcomes<Q> => {
  const asked = queriesOf(queries);
  if (!isObject(ids)) throw new ConfigError('ids must be what metricsAsync gave');
  checkIds(ids, Object.keys(asked));
  return decodeAll(asked, ids, body) as Outcomes<Q>;
};

/**
 * Results by name, from the body of a get-data answer or of the webhook call.
 *
 * @throws ApiError `metrics` when any metric failed: `failures` says why, `results` has the others.
 * @throws ConfigError for ids of other queries, DecodeError for a body that is still a text.
 */
export const readMetrics = <Q extends Queries>(
  queries: QueriesOrSet<Q>,
  ids: MetricIds<keyof NoInfer<Q> & string>,
  body: unknown,
): Results<Q> =>
  demandAll(readMetricOutcomes(queries, ids, body) as AnyOutcomes, { body }) as Results<Q>;
