import type { PumpEvent } from '../delivery/pump.ts';
import type { TrackerHooks } from '../options.ts';
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

export const createTelling = (hooks: TrackerHooks): Telling => {
  let attempts = 0;
  let ambiguous = 0;
  let degraded = false;

  const settled = (event: Extract<PumpEvent, { readonly is: 'settled' }>): void => {
    const { taken, settlement, durationMs, detail } = event;
    const { record } = taken;
    if (durationMs > 0) attempts += 1;
    if (event.ambiguous) ambiguous += 1;
    switch (settlement.to) {
      case 'sent':
        return tell(hooks.delivered, { record, attempts: taken.attempts + 1, durationMs });
      case 'dead':
        return tell(hooks.dead, { record, reason: settlement.reason });
      case 'dropped': {
        const dropped = { records: 1, calls: record.calls };
        return tell(hooks.dropped, { reason: settlement.reason, dropped, record, detail });
      }
      case 'retry':
    }
  };

  return {
    listener: (event) => {
      switch (event.is) {
        case 'settled':
          return settled(event);
        case 'held':
          return tell(hooks.held, { reason: event.reason, detail: event.detail });
        case 'paused':
          return tell(hooks.paused, { reason: event.reason, ms: event.ms, detail: event.detail });
        case 'resumed':
          return tell(hooks.resumed, undefined);
        case 'unsettled':
          return tell(hooks.degraded, { error: event.error });
      }
    },
    connection: (error) => {
      const was = degraded;
      degraded = error !== undefined;
      if (degraded && !was) {
        tell(hooks.degraded, { error: toOutboxError(error, 'Redis cannot be reached') });
      }
    },
    counts: () => ({ attempts, ambiguous, degraded }),
  };
};

/** Whatever a hook does, it hurts nobody. */
const tell = <Told>(hook: ((told: Told) => unknown) | undefined, told: Told): void => {
  const call = async (): Promise<void> => {
    await hook?.(told);
  };
  call().catch(() => {});
};
