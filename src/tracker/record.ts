/**
 * What an outbox keeps and a sink sends: an event, or the sealed count of a window. Complete and
 * never changed, so that it goes out under the same id and with the same content however often it is
 * sent.
 */
export interface UsageRecord {
  /**
   * Its own identity, a random UUID made when it was accepted (or given by who resumes a backfill).
   * Also its `event_id`, unless the caller gave one. Never made from what it holds: two records of one
   * user in one window are two records.
   */
  readonly id: string;
  /** Which of the two endpoints it is for. */
  readonly kind: 'event' | 'count';
  /** How many calls are in it: 1 for an event, all that were folded into a count. */
  readonly calls: number;
  /**
   * When it was accepted or sealed, or replayed as a dead letter, in milliseconds since 1970. Its age
   * counts from here.
   */
  readonly at: number;
  /** The payload as it goes on the wire, as JSON. */
  readonly payload: string;
}

// Engines know of a text that it is all Latin-1: then this looks at none of it.
const isWide = /[^\0-\xff]/;

/** What a record weighs against the bounds, in bytes: about what it takes in memory. */
export const weightOf = ({ payload }: UsageRecord): number =>
  payload.length * (isWide.test(payload) ? 2 : 1) + 128;
