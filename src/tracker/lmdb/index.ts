/**
 * `tallywire/tracker/lmdb`: an outbox on disk, for one machine.
 */
export * from '../../http/index.ts';
export { type LmdbOutbox, type LmdbOutboxOptions, openLmdbOutbox } from './lmdb-outbox.ts';
export type { ErasureMatch, PendingRecord } from './maintenance.ts';
