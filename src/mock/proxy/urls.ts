import type { UpstreamUrls } from '../api.ts';
import { isLoopbackName } from '../loopback.ts';
import type { Api } from '../contract/failures.ts';

/**
 * The base URLs of upstreams, checked, with or without the `/api` that both APIs begin with.
 *
 * @throws Error with a sentence for people if one cannot work.
 */
export function upstreamUrls(urls: UpstreamUrls): UpstreamUrls {
  return Object.fromEntries(
    Object.entries(urls).map(([api, url]) => [api, PATHS[api as Api](baseUrl(url))]),
  );
}

/** The contract of Reo has `/api` in its paths, that of Connect in its server. */
const PATHS: Readonly<Record<Api, (base: string) => string>> = {
  reo: (base) => base.replace(/\/api$/, ''),
  reportei: (base) => (new URL(base).pathname === '/' ? `${base}/api` : base),
};

/** Without a slash at the end. */
function baseUrl(text: string): string {
  const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  // Not quoted: it may hold a password.
  if (!url) throw new Error('The upstream has to be a URL that begins with https://');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new Error('The upstream has to be a plain base URL, without credentials or a query');
  }
  if (url.protocol === 'http:' && !isLoopbackName(url.hostname)) {
    throw new Error(`The upstream ${url.origin} has to be https: keys go there`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
