import type { Clock } from '../clock.ts';
import type { Settlement, Source, Taken } from '../outbox.ts';
import type { HoldReason, Sink } from './verdict.ts';

/** What a pump tells while it works. What a listener throws must be caught by the listener. */
export type PumpEvent =
  /** A record was settled, or put back. */
  | {
      readonly is: 'settled';
      readonly taken: Taken;
      readonly settlement: Settlement;
      /** Whether it was attempted: not what is too old, nor what is put back since the lane has stopped. */
      readonly isTried: boolean;
      /** How long the attempt took, in milliseconds. */
      readonly durationMs: number;
      /** Whether the API may have counted it although no answer said so. */
      readonly ambiguous: boolean;
      readonly detail?: string | undefined;
    }
  /** Nothing is sent but one probe at a time, until somebody mends this. */
  | { readonly is: 'held'; readonly reason: HoldReason; readonly detail: string }
  /** Nothing is sent for a while: the API asks for it, or is down. */
  | {
      readonly is: 'paused';
      readonly reason: 'rate-limit' | 'outage';
      readonly ms: number;
      readonly detail: string;
    }
  /** A record got through after a hold or a pause. */
  | { readonly is: 'resumed' }
  /**
   * A record could not be settled: it will be taken again. This pump does not send it twice then, another
   * may. Or, without `taken`: none could be taken.
   */
  | { readonly is: 'unsettled'; readonly taken?: Taken | undefined; readonly error: unknown };

export interface PumpOptions {
  readonly source: Source;
  readonly sink: Sink;
  readonly clock: Clock;
  /** The most attempts under way at once. */
  readonly concurrency: number;
  /**
   * Records older than this are dropped as `expired`, in milliseconds. A wall clock that jumps forward
   * while the pump runs makes none older.
   */
  readonly maxAgeMs: number;
  readonly listener: (event: PumpEvent) => void;
}

/** Takes records from a source and hands them to a sink, as fast as both can bear. */
export interface Pump {
  readonly start: () => void;
  /** What the lane does now. */
  readonly state: () => LaneState;
  /** For how long surely nothing is sent, in milliseconds: 0 unless it is held or paused. */
  readonly restMs: () => number;
  /** How many records are taken and not settled. */
  readonly underWay: () => number;
  /**
   * Takes nothing more; resolves when nothing is under way, at the latest after so many milliseconds:
   * attempts that are still under way then are aborted and their records put back.
   */
  readonly stop: (graceMs: number) => Promise<void>;
}

export type LaneState =
  | { readonly is: 'open'; readonly limit: number }
  | { readonly is: 'held'; readonly reason: HoldReason; readonly detail: string }
  | { readonly is: 'paused'; readonly reason: 'rate-limit' | 'outage'; readonly detail: string };
