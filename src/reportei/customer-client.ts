import type { Client } from 'openapi-fetch';
import type { paths } from '../../generated/reportei.ts';
import { type ApiCall, apiCall } from '../http/api-call.ts';
import type { CallOptions } from '../http/options.ts';
import type { ConnectCore } from './connect-core.ts';
import { type Integrations, integrationsOf } from './integrations.ts';
import {
  assignIds,
  type Components,
  type MetricIds,
  metricsRequest,
  type MetricsOptions,
  type QueriesOf,
  readMetricOutcomes,
  readMetrics,
} from './metrics.ts';
import { type CustomerSettings, unwrap } from './objects.ts';
import type { Outcomes, Results } from './results.ts';

/** What was started by `metricsAsync`: the answer arrives later, at the webhook. */
export interface StartedMetrics<Name extends string> {
  /** Each query's id: `readMetrics(queries, ids, body)` reads the webhook's body. */
  readonly ids: MetricIds<Name>;
}

/** Everything that one customer's token opens. All calls use the merchant token too. */
export interface CustomerClient {
  readonly integrations: Integrations;
  /** `GET /customers/settings` */
  settings(options?: CallOptions): ApiCall<CustomerSettings>;
  /**
   * Fetches metrics (`POST /metrics/get-data`), each result typed by its query's component. Takes
   * up to 100 s, so one attempt may last 120 s by default.
   *
   * @throws ApiError `metrics` when any metric failed; `failures` says why, `results` has the rest.
   *   With `partial: true` failures are results instead (`ok: false`).
   */
  metrics<const C extends Components>(
    queries: QueriesOf<C>,
    options: MetricsOptions & { readonly partial: true },
  ): ApiCall<Outcomes<C>>;
  metrics<const C extends Components>(
    queries: QueriesOf<C>,
    options: MetricsOptions & { readonly partial?: false },
  ): ApiCall<Results<C>>;
  /**
   * Asks Connect to fetch metrics and to POST them to `webhookUrl` (`POST /metrics/get-data-async`).
   * Not sent again after a failure that may have reached Connect: that would start it twice.
   */
  metricsAsync<const C extends Components>(
    queries: QueriesOf<C>,
    options: MetricsOptions & { readonly webhookUrl: string },
  ): ApiCall<StartedMetrics<keyof C & string>>;
  /** The typed openapi-fetch client with both tokens. */
  readonly raw: Client<paths>;
}

const metricsTimeoutMs = 120_000;

export const customerClientOf = (core: ConnectCore): CustomerClient => {
  const metrics = (
    queries: QueriesOf<Components>,
    options: MetricsOptions & { readonly partial?: boolean },
  ) => {
    const path = '/metrics/get-data';
    let ids: MetricIds = {};
    return core.call({
      method: 'POST',
      path,
      mode: 'safe',
      options,
      timeoutMs: metricsTimeoutMs,
      send: (client, wire) => {
        ids = assignIds(queries);
        return client.POST(path, { body: metricsRequest(queries, ids, options), ...wire });
      },
      decode: (body, { status, attempts }): object =>
        options.partial
          ? readMetricOutcomes(queries, ids, body)
          : readMetrics(queries, ids, body, { status, attempts }),
    });
  };
  return {
    integrations: integrationsOf(core),
    settings: (options) =>
      core.call({
        method: 'GET',
        path: '/customers/settings',
        mode: 'safe',
        options,
        send: (client, wire) => client.GET('/customers/settings', { ...wire }),
        decode: (body) => unwrap<CustomerSettings>(body, 'customer', 'uuid'),
      }),
    metrics: metrics as CustomerClient['metrics'],
    metricsAsync: <const C extends Components>(
      queries: QueriesOf<C>,
      options: MetricsOptions & { readonly webhookUrl: string },
    ) => {
      const path = '/metrics/get-data-async';
      let ids = {} as MetricIds<keyof C & string>;
      return core.call({
        method: 'POST',
        path,
        mode: 'unsent',
        options,
        send: (client, wire) => {
          ids = assignIds(queries);
          const { webhookUrl } = options;
          const body = {
            ...metricsRequest(queries, ids, options),
            metrics_webhook_url: webhookUrl,
          };
          return client.POST(path, { body, ...wire });
        },
        decode: () => ({ ids }),
      });
    },
    get raw() {
      return core.raw();
    },
  };
};
