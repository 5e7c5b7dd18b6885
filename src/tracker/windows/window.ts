import type { WireCount } from '../../reo/records.ts';
import type { UsageRecord } from '../record.ts';

/** All that a window has in common with the counts in it, in the order of `keyFields`; `meta` as text. */
export type WindowKey = readonly unknown[];

/** The subject first, since it tells most windows apart. */
export const keyFields = [
  'user_id',
  'domain',
  'activity_type',
  'meta',
  'ip_addr',
  'user_agent',
  'product_id',
  'environment',
  'source',
  'user_id_type',
  'mode',
] as const;

/** Counts of one subject and activity that will be one record. */
export interface Window {
  /** The record's. Random: what a window holds and when it was open says nothing of which one it is. */
  id: string;
  readonly key: WindowKey;
  /** Tells it from a split of the tree. */
  readonly children: undefined;
  /** The record's payload, but for `count` and `event_at`, which are set when it is needed. */
  readonly wire: WireCount & { event_id: string };
  readonly openedAt: number;
  /** When its time is over, by the wall clock. */
  readonly end: number;
  count: number;
  calls: number;
  /** What of it will be in it once it is saved: the sum of counts whose callers wait for that. */
  promised: number;
  /** What the store has of it. */
  savedCount: number;
  savedCalls: number;
  /** Whether it takes counts. */
  isOpen: boolean;
  /** Whether the store has not all of it, and will be given it. */
  isDirty: boolean;
  /** While it is being saved: what comes of that decides what is in it. */
  isBusy: boolean;
  /** When it was sealed, by the wall clock. */
  sealedAt: number | undefined;
  /** Whether its record is somebody else's to keep. */
  isHandedOn: boolean;
}

export const newWindow = (
  key: WindowKey,
  wire: Window['wire'],
  now: number,
  end: number,
): Window => ({
  id: wire.event_id,
  key,
  children: undefined,
  wire,
  openedAt: now,
  end,
  count: 0,
  calls: 0,
  promised: 0,
  savedCount: 0,
  savedCalls: 0,
  isOpen: true,
  isDirty: false,
  isBusy: false,
  sealedAt: undefined,
  isHandedOn: false,
});

/** Whether the store has something of it. */
export const isSaved = (window: Window): boolean => window.savedCalls > 0;

/**
 * A window as a record: complete, also while it is open.
 *
 * @param plus what is to be in it that it does not have yet
 */
export const recordOf = (
  window: Window,
  now: number,
  plus = { count: 0, calls: 0 },
): UsageRecord => {
  const { id, wire } = window;
  const at = window.sealedAt ?? now;
  wire.event_id = id;
  wire.event_at = Math.floor(Math.min(at, window.end) / 1_000);
  wire.count = window.count + plus.count;
  return { id, kind: 'count', calls: window.calls + plus.calls, at, payload: JSON.stringify(wire) };
};
