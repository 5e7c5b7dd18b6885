import type { Clock } from '../clock.ts';

/** A clock that shows less was never set. */
const leastPlausible = Date.UTC(2020, 0, 1);

/**
 * How old what was recorded at a moment (milliseconds since 1970) is for sure. The wall clock says so
 * as far as it was behind the most since this began: a jump forward makes nothing older, so that a
 * clock that is wrong for a minute costs no record, nor does one that is set right after the boot. (So
 * time for which the machine slept does not count.) What was recorded by a clock that was never set is
 * of no age.
 */
export const createAge = (clock: Clock): ((at: number) => number) => {
  const lead = (): number => clock.now() - clock.monotonic();
  let least = lead();
  return (at) => {
    least = Math.min(least, lead());
    return at < leastPlausible ? 0 : clock.monotonic() + least - at;
  };
};
