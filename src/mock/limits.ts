import type { Settings } from './schemas.ts';

/** What a call uses up of the rate limit. */
export interface Limits {
  /** Counts a call at a time in milliseconds; the answer's headers, and how long to wait if it was one too many. */
  readonly take: (
    limit: Settings['rateLimit'],
    now: number,
  ) => { readonly headers: Readonly<Record<string, string>>; readonly retryAfter: number | null };
  readonly reset: () => void;
}

interface Window {
  readonly length: number;
  start: number;
  used: number;
}

/** Counts in fixed windows of a second and of a minute, as most gateways do. */
export function createLimits(): Limits {
  const second: Window = { length: 1_000, start: -Infinity, used: 0 };
  const minute: Window = { length: 60_000, start: -Infinity, used: 0 };

  return {
    take: (limit, now) => {
      if (!limit) return { headers: {}, retryAfter: null };
      const waits = [wait(second, limit.perSecond, now), wait(minute, limit.perMinute, now)];
      const retryAfter = Math.max(...waits);
      if (retryAfter === 0) {
        second.used += 1;
        minute.used += 1;
      }
      // The names are the usual ones; the vendor documents none.
      const headers = {
        'x-ratelimit-limit': String(limit.perMinute),
        'x-ratelimit-remaining': String(Math.max(0, limit.perMinute - minute.used)),
      };
      return { headers, retryAfter: retryAfter === 0 ? null : retryAfter };
    },
    reset: () => {
      for (const window of [second, minute]) window.start = -Infinity;
    },
  };
}

/** The seconds until the window has room again, 0 if it has now. */
function wait(window: Window, limit: number, now: number): number {
  const end = window.start + window.length;
  // A clock that was set back has left the window too.
  if (now >= end || now < window.start) {
    window.start = now;
    window.used = 0;
  }
  if (window.used < limit) return 0;
  return Math.max(1, Math.ceil((window.start + window.length - now) / 1_000));
}
