import { ConfigError } from '../http/errors.ts';
import type { LocalOutbox } from './outbox.ts';

/** In place of the outbox on disk where there is none. @throws ConfigError */
export const openLmdbOutbox = (): Promise<LocalOutbox> =>
  Promise.reject(
    new ConfigError('an outbox on disk needs Node.js', {
      hint: 'leave the outbox option out, or give one of your own',
    }),
  );
