import { setTimeout as sleep } from 'node:timers/promises';
import { OutboxError } from '../../http/errors.ts';
import { freeOnDisk } from './room.ts';

const noSpace = new Set([28, 122, -30792]);
const badRead = 5;

/** What lmdb says of a failed commit comes later than the failure, if at all. */
const laterError = async (thrown: unknown): Promise<unknown> => {
  const { commitError } = thrown as { readonly commitError?: Promise<unknown> };
  if (commitError === undefined) return thrown;
  try {
    return await Promise.race([commitError, sleep(1_000, thrown, { ref: false })]);
  } catch (later) {
    return later;
  }
};

/** Makes an error of this package of what lmdb throws. */
export const explain = async (dir: string, error: unknown): Promise<OutboxError> => {
  if (error instanceof OutboxError) return error;
  const cause = await laterError(error);
  const { code = 0 } = (cause ?? {}) as { readonly code?: number };
  // Of what does not fit, LMDB says that it could not be written.
  const isFull =
    noSpace.has(code) || (code === badRead && ((await freeOnDisk(dir)) ?? Infinity) < 1024 * 1024);
  return isFull
    ? new OutboxError('full', 'the outbox is full: no space is left on its disk', { cause })
    : new OutboxError('unusable', `the outbox ${dir} cannot be written`, {
        cause,
        hint: cause instanceof Error ? cause.message : undefined,
      });
};
