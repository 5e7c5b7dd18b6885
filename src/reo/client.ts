import type { Client } from 'openapi-fetch';
import type { paths as Paths } from '../../generated/reo.ts';
import type { AnswerInfo, ApiCall } from '../http/api-call.ts';
import { resolveBaseUrl } from '../http/base-url.ts';
import { createCore } from '../http/core.ts';
import { ConfigError } from '../http/errors.ts';
import { lazy } from '../http/lazy.ts';
import type { CallOptions, ClientOptions } from '../http/options.ts';
import { type Names, refuseUnknown } from '../http/refuse-unknown.ts';
import { type Secret, secretReader, withSecrets } from '../http/secret.ts';
import { withPort } from './port.ts';
import { assertTaken, explain, type Receipt } from './receipt.ts';
import type { ReoDefaults, UsageCount, UsageEvent, WithDefaults } from './records.ts';
import { toWireCount, toWireEvent } from './to-wire.ts';

/** Options of `createReoClient`. */
export interface ReoOptions<
  Activity extends string = string,
  Key extends keyof ReoDefaults = never,
> extends ClientOptions {
  /** The key, or a function that fetches it. Default: `REO_API_KEY`, read at the first call. */
  readonly apiKey?: Secret | undefined;
  /** Fields for every record; they become optional in `send` and `sendCount`. */
  readonly defaults?: Pick<ReoDefaults<Activity>, Key> | undefined;
  /**
   * The activities configured in Settings → Product Usage. Reo.Dev drops others behind a success
   * answer: with this list they do not compile, and are refused before they are sent.
   */
  readonly activities?: readonly Activity[] | undefined;
}

const ownOptions: Names<Omit<ReoOptions, keyof ClientOptions>> = {
  apiKey: true,
  defaults: true,
  activities: true,
};
const defaultFields: Names<ReoDefaults> = {
  activity_type: true,
  product_id: true,
  source: true,
  environment: true,
  user_agent: true,
  user_id_type: true,
};

/** A client for Reo.Dev product usage. */
export interface ReoClient<
  Activity extends string = string,
  Key extends keyof ReoDefaults = never,
> {
  /**
   * Sends one event (`POST /api/product/usage`). Repeated under the same `event_id` after failures
   * that time may heal: delivery is at least once.
   *
   * @throws ConfigError, TransportError, ApiError `http` or `rejected`, DecodeError
   */
  readonly send: (
    event: WithDefaults<UsageEvent<Activity>, Key>,
    options?: CallOptions,
  ) => ApiCall<Receipt>;
  /**
   * Sends one count (`POST /api/product/aggregateusage`), for a user or a company by its `mode`.
   * Otherwise as `send`.
   */
  readonly sendCount: (
    count: WithDefaults<UsageCount<Activity>, Key>,
    options?: CallOptions,
  ) => ApiCall<Receipt>;
  /** The typed openapi-fetch client: under the same key, limits and timeouts, without the checks. */
  readonly raw: Client<Paths>;
}

/**
 * A client for Reo.Dev product usage. Makes no connection and reads no key before the first call.
 *
 * @throws ConfigError for options that cannot work.
 */
export const createReoClient = <
  const Activity extends string = string,
  Key extends keyof ReoDefaults = never,
>(
  options: ReoOptions<Activity, Key> = {},
): ReoClient<Activity, Key> => {
  const apiKey = secretReader(options.apiKey, 'REO_API_KEY', 'the Reo API key');
  const baseUrl = () =>
    resolveBaseUrl(options.baseUrl, {
      variable: 'REO_BASE_URL',
      fallback: 'https://ingest.reo.dev',
      allowInsecure: options.allowInsecure ?? false,
    });
  const core = createCore<Paths>(options, {
    ownOptions,
    // A gateway that does not know the path may say 403 or 405 as well.
    explain: (status, body) =>
      status >= 403 && status <= 405 && /\/api\/product(?:\/|$)/.test(baseUrl())
        ? { hint: 'the base URL must not include /api/product' }
        : explain(status, body),
    concurrency: 32,
    authorize: withSecrets([apiKey], (key) => ({ 'x-api-key': key })),
    baseUrl,
  });
  refuseUnknown(options.defaults ?? {}, defaultFields, 'default');
  const defaults = Object.entries(options.defaults ?? {});
  const activities = options.activities && new Set<string>(options.activities);

  const complete = <R extends UsageEvent | UsageCount>(record: object): R => {
    const completed = fill(record, defaults) as R;
    if (activities !== undefined && !activities.has(completed.activity_type)) {
      throw new ConfigError('activity_type is not one of the configured activities');
    }
    return completed;
  };

  const toEvent = (event: object) => toWireEvent(complete(event));
  const toCount = (count: object) => toWireCount(complete(count));

  const client: ReoClient<Activity, Key> = {
    send: (event, callOptions) => {
      const record = lazy(() => toEvent(event));
      return core.call({
        ...delivery(paths.event, record, callOptions),
        init: () => ({ body: { payload: record() } }),
      });
    },
    sendCount: (count, callOptions) => {
      const record = lazy(() => toCount(count));
      return core.call({
        ...delivery(paths.count, record, callOptions),
        init: () => ({ body: { payload: record() } }),
      });
    },
    get raw() {
      return core.raw();
    },
  };
  return withPort(client, {
    toEvent,
    toCount,
    post: (kind, payload, signal) =>
      core.post(paths[kind], `{"payload":${payload}}`, signal, assertTaken),
    baseUrl: core.baseUrl,
  });
};

const paths = { event: '/api/product/usage', count: '/api/product/aggregateusage' } as const;

/** The record with its missing fields filled in: `undefined` is as good as missing. */
const fill = (record: object, defaults: readonly (readonly [string, unknown])[]): object => {
  const filled: Record<string, unknown> = { ...record };
  for (const [field, value] of defaults) {
    if (filled[field] === undefined) filled[field] = value;
  }
  return filled;
};

/** What both calls have in common: repeated under one id, and taken only if the body says so. */
const delivery = <Path extends keyof Paths>(
  path: Path,
  record: () => { event_id: string },
  options: CallOptions | undefined,
) => ({
  method: 'post' as const,
  path,
  mode: 'safe' as const,
  options,
  decode: (_: unknown, response: AnswerInfo): Receipt => {
    assertTaken(path, response);
    return { eventId: record().event_id, attempts: response.attempts };
  },
  identify: () => ({ eventId: record().event_id }),
});
