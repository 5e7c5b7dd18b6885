export { createCallbacks } from './callbacks.ts';
export { readMetricOutcomes, readMetrics } from '../metrics/outcomes.ts';
export {
  type FastifyReplyLike,
  type FastifyRequestLike,
  type NodeRequest,
  type NodeResponse,
  toNodeListener,
} from './node-listener.ts';
export type {
  CallbackJob,
  Callbacks,
  CallbacksOptions,
  Delivery,
  FetchHandler,
  PreparedWebhook,
  Seen,
} from './types.ts';
export type { Duration } from '../../http/duration.ts';
export { CallbackError, ConfigError, isSdkError, SdkError } from '../../http/errors.ts';
