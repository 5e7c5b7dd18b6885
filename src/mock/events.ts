import type { components } from '../../generated/emulator.ts';

type Schemas = components['schemas'];

/** A part of the emulator that can change. */
export type Changed = 'faults' | 'settings' | 'clock' | 'state' | 'requests' | 'usage' | 'webhooks';

/** What the emulator tells whoever listens. */
export type MockEvent =
  | { readonly type: 'request'; readonly data: Schemas['RequestSummary'] }
  | { readonly type: 'webhook'; readonly data: Schemas['WebhookSummary'] }
  | { readonly type: 'changed'; readonly data: Changed };

export interface Events {
  readonly emit: (event: MockEvent) => void;
  /** Whether anybody listens: events that nobody hears need not be made. */
  readonly heard: () => boolean;
  /** The returned function ends it. */
  readonly listen: (listener: (event: MockEvent) => void) => () => void;
}

export function createEvents(): Events {
  const listeners = new Set<(event: MockEvent) => void>();
  return {
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    heard: () => listeners.size > 0,
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
