import type { Client } from 'openapi-fetch';
import type { paths } from '../../generated/reportei.ts';
import type { ApiCall } from '../http/api-call.ts';
import { lazy } from '../http/lazy.ts';
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
import { type CustomerSettings, refuseNo, unwrap } from './objects.ts';
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
  metrics<const C extends Components<C>, P extends boolean = false>(
    queries: QueriesOf<C>,
    options: MetricsOptions & { readonly partial?: P | undefined },
  ): ApiCall<P extends true ? Outcomes<C> : Results<C>>;
  /**
   * Asks Connect to fetch metrics and to POST them to `webhookUrl` (`POST /metrics/get-data-async`).
   * Not sent again after a failure that may have reached Connect: that would start it twice. Such an
   * error carries `metricIds`, since the webhook may be called all the same.
   */
  metricsAsync<const C extends Components<C>>(
    queries: QueriesOf<C>,
    options: MetricsOptions & { readonly webhookUrl: string },
  ): ApiCall<StartedMetrics<keyof C & string>>;
  /** The typed openapi-fetch client with both tokens. */
  readonly raw: Client<paths>;
}

const metricsTimeoutMs = 120_000;

/** The queries as they are at the call, with their ids: the caller may change them afterwards. */
const ask = <C extends Components<C>>(queries: QueriesOf<C>) =>
  lazy(() => {
    const copied = structuredClone(queries);
    return { queries: copied, ids: assignIds<keyof C & string>(copied) };
  });

export const customerClientOf = (core: ConnectCore): CustomerClient => {
  const metrics = (
    given: QueriesOf<Components>,
    options: MetricsOptions & { readonly partial?: boolean },
  ) => {
    const asked = ask(given);
    const partial = options?.partial;
    return core.call({
      method: 'post',
      path: '/metrics/get-data',
      mode: 'safe',
      timeoutMs: metricsTimeoutMs,
      init: () => ({ body: metricsRequest(asked().queries, asked().ids, options) }),
      decode: (body, { status, attempts }): object => {
        const { queries, ids } = asked();
        return partial
          ? readMetricOutcomes(queries, ids, body)
          : readMetrics(queries, ids, body, { status, attempts });
      },
      options,
    });
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
    metrics: metrics as CustomerClient['metrics'],
    metricsAsync: <const C extends Components<C>>(
      queries: QueriesOf<C>,
      options: MetricsOptions & { readonly webhookUrl: string },
    ) => {
      const asked = ask(queries);
      return core.call({
        method: 'post',
        path: '/metrics/get-data-async',
        init: () => ({
          body: {
            ...metricsRequest(asked().queries, asked().ids, options),
            metrics_webhook_url: options.webhookUrl,
          },
        }),
        decode: (body, response) => {
          refuseNo(body, response);
          return { ids: asked().ids };
        },
        identify: () => ({ metricIds: asked().ids }),
        options,
      });
    },
    get raw() {
      return core.raw();
    },
  };
};
