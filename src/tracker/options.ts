import type { Duration } from '../http/duration.ts';
import type { Clock } from './clock.ts';
import type { HoldReason, Sink } from './delivery/verdict.ts';
import type { LocalOutbox } from './outbox.ts';
import type { UsageRecord } from './record.ts';
import type { DropReason, Tally, Totals } from './tally.ts';

/**
 * What the hooks tell. Records are given as they are; everything else holds nothing of them, but for
 * the reason of a dead one, which may quote it. What a hook itself leads to is told after it; when that
 * is more than can be told soon, drops are summed, without their records.
 */
export interface TrackerHooks {
  /** A record was taken by the API. */
  readonly delivered?: (told: {
    readonly record: UsageRecord;
    /** Above 1 it may have been counted more than once. */
    readonly attempts: number;
    readonly durationMs: number;
  }) => unknown;
  /** Calls or records were given up. `record` is absent when none could be made. */
  readonly dropped?: (told: {
    readonly reason: DropReason;
    readonly dropped: Tally;
    readonly record?: UsageRecord | undefined;
    readonly detail?: string | undefined;
  }) => unknown;
  /** The API refused a record while it took others. The reason ends with what the API wrote. */
  readonly dead?: (told: { readonly record: UsageRecord; readonly reason: string }) => unknown;
  /** Nothing gets through until somebody mends something: everything is kept, one record probes. */
  readonly held?: (told: { readonly reason: HoldReason; readonly detail: string }) => unknown;
  /** The API is down or asks to wait: everything is kept. */
  readonly paused?: (told: {
    readonly reason: 'rate-limit' | 'outage';
    readonly ms: number;
    readonly detail: string;
  }) => unknown;
  /** After `held` or `paused`: a record got through. */
  readonly resumed?: () => unknown;
  /** The outbox on disk cannot be used: until it can, records are kept in memory only. */
  readonly degraded?: (told: { readonly error: unknown }) => unknown;
}

/** Options of `createTracker`. */
export interface TrackerOptions {
  /**
   * Where records wait. Default: the memory of this process. A directory: LMDB, on a local filesystem;
   * several processes may share it, with one API key. Or what makes an outbox of your own.
   */
  readonly outbox?: string | (() => LocalOutbox | Promise<LocalOutbox>) | undefined;
  /**
   * Who delivers. Default: this process, to Reo.Dev. `usageQueue()` hands over to a fleet by Redis. A sink
   * that has a `close` is closed with the tracker: one for each tracker.
   */
  readonly sink?: Sink | undefined;
  /** Counts of one subject and activity are folded over windows of this length. */
  readonly aggregate?:
    | {
        /** Default `'1m'`. */
        readonly every?: Duration | undefined;
        /** Windows open at once; beyond it the oldest are sealed early. Default 100,000. */
        readonly maxKeys?: number | undefined;
      }
    | undefined;
  /** The most records that are held in memory. Default 100,000. */
  readonly maxRecords?: number | undefined;
  /** The most bytes that records may take in memory. Default 64 MiB. */
  readonly maxBytes?: number | undefined;
  /** What is given up when memory is full: the new record (default), or the oldest. */
  readonly overflow?: 'drop-new' | 'drop-oldest' | undefined;
  /**
   * Records older than this are dropped as `expired`. Default `'7d'`, 24 days at most. Time by which the
   * wall clock jumps forward while the tracker runs is not counted.
   */
  readonly maxAge?: Duration | undefined;
  /**
   * Attempts under way at once. Default 32. The client has a `concurrency` of its own, 32 too: for more,
   * raise both.
   */
  readonly concurrency?: number | undefined;
  /**
   * What tells of deliveries and losses. A loss, a hold or a degradation that no hook is told of is a
   * warning of the process, once for each reason. What a hook throws or rejects with is ignored.
   */
  readonly hooks?: TrackerHooks | undefined;
  /**
   * For serverless platforms: given a promise that resolves when what is pending now is sent, whenever
   * there is something new to send. For one invocation of many, `flush()` does the same.
   */
  readonly waitUntil?: ((promise: Promise<unknown>) => unknown) | undefined;
  /** For tests. */
  readonly clock?: Clock | undefined;
}

/** What a flush or a close came to, in records. */
export interface FlushResult {
  /** Of what was pending when it began: sent, dropped, dead. */
  readonly sent: number;
  readonly dropped: number;
  readonly dead: number;
  /** Still pending of them: of this process, if others share the store. */
  readonly pending: number;
  /**
   * Whether nothing is pending any more, nobody else's either, and closing gave nothing up. Of an outbox
   * that could not be opened nobody knows.
   */
  readonly complete: boolean;
  /** Why something is still pending, e.g. `held: authentication`; empty when complete. */
  readonly failures: readonly string[];
}

/** What a tracker knows of itself. */
export interface TrackerStats extends Totals {
  /** `process`: of this tracker. `store`: of the outbox on disk, whoever shares it, since it was made. */
  readonly scope: 'process' | 'store';
  /** Attempts of this tracker, and how many of them may have been counted without an answer. */
  readonly attempts: number;
  readonly ambiguous: number;
  /** What keeps records from being sent, if anything does. */
  readonly lane: 'open' | 'held' | 'paused';
  /** Whether the outbox on disk cannot be used now. */
  readonly degraded: boolean;
}
