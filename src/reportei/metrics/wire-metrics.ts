import type { components } from '../../../generated/reportei.ts';
import { ConfigError } from '../../http/errors.ts';
import type { Queries } from '../queries/query.ts';
import type { MetricIds } from './ids.ts';

type Wire = components['schemas'];

/** The queries of a request. */
export const wireMetrics = (queries: Queries, ids: MetricIds): Wire['MetricQuery'][] => {
  const metrics = Object.entries(queries).map(([name, { wire }]) => ({
    ...(wire as Wire['MetricQuery']),
    id: ids[name] as string,
  }));
  if (metrics.length > 0) return metrics;
  throw new ConfigError('there is no metric to ask for');
};
