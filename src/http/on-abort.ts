/** What waits for each signal. One listener of ours a signal: Node warns of a leak from eleven on. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls back when the signal aborts, soon if it has already. The answer takes that back. */
export const onAbort = (signal: AbortSignal | undefined, callback: () => void): (() => void) => {
  if (signal === undefined) return () => {};
  if (signal.aborted) queueMicrotask(callback);
  let callbacks = waiting.get(signal);
  if (callbacks === undefined) {
    const made = new Set<() => void>();
    signal.addEventListener('abort', () => made.forEach((call) => call()), { once: true });
    waiting.set(signal, (callbacks = made));
  }
  const mine = callbacks;
  mine.add(callback);
  return () => mine.delete(callback);
};
