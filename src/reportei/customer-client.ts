import type { Client } from 'openapi-fetch';
import type { paths } from '../../generated/reportei.ts';
import { type AnswerInfo, type ApiCall, apiCall } from '../http/api-call.ts';
import type { CallOptions } from '../http/options.ts';
import type { ConnectCore } from './connect-core.ts';
import { type Integrations, integrationsOf } from './integrations.ts';
import type { MetricsOptions } from './metrics/ask.ts';
import type { ByIdOptions } from './metrics/by-id.ts';
import type { NamedOutcome } from './metrics/metrics.ts';
import { type FetchOptions, type Question, questionOf, snapshot } from './metrics/question.ts';
import type { StartedMetrics, Webhook } from './metrics/start.ts';
import { type CustomerSettings, unwrap } from './objects.ts';
import type { QueriesOrSet } from './queries/metric-set.ts';
import type { Queries } from './queries/query.ts';
import type { AnyResult, Outcome, Outcomes, Results } from './results/results.ts';

/** Metrics on their way. `withResponse()` gives the untouched answers, one a request. */
export type MetricsCall<T> = ApiCall<T, { readonly responses: readonly AnswerInfo[] }>;

/** Whether failures are results. */
interface Partial<P extends boolean> {
  /** Failures as results (`ok: false`) instead of an error. Default false. */
  readonly partial?: P | undefined;
}

/** Everything that one customer's token opens. All calls use the merchant token too. */
export interface CustomerClient {
  readonly integrations: Integrations;
  /** `GET /customers/settings` */
  settings(options?: CallOptions): ApiCall<CustomerSettings>;
  /**
   * Fetches metrics (`POST /metrics/get-data`), each result typed by its query. Takes up to 100 s, so
   * one attempt may last 120 s by default. Long sets can be sent in chunks.
   *
   * @throws ApiError `metrics` when any metric failed; `failures` says why, `results` has the rest.
   *   With `partial: true` failures are results instead (`ok: false`), also those of a request that
   *   failed beside others that did not.
   * @throws DecodeError for an answer that as a whole is none of Connect's.
   * @throws ConfigError for dates and options that cannot work.
   */
  metrics<const Q extends Queries, P extends boolean = false>(
    queries: QueriesOrSet<Q>,
    options: FetchOptions & Partial<P>,
  ): MetricsCall<P extends true ? Outcomes<Q> : Results<Q>>;
  /**
   * The same, each metric as soon as it is there: with `chunk`, long before the last one. A metric that
   * failed is an outcome, and so are those of a request that failed.
   *
   * @throws ConfigError for dates and options that cannot work.
   */
  metricsStream<const Q extends Queries>(
    queries: QueriesOrSet<Q>,
    options: FetchOptions,
  ): AsyncIterable<NamedOutcome<Q>>;
  /**
   * Fetches the metrics of a payload as it is: copied from the Reportei application, one of the
   * vendor's catalogues, or a whole get-data request, whose integration and dates are the defaults.
   * Results are by the queries' ids, by their reference keys where they have none; one that comes
   * twice is `key_2` the second time.
   *
   * @throws as `metrics` does, and ConfigError for a payload that is none.
   */
  metricsById<P extends boolean = false>(
    payload: unknown,
    options?: ByIdOptions & Partial<P>,
  ): MetricsCall<{
    readonly [id: string]: P extends true ? Outcome : AnyResult;
  }>;
  /**
   * Asks Connect to fetch metrics and to POST them to a webhook (`POST /metrics/get-data-async`): give
   * what `createCallbacks().prepare()` made, or a URL of your own. Not sent again after a failure that
   * may have reached Connect: that would start it twice. Such an error carries `metricIds`, since the
   * webhook may be called all the same.
   */
  metricsAsync<const Q extends Queries>(
    queries: QueriesOrSet<Q>,
    options: MetricsOptions & { readonly webhook: Webhook<keyof NoInfer<Q> & string> },
  ): ApiCall<StartedMetrics<keyof Q & string>>;
  /** The typed openapi-fetch client with both tokens. */
  readonly raw: Client<paths>;
}

/** Options with dates and lists of their own: a date counted on in a loop is another one soon. */
const copied = (options: ByIdOptions): ByIdOptions =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      value instanceof Date || Array.isArray(value) ? snapshot(value as unknown) : value,
    ]),
  );

export const customerClientOf = (core: ConnectCore): CustomerClient => {
  const asking = async (given: QueriesOrSet<Queries>, options: FetchOptions) =>
    questionOf(given, options);
  const fetch = (asked: Promise<Question>) =>
    apiCall(
      (async () => {
        const question = await asked;
        const { fetchMetrics } = await import('./metrics/metrics.ts');
        return fetchMetrics(core, question);
      })(),
    );
  const byId = async (payload: unknown, options: ByIdOptions): Promise<Question> => {
    const [copy, given] = [snapshot(payload), copied(options)];
    const { queriesById, withPayload } = await import('./metrics/by-id.ts');
    return asking(queriesById(copy), withPayload(copy, given));
  };
  return {
    integrations: integrationsOf(core),
    settings: (options) =>
      core.call({
        method: 'get',
        path: '/customers/settings',
        init: () => ({}),
        decode: (body) => unwrap<CustomerSettings>(body, 'customer', 'uuid'),
        options,
      }),
    metrics: ((given: QueriesOrSet<Queries>, options: FetchOptions) =>
      fetch(asking(given, options))) as CustomerClient['metrics'],
    metricsStream: ((given: QueriesOrSet<Queries>, options: FetchOptions) => {
      const asked = asking(given, options);
      // Who never listens is told nothing.
      asked.catch(() => {});
      return (async function* () {
        const question = await asked;
        const { streamMetrics } = await import('./metrics/metrics.ts');
        yield* streamMetrics(core, question);
      })();
    }) as CustomerClient['metricsStream'],
    metricsById: ((payload: unknown, options: ByIdOptions = {}) =>
      fetch(byId(payload, options))) as unknown as CustomerClient['metricsById'],
    metricsAsync: (given, options) =>
      apiCall(
        (async () => {
          const [question, webhook] = [
            questionOf(given, options),
            snapshot({ ...options.webhook }),
          ];
          const { startMetrics } = await import('./metrics/start.ts');
          return startMetrics(core, question, webhook).withResponse();
        })(),
      ),
    get raw() {
      return core.raw();
    },
  };
};
