/** The stream of server-sent events, opened again whenever it ends. */
import { signal } from '@preact/signals';

/** `lost` once it could not be opened again; before that nobody needs to be told. */
export const connection = signal<'connecting' | 'live' | 'lost'>('connecting');

interface Listeners {
  /** With each connection, the first included: something may have been missed before it. */
  readonly open: () => void;
  readonly request: (data: unknown) => void;
  readonly webhook: (data: unknown) => void;
  readonly changed: (what: unknown) => void;
}

const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 4_000;

export const follow = (listeners: Listeners): void => {
  let failures = 0;
  const open = (): void => {
    const source = new EventSource('stream');
    source.addEventListener('open', () => {
      failures = 0;
      connection.value = 'live';
      listeners.open();
    });
    source.addEventListener('error', () => {
      // The browser's own way waits for seconds at a fixed pace, and gives up on some answers.
      source.close();
      failures += 1;
      connection.value = failures > 1 ? 'lost' : 'connecting';
      setTimeout(open, Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1)));
    });
    for (const name of ['request', 'webhook', 'changed'] as const) {
      source.addEventListener(name, ({ data }: MessageEvent<string>) =>
        listeners[name](JSON.parse(data)),
      );
    }
  };
  open();
};
