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
import { queriesOf, type QueriesOrSet } from './queries/metric-set.ts';
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
   * @throws DecodeError for an answer whose shape does not fit its query.
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

export const customerClientOf = (core: ConnectCore): CustomerClient => {
  /** @param ask what to ask, at the call: what it throws rejects the call. */
  const fetch = (ask: () => Question | Promise<Question>) =>
    apiCall(
      (async () => {
        const question = await ask();
        const { fetchMetrics } = await import('./metrics/metrics.ts');
        return fetchMetrics(core, question);
      })(),
    );
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
      fetch(() => questionOf(queriesOf(given), options))) as CustomerClient['metrics'],
    metricsStream: async function* (given: QueriesOrSet<Queries>, options: FetchOptions) {
      const question = questionOf(queriesOf(given), options);
      const { streamMetrics } = await import('./metrics/metrics.ts');
      yield* streamMetrics(core, question);
    } as CustomerClient['metricsStream'],
    metricsById: ((payload: unknown, options: ByIdOptions = {}) =>
      fetch(async () => {
        const [copy, given] = [snapshot(payload), { ...options }];
        const { queriesById, withPayload } = await import('./metrics/by-id.ts');
        return questionOf(queriesById(copy), withPayload(copy, given));
      })) as unknown as CustomerClient['metricsById'],
    metricsAsync: (given, options) =>
      apiCall(
        (async () => {
          const [question, webhook] = [questionOf(queriesOf(given), options), options.webhook];
          const { startMetrics } = await import('./metrics/start.ts');
          return startMetrics(core, question, webhook).withResponse();
        })(),
      ),
    get raw() {
      return core.raw();
    },
  };
};
