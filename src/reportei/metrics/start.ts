import { lazy } from '../../http/lazy.ts';
import type { ConnectCore } from '../connect-core.ts';
import { refuseNo } from '../objects.ts';
import type { Queries } from '../queries/query.ts';
import type { MetricsOptions } from './ask.ts';
import { checkIds, idsOf, type MetricIds } from './ids.ts';
import { headOf, wireMetrics } from './request.ts';

/** Where the metrics are to be sent, and under which ids. */
export interface Webhook<Name extends string = string> {
  readonly url: string;
  /** An id for each query. Default: fresh ones. */
  readonly ids?: MetricIds<Name> | undefined;
}

/** What was started by `metricsAsync`: the answer arrives later, at the webhook. */
export interface StartedMetrics<Name extends string> {
  /** Each query's id: `readMetrics(queries, ids, body)` reads the webhook's body. */
  readonly ids: MetricIds<Name>;
}

export const startMetrics = (
  core: ConnectCore,
  queries: Queries,
  options: MetricsOptions & { readonly webhook: Webhook },
) => {
  const asked = lazy(() => {
    const names = Object.keys(queries);
    const ids = options.webhook.ids ?? idsOf(queries);
    checkIds(ids, names);
    return { ids, metrics: structuredClone(wireMetrics(queries, ids)) };
  });
  return core.call({
    method: 'post',
    path: '/metrics/get-data-async',
    init: () => {
      const { metrics } = asked();
      return {
        body: { ...headOf(options), metrics, metrics_webhook_url: options.webhook.url },
      };
    },
    decode: (body, response) => {
      refuseNo(body, response);
      return { ids: asked().ids };
    },
    identify: () => ({ metricIds: asked().ids }),
    options,
  });
};
