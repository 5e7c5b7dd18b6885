import type { UsageRecord } from '../record.ts';

/** Why a lane is on hold until a probe gets through. */
export type HoldReason = 'authentication' | 'redirect' | 'tls' | 'configuration' | 'not-the-api';

/** What an attempt says about the record, and about all the others. See `classify`. */
export type Verdict =
  /** Taken by the API. */
  | { readonly is: 'done' }
  /** The API does not want this record. It is dead if others are taken meanwhile. */
  | { readonly is: 'refused'; readonly reason: string }
  /** No record can get through until somebody mends something. */
  | {
      readonly is: 'hold';
      readonly reason: HoldReason;
      readonly detail: string;
      /** As of `retry`. Default false. */
      readonly ambiguous?: boolean | undefined;
    }
  /** The API asks everybody to wait; no attempt is consumed. `ms` is absent when it does not say how long. */
  | {
      readonly is: 'wait';
      readonly ms?: number | undefined;
      /** Default `rate-limit`. */
      readonly reason?: 'rate-limit' | 'outage' | undefined;
      readonly detail: string;
    }
  /** It may go better the next time. */
  | {
      readonly is: 'retry';
      readonly detail: string;
      /** Whether the API may have counted it although no answer says so: bytes left, say. */
      readonly ambiguous: boolean;
    };

/** Tries to deliver one record, once. Never rejects. */
export interface Sink {
  (record: UsageRecord, signal: AbortSignal): Promise<Verdict>;
  /** Lets go of what it holds. The tracker that it was given to calls it at the end of its own `close()`. */
  readonly close?: (() => unknown) | undefined;
}
