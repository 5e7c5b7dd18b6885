import type { Clock } from '../clock.ts';

/** Calls at a moment that may be set anew. */
export interface Alarm {
  /** By the monotonic clock, in milliseconds; `undefined` for never. */
  readonly set: (at: number | undefined) => void;
}

/** A longer timer would fire at once: Node keeps delays in a signed 32-bit integer. */
const longest = 2 ** 31 - 1;

/** One timer at the most, and none when there is nothing to wait for. */
export const createAlarm = (clock: Clock, call: () => void): Alarm => {
  let setFor: number | undefined;
  let cancel = (): void => {};

  const set = (at: number | undefined): void => {
    if (at === setFor) return;
    cancel();
    setFor = at;
    if (at === undefined) return;
    // Whole milliseconds, since a timer that fires a fraction too early would find nothing due.
    const ms = Math.min(longest, Math.max(0, Math.ceil(at - clock.monotonic())));
    cancel = clock.after(ms, () => {
      setFor = undefined;
      if (clock.monotonic() < at) set(at);
      else call();
    });
  };

  return { set };
};
