import { ConfigError } from './errors.ts';

/** Milliseconds, or a number with a unit: `500`, `'500ms'`, `'30s'`, `'2m'`, `'1h'`, `'7d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A longer timer would fire at once: Node keeps delays in a signed 32-bit integer. */
const longest = 2 ** 31 - 1;

/**
 * A duration in milliseconds.
 *
 * @param least the shortest that makes sense, in milliseconds
 * @throws ConfigError when it is not one, is shorter, or is over 24 days.
 */
export const toMilliseconds = (duration: Duration, option: string, least = 0): number => {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(String(duration)) ?? [];
  const ms =
    typeof duration === 'number'
      ? duration
      : number === undefined
        ? NaN
        : Number(number) * units[unit as keyof typeof units];
  if (!(ms >= least && ms <= longest)) {
    throw new ConfigError(
      `${option} is not a duration between ${least} ms and 24 days: give milliseconds, or '30s' (ms, s, m, h, d)`,
    );
  }
  return ms;
};
