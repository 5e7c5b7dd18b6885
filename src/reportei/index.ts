export { createReporteiClient, type ReporteiClient, type ReporteiOptions } from './client.ts';
export type { CustomerClient, StartedMetrics } from './customer-client.ts';
export type { Customers } from './customers.ts';
export type { IntegrationFilter, Integrations } from './integrations.ts';
export {
  type Components,
  type MetricIds,
  type MetricsOptions,
  type QueriesOf,
  readMetricOutcomes,
  readMetrics,
} from './metrics.ts';
export type {
  CreatedCustomer,
  Customer,
  CustomerIntegration,
  CustomerSettings,
  Done,
  IntegrationSession,
  IntegrationSessionRequest,
  IntegrationStatus,
  MerchantSettings,
} from './objects.ts';
export type { Paged, PageOptions } from './pages.ts';
export type { Period } from './period.ts';
export type { Component, Dimension, MetricQueries, MetricQuery } from './queries.ts';
export type {
  Cell,
  ChartResult,
  Comparison,
  DatatableResult,
  MetricFailure,
  NumberResult,
  Outcomes,
  RawResult,
  ResultOf,
  Results,
} from './results.ts';
export * from '../http/index.ts';
