import type { Clock } from './clock.ts';

/**
 * Waits for a promise for so long at the most, and keeps the process alive meanwhile. Never rejects.
 *
 * @returns whether it was settled in time
 */
export const inTime = async (
  clock: Clock,
  ms: number,
  promise: Promise<unknown>,
): Promise<boolean> => {
  let cancel = (): void => {};
  const timeout = new Promise<boolean>((resolve) => {
    cancel = clock.after(Math.max(0, ms), () => resolve(false), true);
  });
  const isSettled = promise.then(
    () => true,
    () => true,
  );
  const isInTime = await Promise.race([isSettled, timeout]);
  cancel();
  return isInTime;
};
