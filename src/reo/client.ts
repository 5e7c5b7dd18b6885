import type { Client } from 'openapi-fetch';
import type { paths } from '../../generated/reo.ts';
import type { ApiCall } from '../http/api-call.ts';
import { resolveBaseUrl } from '../http/base-url.ts';
import { createCore, type Wire } from '../http/core.ts';
import { ConfigError } from '../http/errors.ts';
import type { CallOptions, ClientOptions } from '../http/options.ts';
import { type Secret, secretReader } from '../http/secret.ts';
import { assertTaken, explain, type Receipt } from './receipt.ts';
import type { ReoDefaults, UsageCount, UsageEvent, WithDefaults } from './records.ts';
import { toWireCount, toWireEvent } from './to-wire.ts';

/** Options of `createReoClient`. */
export interface ReoOptions<
  Activity extends string,
  Key extends keyof ReoDefaults,
> extends ClientOptions {
  /** The key, or a function that fetches it. Default: `REO_API_KEY`, read at the first call. */
  readonly apiKey?: Secret;
  /** Fields for every record; they become optional in `send` and `sendCount`. */
  readonly defaults?: Pick<ReoDefaults<Activity>, Key>;
  /**
   * The activities configured in Settings → Product Usage. Reo.Dev drops others behind a success
   * answer: with this list they do not compile, and are refused before they are sent.
   */
  readonly activities?: readonly Activity[];
}

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
  send(event: WithDefaults<UsageEvent<Activity>, Key>, options?: CallOptions): ApiCall<Receipt>;
  /**
   * Sends one count (`POST /api/product/aggregateusage`), for a user or a company by its `mode`.
   * Otherwise as `send`.
   */
  sendCount(
    count: WithDefaults<UsageCount<Activity>, Key>,
    options?: CallOptions,
  ): ApiCall<Receipt>;
  /** The typed openapi-fetch client: under the same key, limits and timeouts, without the checks. */
  readonly raw: Client<paths>;
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
  const core = createCore<paths>(options, {
    explain,
    concurrency: 32,
    authorize: async () => ({ 'x-api-key': await apiKey() }),
    baseUrl: () =>
      resolveBaseUrl(options.baseUrl, {
        variable: 'REO_BASE_URL',
        fallback: 'https://ingest.reo.dev',
        allowInsecure: options.allowInsecure ?? false,
      }),
  });
  const { defaults } = options;
  const activities = options.activities && new Set<string>(options.activities);

  const complete = <R extends UsageEvent | UsageCount>(record: object): R => {
    const completed = { ...defaults, ...record } as R;
    if (activities !== undefined && !activities.has(completed.activity_type)) {
      throw new ConfigError('activity_type is not one of the configured activities');
    }
    return completed;
  };

  /** `make` runs at the call, before anything is awaited: what is sent is what was given. */
  const deliver = <Path extends keyof paths & string, Payload extends { event_id: string }>(
    path: Path,
    callOptions: CallOptions | undefined,
    make: () => Payload,
    post: (client: Client<paths>, payload: Payload, wire: Wire) => Promise<unknown>,
  ): ApiCall<Receipt> => {
    let eventId: string | undefined;
    return core.call({
      method: 'POST',
      path,
      mode: 'safe',
      options: callOptions,
      send: (client, wire) => {
        const payload = make();
        eventId = payload.event_id;
        return post(client, payload, wire);
      },
      decode: (_, response) => {
        assertTaken(path, response);
        return { eventId: eventId ?? '', attempts: response.attempts };
      },
      identify: () => ({ eventId }),
    });
  };

  return {
    send: (event, callOptions) =>
      deliver(
        '/api/product/usage',
        callOptions,
        () => toWireEvent(complete(event)),
        (client, payload, wire) =>
          client.POST('/api/product/usage', { body: { payload }, ...wire }),
      ),
    sendCount: (count, callOptions) =>
      deliver(
        '/api/product/aggregateusage',
        callOptions,
        () => toWireCount(complete(count)),
        (client, payload, wire) =>
          client.POST('/api/product/aggregateusage', { body: { payload }, ...wire }),
      ),
    get raw() {
      return core.raw();
    },
  };
};
