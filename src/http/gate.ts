import { ConfigError } from './errors.ts';
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

/** Requests may arrive closer together than they left: the API's windows count as so much longer. */
const driftMs = 100;
/** Starts that are remembered for a limit yet to be learned. A higher one is none. */
const mostLearned = 10_000;

const limit = (value: number | undefined, option: string): number => {
  if (value === undefined) return Infinity;
  if (!(value >= 1)) throw new ConfigError(`${option} must be 1 or more`);
  return Math.floor(value);
};

/**
 * A queue in front of the requests. Rates count over sliding windows: no second and no minute,
 * wherever it begins, holds more starts than allowed.
 *
 * @throws ConfigError for a limit below 1.
 */
export const createGate = (options: GateOptions): Gate => {
  const concurrency = limit(options.concurrency, 'concurrency');
  let perSecond = limit(options.perSecond, 'rateLimit.perSecond');
  let perMinute = limit(options.perMinute, 'rateLimit.perMinute');
  const drift = options.learns ? driftMs : 0;
  const keep = options.learns
    ? mostLearned
    : Math.max(0, ...[perSecond, perMinute].filter(Number.isFinite));
  let pausedUntil = 0;
  /** The newest starts, oldest first: only as many as the widest window can hold. */
  const starts: number[] = [];
  const waiting = new Set<() => void>();
  let active = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** When a window has room again. */
  const after = (max: number, ms: number): number =>
    (starts[starts.length - max] ?? -Infinity) + ms + drift;
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

  const take = (): (() => void) => {
    active += 1;
    if (keep > 0) {
      starts.push(performance.now());
      if (starts.length > keep) starts.shift();
    }
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      active -= 1;
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
