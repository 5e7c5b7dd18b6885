import { safely } from './safely.ts';

/** Keeps a serverless invocation alive while there is something to send. */
export interface Waits {
  /** There is something new to send. */
  readonly nudge: () => void;
}

export const createWaits = (
  waitUntil: ((promise: Promise<unknown>) => unknown) | undefined,
  flush: () => Promise<unknown>,
): Waits => {
  let isWaiting = false;
  let isNew = false;

  const wait = async (): Promise<void> => {
    // What comes in the same turn goes out together.
    await Promise.resolve();
    isNew = false;
    await flush();
    isWaiting = false;
    // What came meanwhile was not waited for.
    if (isNew) start();
  };

  const start = (): void => {
    isWaiting = true;
    const done = wait();
    // Refused or not, it is sent all the same, if the platform lets it.
    safely(() => waitUntil?.(done));
  };

  return {
    nudge: () => {
      if (waitUntil === undefined) return;
      isNew = true;
      if (!isWaiting) start();
    },
  };
};
