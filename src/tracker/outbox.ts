import type { UsageRecord } from './record.ts';
import type { DropReason, Totals } from './tally.ts';

/** A record in the hands of who delivers it, until it is settled. */
export interface Taken {
  readonly record: UsageRecord;
  /** How often it was tried before and put back, as far as this engine remembers; 0 for a new one. */
  readonly attempts: number;
  /** When it was last tried, in milliseconds since 1970; `undefined` for a new one. */
  readonly triedAt?: number | undefined;
}

/** What becomes of a taken record. */
export type Settlement =
  | { readonly to: 'sent' }
  /** Put back, to be taken again at the earliest at this time (milliseconds since 1970). */
  | {
      readonly to: 'retry';
      readonly at: number;
      /** Whether this counts as an attempt: not when the API only asked to wait. */
      readonly counts: boolean;
    }
  | { readonly to: 'dead'; readonly reason: string }
  | { readonly to: 'dropped'; readonly reason: DropReason };

/** Where records come from to be delivered. Whoever delivers needs no more than this. */
export interface Source {
  /**
   * Up to so many records that are due, in the order in which they fell due: a new one when it came,
   * one that was put back when its time has come. So one that fails stands behind all that wait
   * already. They are the caller's until settled: nobody else gets them, unless this process dies.
   */
  readonly take: (limit: number) => readonly Taken[] | Promise<readonly Taken[]>;
  /**
   * Says what becomes of a taken record, once. When it throws or rejects, the record is still there
   * and will be taken again.
   */
  readonly settle: (taken: Taken, settlement: Settlement) => void | Promise<void>;
  /**
   * When there may be something to take that was not there before (a new record, one whose time has
   * come, one of a process that died). At most one listener.
   */
  readonly onReady: (listener: () => void) => void;
  /**
   * Keeps every other deliverer of the same source from taking for so long, where it has others.
   *
   * @param isAsked whether the API asked to wait for so long. Otherwise this deliverer alone may be in
   *   trouble, and another may find out earlier.
   */
  readonly pause?: (ms: number, isAsked?: boolean) => void | Promise<void>;
}

/** A record that the API refused while it took others. */
export interface DeadLetter {
  readonly record: UsageRecord;
  /** Why. It ends with what the API wrote, at most 200 characters, which may quote the record. */
  readonly reason: string;
  /** When it died, in milliseconds since 1970. */
  readonly at: number;
}

/** Dead letters: listed, brought back, or given up. */
export interface DeadLetters {
  /** Oldest first. */
  readonly list: () => AsyncIterable<DeadLetter>;
  /**
   * Makes them pending again, under their old ids. Their age counts from now (`at` of the record): they
   * died of the API, not of waiting. Default: all. @returns how many
   */
  readonly replay: (ids?: readonly string[]) => Promise<number>;
  /** Gives them up, counted as `discarded`. Default: all. @returns how many */
  readonly drop: (ids?: readonly string[]) => Promise<number>;
}

/**
 * Keeps records until they are settled. `outboxContract()` of `tallywire/testing` says what it must
 * keep to.
 */
export interface Outbox extends Source {
  /**
   * Keeps records; a record whose id is pending or dead already is not kept twice, and one whose id is
   * that of a saved window takes its place, in one step. When this returns, or resolves, they are as
   * safe as this engine can make them.
   *
   * @param kept is called once, at the moment from which on `totals` has them. Who does not call it has
   *   them there when this returns, or resolves.
   * @throws OutboxError when they cannot be kept; then none of them is.
   */
  readonly put: (records: readonly UsageRecord[], kept?: () => void) => void | Promise<void>;
  /**
   * Saves how far the open windows of this process have come, each under the id that its record will
   * have, in place of what was saved of it before. Saved windows are pending records in `totals`, with
   * the calls that were saved. If the process dies, who takes over its work makes records of them. Only
   * where something outlives the process.
   *
   * @param kept as for `put`
   * @throws OutboxError
   */
  readonly saveWindows?: (windows: readonly UsageRecord[], kept?: () => void) => Promise<void>;
  /**
   * Tells that this process was taken for dead: what it had saved of its open windows is a record of
   * somebody else's now. They must not be saved or put under the same ids again, and what was saved of
   * them is not theirs any more. Told before a call
   * that holds one of these ids rejects, as each such call does. At most one listener.
   */
  readonly onWindowsLost?: (listener: () => void) => void;
  readonly dead: DeadLetters;
  readonly totals: () => Totals | Promise<Totals>;
  /** Gives back what was taken and not settled, and closes. What is not settled stays, if it can. */
  readonly close: () => void | Promise<void>;
}

/** An outbox on this machine, whose totals are at hand. */
export interface LocalOutbox extends Outbox {
  /** Whether what it keeps outlives this process, and whether its totals are those of the store. */
  readonly scope: 'process' | 'store';
  readonly totals: () => Totals;
  /**
   * How many pending records are this process's to deliver, saved windows left out. Default: all that
   * are pending.
   */
  readonly own?: () => number;
}
