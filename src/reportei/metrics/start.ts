import { ConfigError } from '../../http/errors.ts';
import type { ConnectCore } from '../connect-core.ts';
import { refuseNo } from '../objects.ts';
import { checkIds, idsOf, type MetricIds } from './ids.ts';
import type { Question } from './question.ts';
import { wireMetrics } from './wire-metrics.ts';

/** Where the metrics are to be sent, and under which ids. */
export interface Webhook<Name extends string = string> {
  readonly url: string;
  /** An id for each query. Default: fresh ones. */
  readonly ids?: MetricIds<Name> | undefined;
}

/** What was started by `metricsAsync`: the answer arrives later, at the webhook. */
export interface StartedMetrics<Name extends string> {
  /** Each query's id: `readMetrics` of `tallywire/reportei/callbacks` reads the webhook's body. */
  readonly ids: MetricIds<Name>;
}

/** @throws ConfigError for ids of other queries, and for no URL. */
export const startMetrics = (
  core: ConnectCore,
  { queries, head, options }: Question,
  { url, ids = idsOf(queries) }: Webhook,
) => {
  if (typeof url !== 'string' || url === '') throw new ConfigError('webhook needs a url');
  checkIds(ids, Object.keys(queries));
  return core.call({
    method: 'post',
    path: '/metrics/get-data-async',
    init: () => ({
      body: { ...head, metrics: wireMetrics(queries, ids), metrics_webhook_url: url },
    }),
    decode: (body, response) => {
      refuseNo(body, response);
      return { ids };
    },
    identify: () => ({ metricIds: ids }),
    options,
  });
};
