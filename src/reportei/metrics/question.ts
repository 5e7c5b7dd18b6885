import { ConfigError } from '../../http/errors.ts';
import { type PeriodOptions, resolvePeriod } from '../dates/index.ts';
import { queriesOf, type QueriesOrSet } from '../queries/metric-set.ts';
import type { Queries, Query } from '../queries/query.ts';
import type { Asked, ManyRequestsOptions, MetricsOptions } from './ask.ts';
import type { MetricsCache } from './cache.ts';

const integrationOf = (integration: unknown) => {
  if (typeof integration === 'string' && integration !== '') {
    return { customer_integration: integration };
  }
  if (Array.isArray(integration) && integration.length > 0) {
    return { customer_integration_uuids: [...integration] as string[] };
  }
  throw new ConfigError('integration must be a UUID, or a list of them');
};

/** Everything of a request but its queries. */
export type RequestHead = ReturnType<typeof headOf>;

const headOf = (options: MetricsOptions) => {
  const { start, end, compare } = resolvePeriod(options);
  return {
    ...integrationOf(options.integration),
    start,
    end,
    ...(compare && { comparison_start: compare.start, comparison_end: compare.end }),
    ...(options.timeZone === undefined ? {} : { client_timezone: options.timeZone }),
  };
};

/** Options of a call that brings metrics. */
export interface Fetched extends Asked, ManyRequestsOptions {
  /**
   * Where answers without a failure are kept, e.g. `memoryCache({ ttl: '10m' })`: the same question
   * with the same tokens is not asked again. Default: nowhere.
   */
  readonly cache?: MetricsCache | undefined;
}

/** Options of `metrics` and `metricsStream`. */
export type FetchOptions = Fetched & PeriodOptions;

/** What to ask, as it is at the call: the caller may change it afterwards. */
export interface Question {
  readonly queries: Queries;
  readonly head: RequestHead;
  readonly options: FetchOptions & { readonly partial?: boolean | undefined };
}

/** @throws ConfigError for what no request can be made of. */
export const snapshot = <T>(value: T): T => {
  try {
    return structuredClone(value);
  } catch (cause) {
    throw new ConfigError('no request can be made of what was given', { cause });
  }
};

/** @throws ConfigError for what no request can be made of. */
export const questionOf = (
  given: QueriesOrSet<Queries>,
  options: Question['options'],
): Question => {
  if (typeof options !== 'object') throw new ConfigError('integration and days are missing');
  const queries = Object.entries(queriesOf(given)).map(([name, query]): [string, Query] => {
    if (query?.wire === undefined) throw new ConfigError(`${name} is no query`);
    return [name, { ...query, wire: snapshot(query.wire) }];
  });
  return { queries: Object.fromEntries(queries), head: headOf(options), options: { ...options } };
};
