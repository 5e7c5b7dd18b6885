/**
 * The closed tree of errors that this package throws. Tell them apart by `code`:
 *
 * | class | code | what happened |
 * |---|---|---|
 * | `ConfigError` | `config` | an option or an argument cannot work; nothing was sent |
 * | | | or the `onToken` of `customers.create` failed |
 * | `TransportError` | `network` `timeout` `aborted` | no complete answer arrived |
 * | `ApiError` | `http` | the API answered outside 2xx |
 * | | `rejected` | the API answered 2xx and said "failure" in the body |
 * | | `metrics` | some of the requested metrics failed; `results` has the good ones |
 * | `DecodeError` | `decode` | the answer is not what the contract says, or over the size limit |
 * | `CallbackError` | `callback` | a webhook call that cannot be trusted or understood |
 * | `OutboxError` | `outbox` | a record cannot be kept: the outbox is full, closed or cannot be used |
 */
export type SdkErrorCode =
  | 'config'
  | 'network'
  | 'timeout'
  | 'aborted'
  | 'http'
  | 'rejected'
  | 'metrics'
  | 'decode'
  | 'callback'
  | 'outbox';

const brand: unique symbol = Symbol.for('tallywire.SdkError') as never;

/** Spelled out, since a bundler shortens the names of classes. */
const names: Readonly<Record<SdkErrorCode, string>> = {
  config: 'ConfigError',
  network: 'TransportError',
  timeout: 'TransportError',
  aborted: 'TransportError',
  http: 'ApiError',
  rejected: 'ApiError',
  metrics: 'ApiError',
  decode: 'DecodeError',
  callback: 'CallbackError',
  outbox: 'OutboxError',
};

/** What an error may know about the call that failed. */
export interface ErrorDetails {
  /** HTTP status of the last answer, if there was one. Of a `CallbackError`: the one to answer with. */
  readonly status?: number | undefined;
  /** The last answer's body, parsed if it was JSON. Not enumerable, as all that the API wrote. */
  readonly body?: unknown;
  /** The API's own id of the request (`x-request-id`), if it sent one. */
  readonly requestId?: string | undefined;
  /** How long the API asked to wait before the next try, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** How many times the request was sent. */
  readonly attempts?: number | undefined;
  /** Validation messages by field (Connect's 422). */
  readonly fieldErrors?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Metrics that failed, by the names of their queries (`metrics` only). */
  readonly failures?: Readonly<Record<string, { reason: string; message: string }>> | undefined;
  /** The metrics that did not fail, by name (`metrics`, or when one of several requests failed). */
  readonly results?: Readonly<Record<string, unknown>> | undefined;
  /** The id of the usage record: send it again under the same one. */
  readonly eventId?: string | undefined;
  /** The metrics' ids by name: a job whose start is in doubt may still call the webhook. Not enumerable. */
  readonly metricIds?: Readonly<Record<string, string>> | undefined;
  /** A customer that was made, and whose token could not be stored. */
  readonly customerUuid?: string | undefined;
  /** That customer's token, when the customer could not be deleted again. Not enumerable. */
  readonly apiToken?: string | undefined;
  /** What to check first, in our own words. */
  readonly hint?: string | undefined;
  /** The error underneath, e.g. the socket's. */
  readonly cause?: unknown;
}

/**
 * Base of every error of this package. No message, stack or inspect output ever holds a key, a
 * token, a query string or a body.
 */
export class SdkError extends Error {
  readonly code: SdkErrorCode;
  declare readonly status?: number;
  declare readonly body?: unknown;
  declare readonly requestId?: string;
  declare readonly retryAfterMs?: number;
  declare readonly attempts?: number;
  declare readonly fieldErrors?: Readonly<Record<string, readonly string[]>>;
  declare readonly failures?: Readonly<Record<string, { reason: string; message: string }>>;
  declare readonly results?: Readonly<Record<string, unknown>>;
  declare readonly eventId?: string;
  declare readonly metricIds?: Readonly<Record<string, string>>;
  declare readonly customerUuid?: string;
  declare readonly apiToken?: string;
  declare readonly hint?: string;

  constructor(code: SdkErrorCode, message: string, details: ErrorDetails = {}) {
    const { cause, body, fieldErrors, failures, results, apiToken, ...shown } = details;
    super(
      shown.hint === undefined ? message : `${message} (${shown.hint})`,
      cause === undefined ? {} : { cause },
    );
    this.code = code;
    for (const [key, value] of Object.entries(shown)) {
      if (value !== undefined) Object.defineProperty(this, key, { value, enumerable: true });
    }
    // What the API wrote is there to be read, and stays out of logs.
    const hidden = { body, fieldErrors, failures, results, apiToken };
    for (const [key, value] of Object.entries(hidden)) {
      if (value !== undefined) Object.defineProperty(this, key, { value });
    }
    Object.defineProperty(this, 'name', { value: names[code] });
    Object.defineProperty(this, brand, { value: true });
  }
}

/** An option or an argument cannot work: nothing was sent. Or an `onToken` failed. */
export class ConfigError extends SdkError {
  declare readonly code: 'config';
  constructor(message: string, details?: ErrorDetails) {
    super('config', message, details);
  }
}

/** No complete answer arrived: the network failed, the time ran out, or the caller aborted. */
export class TransportError extends SdkError {
  declare readonly code: 'network' | 'timeout' | 'aborted';
  /**
   * Whether the request may have reached the API: `false` only when it surely was not sent.
   * An event sent again after `true` may be counted twice by the API.
   */
  readonly ambiguous: boolean;
  constructor(
    code: 'network' | 'timeout' | 'aborted',
    message: string,
    ambiguous: boolean,
    details?: ErrorDetails,
  ) {
    super(code, message, details);
    this.ambiguous = ambiguous;
  }
}

/** The API answered, and the answer says no. */
export class ApiError extends SdkError {
  declare readonly code: 'http' | 'rejected' | 'metrics';
  // oxlint-disable-next-line no-useless-constructor -- it takes fewer codes than the base
  constructor(code: 'http' | 'rejected' | 'metrics', message: string, details?: ErrorDetails) {
    super(code, message, details);
  }
}

/** The answer cannot be read as the contract says. */
export class DecodeError extends SdkError {
  declare readonly code: 'decode';
  constructor(message: string, details?: ErrorDetails) {
    super('decode', message, details);
  }
}

/** A webhook call that cannot be trusted or understood. */
export class CallbackError extends SdkError {
  declare readonly code: 'callback';
  constructor(message: string, details?: ErrorDetails) {
    super('callback', message, details);
  }
}

/** A record cannot be kept, or an outbox cannot be used. */
export class OutboxError extends SdkError {
  declare readonly code: 'outbox';
  /**
   * - `full`: it is at its bound, or the disk is full;
   * - `closed`: it was closed before;
   * - `unusable`: it cannot be opened, read or written; `cause` and `hint` say more.
   */
  readonly reason: 'full' | 'closed' | 'unusable';
  constructor(reason: OutboxError['reason'], message: string, details?: ErrorDetails) {
    super('outbox', message, details);
    this.reason = reason;
  }
}

/** Every error there is: `code` tells them apart, for the compiler too. */
export type AnySdkError =
  ConfigError | TransportError | ApiError | DecodeError | CallbackError | OutboxError;

/**
 * Whether a value is an error of this package. By brand instead of by class: it holds across
 * bundles, realms, and a process that loaded both the ESM and the CommonJS build.
 */
export const isSdkError = (value: unknown): value is AnySdkError =>
  typeof value === 'object' && value !== null && (value as { [brand]?: unknown })[brand] === true;
