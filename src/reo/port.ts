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
