/** Milliseconds, or a number with its unit, such as `500ms`, `2s`, `1.5h` or `8d`. */
export type Duration = number | string;

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * A duration in milliseconds.
 *
 * @throws Error with a sentence for people if it is none.
 */
export function toMs(duration: Duration): number {
  if (typeof duration === 'number' && duration >= 0 && Number.isFinite(duration)) return duration;
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(String(duration)) ?? [];
  if (number === undefined) {
    throw new Error(`${JSON.stringify(duration)} is not a duration such as 500, '2s' or '8d'`);
  }
  return Number(number) * (UNITS[unit] ?? 1);
}

/** Node keeps delays in a signed 32-bit integer; longer timers would be over at once. */
export const LONGEST_TIMER: number = 2 ** 31 - 1;
