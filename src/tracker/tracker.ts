import type { Duration } from '../http/duration.ts';
import type { ReoClient } from '../reo/client.ts';
import type { ReoDefaults, UsageCount, UsageEvent, WithDefaults } from '../reo/records.ts';
import type { FlushResult, TrackerOptions, TrackerStats } from './options.ts';
import type { DeadLetters } from './outbox.ts';

/** What a window decides for itself is not given with a count. */
type Counted<Count> = Count extends unknown
  ? Omit<Count, 'event_id' | 'event_at' | 'count'> & {
      /** A whole number, 0 or more. Default 1. */
      readonly count?: number | undefined;
    }
  : never;

/** Sends usage without costing its host anything it can notice, and accounts for every record. */
export interface Tracker<
  Activity extends string = string,
  Key extends keyof ReoDefaults = never,
> extends AsyncDisposable {
  /** Takes one event. Returns at once, never throws: what cannot be sent is counted as dropped. */
  readonly track: (event: WithDefaults<UsageEvent<Activity>, Key>) => void;
  /** Adds to the count of the window that is open for its subject. Otherwise as `track`. */
  readonly count: (count: Counted<WithDefaults<UsageCount<Activity>, Key>>) => void;
  /**
   * Takes one event; resolves when the outbox has it safe (memory: when there is room for it).
   *
   * @throws ConfigError for a record that cannot be sent, OutboxError when it cannot be kept. Then it
   *   is not counted.
   */
  readonly put: (event: WithDefaults<UsageEvent<Activity>, Key>) => Promise<void>;
  /** As `put`, for a count: resolves when the outbox has the window with this count in it safe. */
  readonly putCount: (count: Counted<WithDefaults<UsageCount<Activity>, Key>>) => Promise<void>;
  /** Resolves when the outbox is open. @throws OutboxError when it cannot be used. */
  readonly ready: () => Promise<void>;
  /**
   * Seals the open windows and resolves when what is pending now is settled, or the time is over, or
   * nothing can get through for longer than is left. Default 10 s. Never rejects.
   */
  readonly flush: (options?: { readonly timeout?: Duration | undefined }) => Promise<FlushResult>;
  /**
   * Flushes, takes nothing more, and lets go of the outbox. What memory still holds then is dropped as
   * `closed`; what an outbox on disk holds stays there. Never rejects.
   */
  readonly close: (options?: { readonly timeout?: Duration | undefined }) => Promise<FlushResult>;
  readonly stats: () => TrackerStats;
  /** Records that the API refused. */
  readonly dead: DeadLetters;
}

/**
 * A tracker that sends through `reo`, under its key, limits and defaults.
 *
 * @throws ConfigError for options that cannot work.
 */
export const createTracker = <Activity extends string, Key extends keyof ReoDefaults>(
  _reo: ReoClient<Activity, Key>,
  _options: TrackerOptions = {},
): Tracker<Activity, Key> => {
  throw new Error('to come');
};
