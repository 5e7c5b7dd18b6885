import type { Duration } from './duration.ts';
import type { AttemptInfo } from './policy.ts';
import type { FetchLike } from './transport-fetch.ts';

/** Options that both clients share. */
export interface ClientOptions {
  /** Where the API is. Default: `REO_BASE_URL` / `REPORTEI_BASE_URL`, else the vendor's address. */
  readonly baseUrl?: string;
  /** For one attempt, from connecting to the last byte. Default 30 s; `metrics` 120 s. */
  readonly timeout?: Duration;
  /** How often a failed request is sent again where that is safe. Default 3. */
  readonly maxRetries?: number;
  /** The longest wait between two attempts; a longer `Retry-After` fails at once. Default 30 s. */
  readonly maxRetryDelay?: Duration;
  /** Requests under way at once; more wait their turn. Default 32 (Reo), 8 (Connect). */
  readonly concurrency?: number;
  /** The most requests that may start in any second and any minute. Default: no limit. */
  readonly rateLimit?: { readonly perSecond?: number; readonly perMinute?: number };
  /**
   * `'auto'` (default): keep-alive connections through undici on Node, the platform's fetch
   * elsewhere. `'fetch'`: the global fetch on Node too, so that MSW and the like can intercept.
   */
  readonly transport?: 'auto' | 'fetch';
  /** Your own fetch; always wins over `transport`. Called with a URL and an init. */
  readonly fetch?: FetchLike;
  /** Allows plain `http` to another machine, which shows the key to the network. Default false. */
  readonly allowInsecure?: boolean;
  /** The longest answer that is read, in bytes after decompression. Default 32 MiB. */
  readonly maxAnswerBytes?: number;
  /** Called after every attempt. What it throws is ignored. */
  readonly onAttempt?: (info: AttemptInfo) => void;
}

/** Options of one call; they win over the client's. */
export interface CallOptions {
  /** Ends the call, waits and retries included. */
  readonly signal?: AbortSignal;
  /** For one attempt. */
  readonly timeout?: Duration;
  readonly maxRetries?: number;
}
