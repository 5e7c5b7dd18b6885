import { ConfigError } from './errors.ts';
import { environment } from './secret.ts';

/** Whether a host, as `URL` spells it, is this machine. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  /^127(?:\.\d{1,3}){3}$/.test(hostname);

const strict = (address: string): string => {
  if (/^[a-z][a-z\d+.-]*:\/\/[^\\/]/i.test(address)) return address;
  throw new TypeError();
};

const bare = (host: string): string => {
  const secure = new URL(strict(`https://${host}`));
  return isLoopback(secure.hostname) ? `http://${host}` : secure.href;
};

export interface BaseUrlRules {
  /** The environment variable read when the option is absent. */
  readonly variable: string;
  /** The vendor's address, used when neither is given. */
  readonly fallback: string;
  readonly allowInsecure: boolean;
}

/**
 * The address that requests go to, without a trailing slash. A bare host means `https`, this machine
 * `http`. The vendor's host without a path means the vendor's usual path, any other address is taken as it is.
 *
 * @throws ConfigError for what is no http(s) address, one with credentials, query or fragment,
 *   and plain `http` to another machine unless `allowInsecure` is set: it would show the key.
 */
export const resolveBaseUrl = (option: string | undefined, rules: BaseUrlRules): string => {
  const given = (option ?? environment(rules.variable) ?? rules.fallback).trim();
  const what = option === undefined ? rules.variable : 'baseUrl';
  let url: URL;
  try {
    // What has a scheme must have it right: https:/host would make a host of "https".
    url = new URL(/^[a-z][a-z\d+.-]*:[\\/]/i.test(given) ? strict(given) : bare(given));
  } catch {
    throw new ConfigError(`${what} is not an address`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new ConfigError(`${what} must start with https://`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new ConfigError(`${what} must have no credentials, query or fragment`);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !rules.allowInsecure) {
    throw new ConfigError(
      `${what} is plain http to another machine, which shows the key: use https, or allowInsecure`,
    );
  }
  const fallback = new URL(rules.fallback);
  const path =
    url.host === fallback.host && url.pathname === '/' ? fallback.pathname : url.pathname;
  return `${url.origin}${path.replace(/\/+$/, '')}`;
};
