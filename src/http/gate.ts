import { onAbort } from './on-abort.ts';
import type { RateHints } from './rate-hints.ts';

/** How much may be under way at once, and how often a request may start. */
export interface GateOptions {
  /** Requests under way at once. */
  readonly concurrency: number;
  readonly perSecond?: number | undefined;
  readonly perMinute?: number | undefined;
  /** Whether the rates are those that the API tells. */
  readonly learns?: boolean;
}

export interface Gate {
  /**
   * Waits for its turn, first come first served. The answer gives the place back; it is no promise
   * when there is nothing to wait for. Rejects with the signal's reason.
   */
  readonly enter: (signal: AbortSignal | undefined) => (() => void) | Promise<() => void>;
  /**
   * Changes the rates, for whoever waits too. When the requests under way may use up what remains,
   * no other starts before the reset. Does nothing where the rates are given.
   */
  readonly learn: (hints: RateHints) => void;
}

/**
 * A request counts at the API when it arrives there, at some moment between its start and its end:
 * the end is taken, or this long after the start for one that takes its time.
 */
const latestMs = 1_000;
/** Starts that are remembered for a limit yet to be learned. A higher one is none. */
const mostLearned = 10_000;

const limit = (value: number | undefined): number => Math.floor(value ?? Infinity);

/**
 * A queue in front of the requests. Rates count over sliding windows: no second and no minute,
 * wherever it begins, holds more starts than allowed.
 */
export const createGate = (options: GateOptions): Gate => {
  const concurrency = limit(options.concurrency);
  let perSecond = limit(options.perSecond);
  let perMinute = limit(options.perMinute);
  const late = options.learns ? latestMs : 0;
  const keep = options.learns
    ? mostLearned
    : Math.max(0, ...[perSecond, perMinute].filter(Number.isFinite));
  let pausedUntil = 0;
  /** When the newest requests count, oldest first: only as many as the widest window can hold. */
  const counted: number[] = [];
  const waiting = new Set<() => void>();
  let active = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** When a window has room again. */
  const after = (max: number, ms: number): number =>
    (counted[counted.length - max] ?? -Infinity) + ms;
  const delay = (now: number): number =>
    Math.max(pausedUntil, after(perSecond, 1_000), after(perMinute, 60_000)) - now;

  const admit = (): void => {
    // A timer that nobody waits for would keep the process alive.
    clearTimeout(timer);
    for (const start of waiting) {
      if (active >= concurrency) return;
      const wait = keep === 0 ? 0 : delay(performance.now());
      if (wait > 0) {
        timer = setTimeout(admit, Math.ceil(wait));
        return;
      }
      waiting.delete(start);
      start();
    }
  };

  /** A request that ends earlier counts earlier. Only those under way can count later than now. */
  const countNow = (counts: number): void => {
    const now = performance.now();
    if (counts <= now) return;
    let i = counted.lastIndexOf(counts);
    for (let before; (before = counted[i - 1]) !== undefined && before > now; i -= 1) {
      counted[i] = before;
    }
    counted[i] = now;
  };

  const take = (): (() => void) => {
    active += 1;
    const counts = keep > 0 ? performance.now() + late : 0;
    if (keep > 0) {
      counted.push(counts);
      if (counted.length > keep) counted.shift();
    }
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      active -= 1;
      if (late > 0) countNow(counts);
      if (waiting.size > 0) admit();
    };
  };

  const enter: Gate['enter'] = (signal) => {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    if (
      waiting.size === 0 &&
      active < concurrency &&
      (keep === 0 || delay(performance.now()) <= 0)
    ) {
      return take();
    }
    return new Promise((resolve, reject) => {
      const start = (): void => {
        stay();
        resolve(take());
      };
      const stay = onAbort(signal, () => {
        waiting.delete(start);
        if (waiting.size === 0) clearTimeout(timer);
        reject(signal?.reason as Error);
      });
      waiting.add(start);
      admit();
    });
  };

  const learn: Gate['learn'] = (hints) => {
    if (!options.learns) return;
    perSecond = hints.perSecond ?? perSecond;
    perMinute = hints.perMinute ?? perMinute;
    if (hints.room !== undefined && hints.room.remaining < active) {
      pausedUntil = Math.max(pausedUntil, performance.now() + hints.room.resetMs);
    }
    admit();
  };

  return { enter, learn };
};
