import type { Duration } from './durations.ts';
import type {
  Fault,
  FaultRule,
  Part,
  RequestEntry,
  RequestFilter,
  Settings,
  Snapshot,
  Webhook,
  WebhookSummary,
} from './schemas.ts';
import type { Integration, Keys } from './state.ts';
import type { AcceptedCount, AcceptedEvent } from './usage.ts';

/** What `fetch` takes. */
export type MockFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Base URLs of the real APIs. */
export interface UpstreamUrls {
  readonly reo?: string;
  readonly reportei?: string;
}

/** What a test can see and do of the emulator; the control API offers the same over HTTP. */
export interface MockApi {
  readonly keys: Keys;
  /** A `fetch` that needs no socket, to be given to a client. */
  readonly fetch: MockFetch;
  /** What arrived and was accepted, oldest first; the latest 100,000 of each kind. */
  readonly usage: {
    readonly events: () => readonly AcceptedEvent[];
    readonly counts: () => readonly AcceptedCount[];
    readonly clear: () => void;
  };
  /**
   * Every request to the two APIs, with its answer; the latest 10,000, or 32 MiB of them. A body
   * is cut after 1 MiB.
   */
  readonly requests: {
    /** Those that fit, oldest first. @throws Error if there is no such field or operation. */
    readonly list: (filter?: RequestFilter) => readonly RequestEntry[];
    /**
     * Resolves once `count` requests fit (default 1), counted with those that are kept already.
     *
     * @throws Error when fewer have arrived after `timeout` (default 5 s), or if there is no such
     * field or operation.
     */
    readonly waitFor: (
      filter?: RequestFilter,
      options?: { readonly count?: number; readonly timeout?: Duration },
    ) => Promise<readonly RequestEntry[]>;
    readonly clear: () => void;
  };
  /** Rules that make calls fail. */
  readonly faults: {
    /** Adds a rule before those that are there. @throws Error if it is none. */
    readonly add: (rule: FaultRule) => Fault;
    /** Adds a rule for one call. */
    readonly once: (rule: Omit<FaultRule, 'times'>) => Fault;
    readonly list: () => readonly Fault[];
    /** Whether there was one of this id. */
    readonly remove: (id: string) => boolean;
    readonly clear: () => void;
  };
  readonly webhooks: {
    /** Oldest first; the latest 1,000. */
    readonly list: () => readonly WebhookSummary[];
    readonly get: (id: number) => Webhook | undefined;
    /** Sends one again at once; `undefined` if there is none of this id. */
    readonly redeliver: (id: number) => Webhook | undefined;
    /** Resolves when every webhook that a request caused has been delivered or given up. */
    readonly idle: () => Promise<void>;
  };
  /** The emulator's time, by which trials, sessions, rate limits and webhooks run. */
  readonly clock: {
    readonly now: () => Date;
    /** Goes ahead, such as by `'8d'`. */
    readonly advance: (duration: Duration) => void;
    /** Goes to a time, or with `null` back to the machine's. */
    readonly set: (time: Date | string | null) => void;
  };
  readonly settings: {
    readonly get: () => Settings;
    /** Changes those that are named. @throws Error if one cannot work. */
    readonly change: (changes: Partial<Settings>) => void;
  };
  readonly integrations: {
    /** Such as `expired`; `undefined` if there is none of this uuid. */
    readonly setStatus: (uuid: string, status: string) => Integration | undefined;
  };
  /** Puts everything, or these parts, back to how they were at the start. */
  readonly reset: (parts?: readonly Part[]) => void;
  /** Everything but requests and webhooks; with the customers' tokens if `secrets` are wanted. */
  readonly snapshot: (options?: { readonly secrets?: boolean }) => Snapshot;
  /** Replaces what the snapshot holds. @throws Error if it is none. */
  readonly restore: (snapshot: Snapshot) => void;
}
