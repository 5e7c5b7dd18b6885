import type { components } from '../../generated/reportei.ts';
import { ApiError, ConfigError, DecodeError, type ErrorDetails } from '../http/errors.ts';
import type { CallOptions } from '../http/options.ts';
import { type AnyResult, decodeMetric, isObject } from './decode.ts';
import { checkPeriod, type Period } from './period.ts';
import type { Component, MetricQueries, MetricQuery } from './queries.ts';
import type { MetricFailure, Outcomes, Results } from './results.ts';

type Wire = components['schemas'];

/** What to ask the metrics of, and for which days. */
export interface MetricsOptions extends Period, CallOptions {
  /** UUID of the customer integration, or of several. */
  readonly integration: string | readonly string[];
  /** Other days to compare with. */
  readonly compare?: Period | undefined;
  /** IANA name of the zone that the days are meant in, e.g. `America/Sao_Paulo`. */
  readonly timeZone?: string | undefined;
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Names of queries to the ids that the request carries. */
export type MetricIds<Name extends string = string> = { readonly [N in Name]: string };

/** @throws ConfigError for an id that is no UUID or is used twice, and for no query at all. */
export const assignIds = <Name extends string>(
  queries: Readonly<Record<Name, MetricQuery>>,
): MetricIds<Name> => {
  const ids = Object.entries<MetricQuery>(queries).map(([name, { id = crypto.randomUUID() }]) => {
    if (!uuid.test(id)) throw new ConfigError(`the id of ${name} must be a UUID`);
    return [name, id] as const;
  });
  if (ids.length === 0) throw new ConfigError('there is no metric to ask for');
  if (new Set(ids.map(([, id]) => id.toLowerCase())).size < ids.length) {
    throw new ConfigError('two metrics have the same id');
  }
  return Object.fromEntries(ids) as MetricIds<Name>;
};

const integrationOf = (integration: MetricsOptions['integration']) => {
  if (typeof integration === 'string' && integration !== '') {
    return { customer_integration: integration };
  }
  if (Array.isArray(integration) && integration.length > 0) {
    return { customer_integration_uuids: integration as string[] };
  }
  throw new ConfigError('integration must be a UUID, or a list of them');
};

/** The body of a get-data request. */
export const metricsRequest = (
  queries: MetricQueries,
  ids: MetricIds,
  options: MetricsOptions,
): Wire['GetDataRequest'] => {
  const { start, end } = checkPeriod(options);
  const compare = options.compare && checkPeriod(options.compare, 'compare.');
  return {
    ...integrationOf(options.integration),
    start,
    end,
    ...(compare && { comparison_start: compare.start, comparison_end: compare.end }),
    ...(options.timeZone === undefined ? {} : { client_timezone: options.timeZone }),
    metrics: Object.entries(queries).map(([name, query]) => ({
      ...(query as Wire['MetricQuery']),
      id: ids[name] as string,
    })),
  };
};

/** The answer's metrics by id: Connect sends them bare or inside `data`. */
const metricsOf = (body: unknown, ids: readonly string[]): { readonly [id: string]: unknown } => {
  if (!isObject(body)) return {};
  const bare = ids.some((id) => Object.hasOwn(body, id));
  return bare || !isObject(body.data) ? body : body.data;
};

type Decoded = ({ readonly ok: true } & AnyResult) | MetricFailure;

const readOutcomes = (queries: MetricQueries, ids: MetricIds, body: unknown) => {
  if (typeof body === 'string') throw new DecodeError('the body is a text: parse it as JSON first');
  if (!isObject(ids)) throw new ConfigError('ids must be what metricsAsync gave');
  const answers = metricsOf(body, Object.values(ids));
  return Object.entries(queries).map(([name, query]): readonly [string, Decoded] => {
    const id = ids[name] ?? '';
    const answer = Object.hasOwn(answers, id) ? answers[id] : undefined;
    const decoded = decodeMetric(name, query, answer);
    return [name, 'ok' in decoded ? decoded : { ok: true, ...decoded }];
  });
};

const withoutOk = ({ ok: _, ...result }: Decoded): object => result;

const failed = (outcomes: readonly (readonly [string, Decoded])[], details: ErrorDetails) => {
  const failures = outcomes.filter(
    (entry): entry is readonly [string, MetricFailure] => !entry[1].ok,
  );
  if (failures.length === 0) return undefined;
  const named = failures.map(([name, { reason }]) => `${name} (${reason})`).join(', ');
  const good = outcomes.filter(([, outcome]) => outcome.ok);
  return new ApiError(
    'metrics',
    `${failures.length} of ${outcomes.length} metrics failed: ${named}`,
    {
      ...details,
      failures: Object.fromEntries(failures),
      results: Object.fromEntries(good.map(([name, outcome]) => [name, withoutOk(outcome)])),
    },
  );
};

/** A set of queries by its types: each name with its component. */
export type Components<C = Record<string, Component>> = { readonly [Name in keyof C]: Component };
export type QueriesOf<C extends Components<C>> = {
  readonly [Name in keyof C]: MetricQuery<C[Name]>;
};

/**
 * Results or failures by name, from the body of a get-data answer or of the webhook call.
 *
 * @throws DecodeError for an answer whose shape does not fit its query.
 */
export const readMetricOutcomes = <C extends Components<C>>(
  queries: QueriesOf<C>,
  ids: MetricIds<keyof NoInfer<C> & string>,
  body: unknown,
): Outcomes<C> => Object.fromEntries(readOutcomes(queries, ids, body)) as Outcomes<C>;

/**
 * Results by name, from the body of a get-data answer or of the webhook call.
 *
 * @throws ApiError `metrics` when any metric failed: `failures` says why, `results` has the others.
 * @throws DecodeError for an answer whose shape does not fit its query.
 */
export const readMetrics = <C extends Components<C>>(
  queries: QueriesOf<C>,
  ids: MetricIds<keyof NoInfer<C> & string>,
  body: unknown,
  details: ErrorDetails = {},
): Results<C> => {
  const outcomes = readOutcomes(queries, ids, body);
  const error = failed(outcomes, { body, ...details });
  if (error !== undefined) throw error;
  return Object.fromEntries(
    outcomes.map(([name, outcome]) => [name, withoutOk(outcome)]),
  ) as Results<C>;
};
