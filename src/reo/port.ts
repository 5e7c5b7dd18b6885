import { ConfigError } from '../http/errors.ts';
import type { WireCount, WireEvent } from './records.ts';

/**
 * What a tracker needs of a client beyond its calls: records made complete, checked and copied now,
 * and sent as often as need be later. Not part of the public API.
 */
export interface ReoPort {
  /** @throws ConfigError for an event that cannot be sent. */
  readonly toEvent: (event: object) => WireEvent & { event_id: string };
  /** @throws ConfigError for a count that cannot be sent. */
  readonly toCount: (count: object) => WireCount & { event_id: string };
  /** Sends a payload, once. Rejects as `send` does. */
  readonly post: (
    kind: 'event' | 'count',
    payload: string,
    signal: AbortSignal | undefined,
  ) => Promise<void>;
  /** Where it sends to. @throws ConfigError */
  readonly baseUrl: () => string;
}

/** By `Symbol.for`, so that a tracker finds it on a client of the package's other build too. */
const key: unique symbol = Symbol.for('tallywire.ReoPort') as never;

/** The same client, with its port on it where nobody sees it. */
export const withPort = <Client extends object>(client: Client, port: ReoPort): Client =>
  Object.defineProperty(client, key, { value: port });

/** @throws ConfigError for what is no client of `createReoClient`. */
export const portOf = (reo: object): ReoPort => {
  const port = (reo as { readonly [key]?: ReoPort } | null | undefined)?.[key];
  if (port !== undefined) return port;
  throw new ConfigError('this is no Reo client: give what createReoClient returned');
};
