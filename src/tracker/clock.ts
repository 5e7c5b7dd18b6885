/** Time and chance, so that tests can hold both in hand (`fakeClock()` of `tallywire/testing`). */
export interface Clock {
  /** The wall clock, in milliseconds since 1970. It may jump, both ways. */
  readonly now: () => number;
  /** Milliseconds since some moment. Never jumps: what waits, waits by this one. */
  readonly monotonic: () => number;
  /**
   * Calls once after so many milliseconds. Does not keep the process alive, unless asked to.
   *
   * @returns takes the call back
   */
  readonly after: (ms: number, call: () => void, keepsAlive?: boolean) => () => void;
  /** Evenly between 0 and 1. */
  readonly random: () => number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, call, keepsAlive = false) => {
    const timer: unknown = setTimeout(call, ms);
    // Only Node's timers keep a process alive, and only they are objects.
    if (!keepsAlive && typeof timer === 'object') (timer as NodeJS.Timeout).unref();
    return () => clearTimeout(timer as NodeJS.Timeout);
  },
  random: Math.random,
};
