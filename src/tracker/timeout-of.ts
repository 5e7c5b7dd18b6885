import { type Duration, toMilliseconds } from '../http/duration.ts';

const standardMs = 10_000;

/**
 * How long a flush or a close may take, in milliseconds. They never reject: what is no duration is the
 * default.
 */
export const timeoutOf = (timeout: Duration | undefined): number => {
  try {
    return toMilliseconds(timeout ?? standardMs, 'timeout');
  } catch {
    return standardMs;
  }
};
