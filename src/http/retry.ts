import { type WireAnswer, WireFailure } from './wire.ts';

/**
 * Which failures a call may be repeated after.
 * - `safe`: all that time may heal; sending twice does no harm.
 * - `unsent`: only those after which the API surely did not act (never sent, or 429).
 * - `never`: none.
 */
export type RetryMode = 'safe' | 'unsent' | 'never';

export interface RetryRules {
  readonly mode: RetryMode;
  readonly maxRetries: number;
  /** The longest wait in milliseconds. A longer `Retry-After` is an error at once. */
  readonly maxDelayMs: number;
}

const firstDelayMs = 500;
const healing = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * `Retry-After` in milliseconds: whole seconds or an HTTP date. `undefined` for what is neither, so
 * that garbage is never taken for "now".
 */
export const parseRetryAfter = (header: string | null, now: number): number | undefined => {
  const value = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  // Date.parse would make a date of almost anything.
  if (!/^[A-Z][a-z]{2,8}\b.*\d\d:\d\d:\d\d/.test(value)) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
};

export const retryAfterOf = (outcome: WireAnswer | WireFailure, now: number): number | undefined =>
  outcome instanceof WireFailure
    ? undefined
    : parseRetryAfter(outcome.headers.get('retry-after'), now);

const mayRepeat = (outcome: WireAnswer | WireFailure, mode: RetryMode): boolean => {
  if (mode === 'never') return false;
  if (outcome instanceof WireFailure) {
    if (outcome.reason !== 'network' && outcome.reason !== 'timeout') return false;
    return mode === 'safe' || !outcome.sent;
  }
  return mode === 'safe' ? healing.has(outcome.status) : outcome.status === 429;
};

/**
 * How long to wait before the next attempt, in milliseconds; `undefined` when there shall be none.
 * Waits are drawn evenly between 0 and a bound that doubles ("full jitter"), so that many clients
 * which failed together do not come back together.
 *
 * @param attempt how many attempts were made, this one included
 */
export const retryDelay = (
  outcome: WireAnswer | WireFailure,
  attempt: number,
  rules: RetryRules,
  now: number,
  random: () => number,
): number | undefined => {
  if (attempt > rules.maxRetries || !mayRepeat(outcome, rules.mode)) return undefined;
  const asked = retryAfterOf(outcome, now);
  if (asked !== undefined) return asked <= rules.maxDelayMs ? asked : undefined;
  return random() * Math.min(rules.maxDelayMs, firstDelayMs * 2 ** (attempt - 1));
};
