import type { PumpEvent } from '../delivery/pump.ts';
import type { TrackerHooks } from '../options.ts';
import { createTell } from '../tell.ts';
import { toOutboxError } from './connect.ts';

/** Tells the hooks of a worker what happens, and counts its attempts. */
export interface Telling {
  readonly listener: (event: PumpEvent) => void;
  /** What the connection to Redis failed with; `undefined` when it is there. */
  readonly connection: (error: unknown) => void;
  readonly counts: () => {
    readonly attempts: number;
    readonly ambiguous: number;
    readonly degraded: boolean;
  };
}

/** What a tracker says when nobody is told is of a disk. */
const warnOnce = (): NonNullable<TrackerHooks['degraded']> => {
  let warned = false;
  return ({ error }) => {
    if (warned) return;
    warned = true;
    const why = error instanceof Error ? error.message : 'unknown';
    process.emitWarning(`tallywire: usage waits in its queue: ${why}`, {
      type: 'TallywireWarning',
      code: 'TALLYWIRE_DEGRADED',
    });
  };
};

/** @param worker what subscribers of the diagnostics channels are given as `tracker` */
export const createTelling = (
  hooks: TrackerHooks | null | undefined,
  worker: () => object,
): Telling => {
  const tell = createTell({ ...hooks, degraded: hooks?.degraded ?? warnOnce() }, worker);
  let attempts = 0;
  let ambiguous = 0;
  let degraded = false;

  const settled = (event: Extract<PumpEvent, { readonly is: 'settled' }>): void => {
    const { taken, settlement, isTried, durationMs } = event;
    const { record } = taken;
    const { id, kind, calls } = record;
    if (event.ambiguous) ambiguous += 1;
    if (isTried) {
      attempts += 1;
      tell('attempt', { id, kind, durationMs, outcome: settlement.to, ambiguous: event.ambiguous });
    }
    if (settlement.to === 'sent') {
      tell('delivered', { record, attempts: taken.attempts + 1, durationMs });
    } else if (settlement.to === 'dead') {
      tell('dead', { record, reason: settlement.reason });
    } else if (settlement.to === 'dropped') {
      tell('dropped', { reason: settlement.reason, dropped: { records: 1, calls }, record });
    }
  };

  const connection = (error: unknown): void => {
    const was = degraded;
    degraded = error !== undefined;
    if (degraded && !was) {
      tell('degraded', { error: toOutboxError(error, 'Redis cannot be reached') });
    }
  };

  return {
    listener: (event) => {
      switch (event.is) {
        case 'settled':
          return settled(event);
        case 'held':
          return tell('held', { reason: event.reason, detail: event.detail });
        case 'paused':
          return tell('paused', { reason: event.reason, ms: event.ms, detail: event.detail });
        case 'resumed':
          return tell('resumed', undefined);
        case 'unsettled':
          return tell('degraded', { error: event.error });
      }
    },
    connection,
    counts: () => ({ attempts, ambiguous, degraded }),
  };
};
