export { createTracker, type Tracker } from './tracker.ts';
export type { FlushResult, TrackerHooks, TrackerOptions, TrackerStats } from './options.ts';
export type { Clock } from './clock.ts';
export type { HoldReason, Sink, Verdict } from './delivery/verdict.ts';
export type {
  DeadLetter,
  DeadLetters,
  LocalOutbox,
  Outbox,
  Settlement,
  Source,
  Taken,
} from './outbox.ts';
export type { UsageRecord } from './record.ts';
export type { DropReason, Tally, Totals } from './tally.ts';
export * from '../http/index.ts';
