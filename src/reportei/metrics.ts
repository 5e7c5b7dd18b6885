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

/** The answer's metrics by id, in lower case: Connect sends them bare or inside `data`. */
const metricsOf = (body: unknown, ids: readonly string[]): ReadonlyMap<string, unknown> => {
  // Of a webhook, most likely.
  if (typeof body === 'string') throw new DecodeError('the body is a text: parse it as JSON first');
  const byId = (value: unknown) =>
    new Map(
      Object.entries(isObject(value) ? value : {}).map(([id, one]) => [id.toLowerCase(), one]),
    );
  const bare = byId(body);
  if (ids.some((id) => bare.has(id))) return bare;
  return isObject(body) && isObject(body.data) ? byId(body.data) : bare;
};

type Decoded = ({ readonly ok: true } & AnyResult) | MetricFailure;
type Decodings = readonly (readonly [name: string, decoded: Decoded | DecodeError])[];

/** Each metric by itself: one that cannot be read says nothing about the others. */
const decodeAll = (queries: MetricQueries, ids: MetricIds, body: unknown): Decodings => {
  if (!isObject(ids)) throw new ConfigError('ids must be what metricsAsync gave');
  const lower = Object.entries(ids).map(([name, id]) => [name, id.toLowerCase()] as const);
  const answers = metricsOf(
    body,
    lower.map(([, id]) => id),
  );
  const idOf = new Map(lower);
  return Object.entries(queries).map(([name, query]) => {
    try {
      const decoded = decodeMetric(name, query, answers.get(idOf.get(name) ?? ''));
      return [name, 'ok' in decoded ? decoded : { ok: true, ...decoded }];
    } catch (error) {
      if (error instanceof DecodeError) return [name, error];
      throw error;
    }
  });
};

const withoutOk = ({ ok: _, ...result }: Decoded): object => result;

/** A server's word, as far as it is fit for a message. */
const word = (reason: string): string => (/^\w{1,40}$/.test(reason) ? reason : 'other');

const failed = (outcomes: readonly (readonly [string, Decoded])[], details: ErrorDetails) => {
  const failures = outcomes.filter(
    (entry): entry is readonly [string, MetricFailure] => !entry[1].ok,
  );
  if (failures.length === 0) return undefined;
  const named = failures.map(([name, { reason }]) => `${name} (${word(reason)})`).join(', ');
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
 * Results or failures by name, from the body of a get-data answer or of the webhook call. An answer
 * whose shape does not fit its query is a failure with the reason `decode`.
 */
export const readMetricOutcomes = <C extends Components<C>>(
  queries: QueriesOf<C>,
  ids: MetricIds<keyof NoInfer<C> & string>,
  body: unknown,
): Outcomes<C> =>
  Object.fromEntries(
    decodeAll(queries, ids, body).map(([name, decoded]) => [
      name,
      decoded instanceof DecodeError
        ? { ok: false, reason: 'decode', message: decoded.message }
        : decoded,
    ]),
  ) as Outcomes<C>;

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
  const decoded = decodeAll(queries, ids, body).map(([name, one]) => {
    if (one instanceof DecodeError) throw one;
    return [name, one] as const;
  });
  const error = failed(decoded, { body, ...details });
  if (error !== undefined) throw error;
  return Object.fromEntries(decoded.map(([name, one]) => [name, withoutOk(one)])) as Results<C>;
};
