/** One request as it goes on the wire: everything decided, nothing consumed by sending it. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface WireLimits {
  /** For the whole attempt: connect, headers and body. */
  readonly timeoutMs: number;
  /** For the body, after decompression. */
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** Answer headers: the part of `Headers` that is needed, names in any case. */
export interface AnswerHeaders extends Iterable<[string, string]> {
  get(name: string): string | null;
}

/** A whole answer. The body is read before the attempt ends, so that a broken one can be retried. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly text: string;
}

/**
 * Sends one request once. Never follows a redirect, never retries.
 *
 * @throws WireFailure, or ConfigError for an environment in which nothing can be sent.
 */
export type Transport = (request: WireRequest, limits: WireLimits) => Promise<WireAnswer>;

/** Why an attempt brought no whole answer. Internal: users see it as a `TransportError`. */
export class WireFailure extends Error {
  readonly reason: 'network' | 'timeout' | 'aborted' | 'too-large' | 'encoding';
  /** Whether any byte of the request may have left. */
  readonly sent: boolean;

  constructor(reason: WireFailure['reason'], sent: boolean, cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
    this.sent = sent;
  }
}
