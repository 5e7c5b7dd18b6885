import type { Duration } from './duration.ts';
import type { AttemptInfo } from './policy.ts';
import type { Names } from './refuse-unknown.ts';
import type { FetchLike } from './transport-fetch.ts';

/** The most requests that may start in any second and any minute; `{}` is no limit. */
export interface RateLimit {
  readonly perSecond?: number | undefined;
  readonly perMinute?: number | undefined;
}

/** Options that both clients share. */
export interface ClientOptions {
  /** Where the API is. Default: `REO_BASE_URL` / `REPORTEI_BASE_URL`, else the vendor's address. */
  readonly baseUrl?: string | undefined;
  /** For one attempt, from connecting to the last byte. Default 30 s; `metrics` 120 s. */
  readonly timeout?: Duration | undefined;
  /** How often a failed request is sent again where that is safe. Default 3. */
  readonly maxRetries?: number | undefined;
  /** The longest wait between two attempts; a longer `Retry-After` fails at once. Default 30 s. */
  readonly maxRetryDelay?: Duration | undefined;
  /** Requests under way at once; more wait their turn. Default 32 (Reo), 8 (Connect). */
  readonly concurrency?: number | undefined;
  /** The most requests that may start in any second and any minute. Default: no limit. */
  readonly rateLimit?: RateLimit | undefined;
  /**
   * `'auto'` (default): keep-alive connections through undici on Node, the platform's fetch
   * elsewhere. `'fetch'`: the global fetch on Node too, so that MSW and the like can intercept.
   */
  readonly transport?: 'auto' | 'fetch' | undefined;
  /** Your own fetch; always wins over `transport`. Called with a URL and an init. */
  readonly fetch?: FetchLike | undefined;
  /** Allows plain `http` to another machine, which shows the key to the network. Default false. */
  readonly allowInsecure?: boolean | undefined;
  /** The longest answer that is read, in bytes after decompression. Default 32 MiB. */
  readonly maxAnswerBytes?: number | undefined;
  /** Called after every attempt. What it throws or rejects with is ignored. */
  readonly onAttempt?: ((info: AttemptInfo) => unknown) | undefined;
}

/** Each option of `ClientOptions`. */
export const clientOptions: Names<ClientOptions> = {
  baseUrl: true,
  timeout: true,
  maxRetries: true,
  maxRetryDelay: true,
  concurrency: true,
  rateLimit: true,
  transport: true,
  fetch: true,
  allowInsecure: true,
  maxAnswerBytes: true,
  onAttempt: true,
};

/** Options of one call; they win over the client's. */
export interface CallOptions {
  /** Ends the call, waits and retries included. */
  readonly signal?: AbortSignal | undefined;
  /** For one attempt. */
  readonly timeout?: Duration | undefined;
  /** How often it is sent again if it fails, where that is safe. */
  readonly maxRetries?: number | undefined;
}
