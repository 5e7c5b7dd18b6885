import { limitOf } from './limit-of.ts';
import { parseRetryAfter } from './retry.ts';
import type { WireAnswer } from './wire.ts';

/** What an API tells about its rate limits. What is absent stays as it was. */
export interface RateHints {
  readonly perSecond?: number | undefined;
  readonly perMinute?: number | undefined;
  /** The API takes so many more requests for so long. */
  readonly room?: { readonly remaining: number; readonly resetMs: number } | undefined;
}

/** The pause where nothing says how long the window is: there is no shorter one. */
const shortestMs = 1_000;

/**
 * Connect documents no names, so all that are in use are read: `Retry-After` of a 429,
 * `X-RateLimit-Remaining` and `-Reset`, and the forms of the IETF drafts (`RateLimit-Remaining`,
 * `RateLimit: "name";r=5;t=9`, `RateLimit-Policy: "name";q=10;w=1`). `X-RateLimit-Limit` is not: it
 * does not say of which window, and a second's taken for a minute's would be a standstill.
 *
 * @param maxMs the longest pause that is believed
 * @param now milliseconds since 1970
 */
export const readHints = (
  { status, headers }: Pick<WireAnswer, 'status' | 'headers'>,
  maxMs: number,
  now: number,
): RateHints => {
  const told = (name: string, letter: string): string =>
    headers.get(`x-ratelimit-${name}`) ??
    headers.get(`ratelimit-${name}`) ??
    new RegExp(`\\b(${name}|${letter})=(\\d+)`).exec(headers.get('ratelimit') ?? '')?.[2] ??
    '';
  const limit = (seconds: number): number | undefined =>
    limitOf(
      new RegExp(`(?:^|[ ,=])(\\d{1,9})[^,\\d]*; *w=${seconds}\\b`).exec(
        headers.get('ratelimit-policy') ?? '',
      )?.[1],
    );
  const refused = status === 429;
  const remaining = refused ? '0' : told('remaining', 'r');
  const reset = (refused && headers.get('retry-after')) || told('reset', 't');
  const resetMs =
    parseRetryAfter(reset, now) ??
    (/^\d{10}$/.test(reset) ? Number(reset) * 1_000 - now : shortestMs);
  return {
    perSecond: limit(1),
    perMinute: limit(60),
    // A longer pause is none: the next request is refused, and fails at once.
    room:
      /^\d+$/.test(remaining) && resetMs <= maxMs
        ? { remaining: Number(remaining), resetMs }
        : undefined,
  };
};
