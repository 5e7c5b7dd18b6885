export { createReporteiClient, type ReporteiClient, type ReporteiOptions } from './client.ts';
export { collect } from './collect.ts';
export type { CustomerClient, MetricsCall } from './customer-client.ts';
export type { CreateCustomerOptions, Customers } from './customers.ts';
export * from './dates/index.ts';
export type { IntegrationFilter, Integrations } from './integrations.ts';
export type { ManyRequestsOptions, MetricsOptions } from './metrics/ask.ts';
export type { ByIdOptions } from './metrics/by-id.ts';
export { memoryCache, type MetricsCache } from './metrics/cache.ts';
export type { Collected, CollectOptions, LongWorkOptions, Progress } from './metrics/collect.ts';
export type { MetricIds } from './metrics/ids.ts';
export type { NamedOutcome } from './metrics/metrics.ts';
export type { FetchOptions } from './metrics/question.ts';
export type { StartedMetrics, Webhook } from './metrics/start.ts';
export type {
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
export * from './queries/index.ts';
export * from './results/index.ts';
export * from '../http/index.ts';
