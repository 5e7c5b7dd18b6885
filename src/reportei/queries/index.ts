export {
  chart,
  custom,
  type CustomOptions,
  datatable,
  number,
  type QueryOptions,
} from './builders.ts';
export { type MetricSet, metricSet, type QueriesOrSet } from './metric-set.ts';
export type {
  Component,
  Dimension,
  OtherComponent,
  Queries,
  Query,
  QueryDetails,
  ResultOf,
  WireQuery,
} from './query.ts';
export type { StandardSchema } from './standard-schema.ts';
