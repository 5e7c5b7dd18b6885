import type { TrackerOptions } from './options.ts';
import type { LocalOutbox } from './outbox.ts';

/** What opens the outbox of these options; `undefined` for memory alone. */
export const openerOf = (
  outbox: TrackerOptions['outbox'],
  baseUrl: () => string,
): (() => LocalOutbox | Promise<LocalOutbox>) | undefined => {
  if (typeof outbox !== 'string') return outbox;
  return async () => {
    const { openLmdbOutbox } = await import('#lmdb-outbox');
    return openLmdbOutbox(outbox, { baseUrl: baseUrl() });
  };
};
