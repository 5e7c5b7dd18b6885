/** What both clients share with their users. */
export type { AnswerInfo, ApiCall } from './api-call.ts';
export type { Duration } from './duration.ts';
export {
  type AnySdkError,
  ApiError,
  CallbackError,
  ConfigError,
  DecodeError,
  type ErrorDetails,
  isSdkError,
  OutboxError,
  SdkError,
  type SdkErrorCode,
  TransportError,
} from './errors.ts';
export type { CallOptions, ClientOptions } from './options.ts';
export type { AttemptInfo } from './policy.ts';
export type { Secret } from './secret.ts';
export type { FetchLike } from './transport-fetch.ts';
