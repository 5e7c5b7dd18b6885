const first = 1_000;

/** The longest wait between two attempts, of a record and of a lane. */
export const longest = 300_000;

const doubled = (times: number, cap: number): number => Math.min(cap, first * 2 ** times);

/**
 * How long a record waits before it is tried again: evenly between nothing and a bound that doubles,
 * so that what failed together does not come back together.
 */
export const recordDelay = (attempts: number, random: number): number =>
  random * doubled(attempts, longest);

/** How long a lane waits before it probes: at least half of a bound that doubles. */
export const probeDelay = (tries: number, random: number, cap: number = longest): number =>
  (0.5 + random / 2) * doubled(tries, cap);
