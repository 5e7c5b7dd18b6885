import { ConfigError } from './errors.ts';
import { onAbort } from './on-abort.ts';

/** How much may be under way at once, and how often a request may start. */
export interface GateOptions {
  /** Requests under way at once. */
  readonly concurrency: number;
  readonly perSecond?: number | undefined;
  readonly perMinute?: number | undefined;
}

/**
 * Waits for its turn, first come first served. The answer gives the place back; it is no promise
 * when there is nothing to wait for. Rejects with the signal's reason.
 */
export type Gate = (signal: AbortSignal | undefined) => (() => void) | Promise<() => void>;

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
  const windows = [
    { ms: 1_000, max: limit(options.perSecond, 'rateLimit.perSecond') },
    { ms: 60_000, max: limit(options.perMinute, 'rateLimit.perMinute') },
  ].filter(({ max }) => max !== Infinity);
  const keep = Math.max(0, ...windows.map(({ max }) => max));
  /** The newest starts, oldest first: only as many as the widest window can hold. */
  const starts: number[] = [];
  const waiting = new Set<() => void>();
  let active = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const delay = (now: number): number =>
    Math.max(
      0,
      ...windows.map(({ ms, max }) => {
        const oldest = starts.length < max ? undefined : starts[starts.length - max];
        return oldest === undefined ? 0 : oldest + ms - now;
      }),
    );

  const admit = (): void => {
    for (const enter of waiting) {
      if (active >= concurrency) return;
      const wait = windows.length === 0 ? 0 : delay(performance.now());
      if (wait > 0) {
        timer ??= setTimeout(() => {
          timer = undefined;
          admit();
        }, Math.ceil(wait));
        return;
      }
      waiting.delete(enter);
      enter();
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

  return (signal) => {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    if (
      waiting.size === 0 &&
      active < concurrency &&
      (keep === 0 || delay(performance.now()) <= 0)
    ) {
      return take();
    }
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        stay();
        resolve(take());
      };
      const stay = onAbort(signal, () => {
        waiting.delete(enter);
        // A timer that nobody waits for would keep the process alive.
        if (waiting.size === 0) {
          clearTimeout(timer);
          timer = undefined;
        }
        reject(signal?.reason as Error);
      });
      waiting.add(enter);
      admit();
    });
  };
};
