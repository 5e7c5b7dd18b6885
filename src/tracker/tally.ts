/** Records, and the calls that are in them: a thousand counts may be one record. */
export interface Tally {
  readonly records: number;
  readonly calls: number;
}

/**
 * Why a record is given up without having been sent.
 * - `invalid`: it cannot be sent as it is; the hook tells what is wrong.
 * - `overflow`: there was no room for it, by the overflow policy.
 * - `expired`: it is older than `maxAge`.
 * - `closed`: the tracker was closed before the call, or before a record in memory was sent.
 * - `discarded`: dropped by hand, a dead letter or one that was waiting.
 * - `erased`: it was about a user who asked for erasure.
 */
export type DropReason = 'invalid' | 'overflow' | 'expired' | 'closed' | 'discarded' | 'erased';

/** Where everything is that was ever given: `given` is the sum of the other four, at any moment. */
export interface Totals {
  readonly given: Tally;
  readonly sent: Tally;
  /** Waiting, under way, or in a window that is still open. */
  readonly pending: Tally;
  /** Refused by the API while others were taken; they wait for somebody to look at them. */
  readonly dead: Tally;
  readonly dropped: Readonly<Partial<Record<DropReason, Tally>>>;
  /** When the oldest pending record was accepted, in milliseconds since 1970. */
  readonly oldestAt?: number | undefined;
}
