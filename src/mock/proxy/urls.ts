import type { UpstreamUrls } from './upstream.ts';

const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * The base URLs of upstreams, checked: a bare host of Connect gets its `/api`.
 *
 * @throws Error with a sentence for people if one cannot work.
 */
export function upstreamUrls(urls: UpstreamUrls): UpstreamUrls {
  return Object.fromEntries(
    Object.entries(urls).map(([api, url]) => [api, baseUrl(url, api === 'reportei' ? '/api' : '')]),
  );
}

function baseUrl(text: string, path: string): string {
  if (!URL.canParse(text)) throw new Error(`The upstream ${JSON.stringify(text)} is not a URL`);
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
    throw new Error(`The upstream ${url.origin} has to be https: keys go there`);
  }
  if (url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new Error('The upstream has to be a plain base URL, without credentials or a query');
  }
  const base = url.pathname.replace(/\/+$/, '');
  return `${url.origin}${base === '' ? path : base}`;
}
