import type { Duration } from '../../http/duration.ts';
import type { CallbackError } from '../../http/errors.ts';
import type { MetricIds } from '../metrics/ids.ts';
import type { MetricSet } from '../queries/metric-set.ts';
import type { Outcomes } from '../results/results.ts';

/** Of which job something is told. */
export interface CallbackJob {
  /** A UUID, the same each time that the job is delivered. */
  readonly jobId: string;
  /** The name of the set. */
  readonly set: string;
  /** What `prepare` was given; empty if nothing was. */
  readonly context: string;
}

/** The metrics of one job. `set` tells whose they are, for the compiler too. */
export type Delivery<S extends MetricSet = MetricSet> =
  S extends MetricSet<infer Q, infer Name>
    ? CallbackJob & {
        readonly set: Name;
        /** Each metric, or why it failed. */
        readonly outcomes: Outcomes<Q>;
        /** When the URL ceases to be good. */
        readonly expiresAt: Date;
        /** The whole body as it arrived, parsed. */
        readonly body: unknown;
      }
    : never;

/** A webhook for one job: `metricsAsync` takes it as it is. */
export interface PreparedWebhook<Name extends string = string> {
  /** Good until `expiresAt` for this one job. Whoever has it can read set and context in it. */
  readonly url: string;
  readonly ids: MetricIds<Name>;
  /** A UUID. */
  readonly jobId: string;
  readonly expiresAt: Date;
}

/** A memory that all receivers share, in a database say: without it duplicates reach the handler. */
export interface Seen {
  /**
   * Marks a job, in one atomic step: `true` if nobody has before. The mark can go at `expiresAt`,
   * when the URL ceases to be good.
   */
  claim(jobId: string, job: { readonly expiresAt: Date }): Promise<boolean> | boolean;
  /** Takes the mark away again: the handler has thrown. */
  release(jobId: string): unknown;
}

/** Options of `createCallbacks`. */
export interface CallbacksOptions<Sets extends readonly MetricSet[]> {
  /**
   * Where Connect is to post to, as seen from there. Tokens are good for this URL alone; where the
   * request arrives behind proxies and mounts does not matter.
   */
  readonly url: string;
  /**
   * The sets whose metrics may arrive. Of a set that has changed, keep the former one in the list as
   * well, under the same name, until its last job has expired.
   */
  readonly sets: Sets;
  /**
   * At least 32 random bytes each, as text; white space around is removed. The first one signs, all
   * are accepted: to rotate, put the new one second everywhere, then first, and drop the old one when
   * its last job has expired.
   */
  readonly secrets: readonly string[];
  /** How long a URL is good. Default 24 h; at least a second. */
  readonly ttl?: Duration | undefined;
  /** Keeps duplicates from the handler. Default: none, and they reach it. */
  readonly seen?: Seen | undefined;
  /** The longest body that is read. Default 32 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Allows plain `http` to another machine, which shows URL and metrics to the network. Default false. */
  readonly allowInsecure?: boolean | undefined;
  /**
   * Is told of each error that was answered with 500: the handler's own, `seen`'s, and jobs of sets
   * that are not in the list. Default: `console.error`. What it throws or rejects with is ignored.
   */
  readonly onError?: ((error: unknown, job?: CallbackJob) => unknown) | undefined;
  /**
   * Is told why a request was refused otherwise: `status` and `message` say more than the answer
   * does, and nothing of the token. Default: `console.warn` of the message. What it throws or rejects
   * with is ignored.
   */
  readonly onRejected?: ((error: CallbackError) => unknown) | undefined;
}

/** Answers a request: what Next.js, Hono, Workers, Bun and Deno call. */
export type FetchHandler = (request: Request) => Promise<Response>;

/** Makes webhook URLs, and receives what is posted there. */
export interface Callbacks<Sets extends MetricSet = MetricSet> {
  /**
   * A webhook for one job. Nothing is stored: every receiver with the same options takes the delivery.
   *
   * @param options.context to be found again in the delivery, e.g. a customer's number. Not secret:
   *   everybody who sees the URL can read it.
   * @throws ConfigError for a set that is not in `sets`, and for a URL of more than 255 characters.
   */
  prepare<S extends Sets>(
    set: S,
    options?: { readonly context?: string | undefined },
  ): Promise<PreparedWebhook<keyof S['queries'] & string>>;
  /**
   * Checks a request and reads its metrics. Does not ask `seen`: that is `handler`'s.
   *
   * @throws CallbackError whose `status` is the answer: 405 not POST · 404 no URL of ours, or a body
   *   without a single metric of the job · 410 expired · 415 not JSON by its type · 413 too long ·
   *   400 broken off or no JSON · 500 a set that is not in `sets`.
   * @throws ConfigError when somebody has read the body before.
   */
  receive(request: Request): Promise<Delivery<Sets>>;
  /**
   * A handler for POST requests: 200 once `run` has ended, and for a duplicate that `seen` knows; 500
   * when it throws; else the status that `receive` says. All answers are empty.
   */
  handler(run: (delivery: Delivery<Sets>) => unknown): FetchHandler;
}
