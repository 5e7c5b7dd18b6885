import { OutboxError } from '../http/errors.ts';
import type { LocalOutbox } from './outbox.ts';

/** In place of the outbox on disk where there is none. @throws OutboxError */
export const openLmdbOutbox = (): Promise<LocalOutbox> =>
  Promise.reject(
    new OutboxError('unusable', 'an outbox on disk needs Node.js, Bun or Deno', {
      hint: 'leave the outbox option out, or give one of your own',
    }),
  );
