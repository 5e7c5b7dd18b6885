import { isLoopback } from '../../http/base-url.ts';
import { toMilliseconds } from '../../http/duration.ts';
import { ConfigError } from '../../http/errors.ts';
import { lazy } from '../../http/lazy.ts';
import { wholeNumber } from '../../http/numbers.ts';
import type { MetricSet } from '../queries/metric-set.ts';
import type { Bytes } from './bytes.ts';
import { canonicalText, digestOf } from './digest.ts';
import { type Keys, keysOf, someOf } from './keys.ts';
import type { CallbacksOptions } from './types.ts';

/** A set and the digest of its queries. */
export interface KnownSet {
  readonly set: MetricSet;
  readonly digest: Bytes;
}

/** The options, checked. */
export interface Settings {
  readonly url: string;
  readonly ttlMs: number;
  readonly maxBodyBytes: number;
  readonly keys: () => Promise<readonly [Keys, ...Keys[]]>;
  readonly sets: () => Promise<readonly KnownSet[]>;
}

const dayMs = 86_400_000;

const urlOf = (option: string, allowInsecure: boolean | undefined): string => {
  let url: URL;
  try {
    url = new URL(option);
  } catch {
    throw new ConfigError('url is not an address');
  }
  const { protocol, hostname, username, password, href } = url;
  if (username || password || /[?#]/.test(href)) {
    throw new ConfigError('url must have no credentials, query or fragment');
  }
  if (protocol === 'https:') return href;
  if (protocol === 'http:' && (isLoopback(hostname) || allowInsecure === true)) return href;
  throw new ConfigError('url must start with https://, or need allowInsecure');
};

const setsOf = (sets: readonly MetricSet[]): (() => Promise<readonly KnownSet[]>) => {
  const known = someOf(sets, 'sets').map((set) => ({ set, text: canonicalText(set) }));
  return lazy(() =>
    Promise.all(known.map(async ({ set, text }) => ({ set, digest: await digestOf(text) }))),
  );
};

/** @throws ConfigError for options that cannot work. */
export const settingsOf = (options: CallbacksOptions<readonly MetricSet[]>): Settings => {
  const { url, sets, secrets, ttl = dayMs, maxBodyBytes = 2 ** 25, allowInsecure } = options;
  return {
    url: urlOf(url, allowInsecure),
    ttlMs: toMilliseconds(ttl, 'ttl', 1_000),
    maxBodyBytes: wholeNumber(maxBodyBytes, 1, 'maxBodyBytes'),
    keys: keysOf(secrets),
    sets: setsOf(sets),
  };
};
