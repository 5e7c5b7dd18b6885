import type { components } from '../../../generated/reportei.ts';
import { ConfigError } from '../../http/errors.ts';
import { resolvePeriod } from '../dates/index.ts';
import type { Queries } from '../queries/query.ts';
import type { MetricsOptions } from './ask.ts';
import type { MetricIds } from './ids.ts';

type Wire = components['schemas'];

const integrationOf = (integration: unknown) => {
  if (typeof integration === 'string' && integration !== '') {
    return { customer_integration: integration };
  }
  if (Array.isArray(integration) && integration.length > 0) {
    return { customer_integration_uuids: integration as string[] };
  }
  throw new ConfigError('integration must be a UUID, or a list of them');
};

/** Everything of a request but its queries. */
export type RequestHead = ReturnType<typeof headOf>;

export const headOf = (options: MetricsOptions) => {
  const { start, end, compare } = resolvePeriod(options);
  return {
    ...integrationOf(options.integration),
    start,
    end,
    ...(compare && { comparison_start: compare.start, comparison_end: compare.end }),
    ...(options.timeZone === undefined ? {} : { client_timezone: options.timeZone }),
  };
};

/** The queries of a request. */
export const wireMetrics = (queries: Queries, ids: MetricIds): Wire['MetricQuery'][] => {
  const metrics = Object.entries(queries).map(([name, { wire }]) => ({
    ...(wire as Wire['MetricQuery']),
    id: ids[name] as string,
  }));
  if (metrics.length > 0) return metrics;
  throw new ConfigError('there is no metric to ask for');
};
