import { type Duration, toMilliseconds } from '../../http/duration.ts';
import { wholeNumber } from '../../http/numbers.ts';

/**
 * Where answers of metrics are kept: `memoryCache()`, or a store of your own, shared or not. One that
 * fails counts as one that holds nothing.
 */
export interface MetricsCache {
  /** @param key a hash of what was asked, and with which tokens */
  get(key: string): string | undefined | null | Promise<string | undefined | null>;
  /** How long it is kept is the store's to decide. */
  set(key: string, value: string): unknown;
}

/**
 * Keeps answers in this process.
 *
 * @param options `ttl`: how long, default 5 minutes; `entries`: how many, default 500, the oldest go
 *   first
 * @throws ConfigError for options that cannot work.
 */
export const memoryCache = (
  options: { readonly ttl?: Duration | undefined; readonly entries?: number | undefined } = {},
): MetricsCache => {
  const ms = toMilliseconds(options.ttl ?? '5m', 'ttl', 1);
  const most = wholeNumber(options.entries ?? 500, 1, 'entries');
  const kept = new Map<string, { readonly value: string; readonly until: number }>();
  return {
    get: (key) => {
      const found = kept.get(key);
      if (found !== undefined && found.until > Date.now()) return found.value;
      kept.delete(key);
      return undefined;
    },
    set: (key, value) => {
      kept.delete(key);
      kept.set(key, { value, until: Date.now() + ms });
      for (const oldest of kept.keys()) {
        if (kept.size <= most) break;
        kept.delete(oldest);
      }
    },
  };
};
