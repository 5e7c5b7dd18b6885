import type { Dispatcher } from 'undici';

/** Connections to other servers, which respect `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. */
export async function createDispatchers(): Promise<(origin: string) => Dispatcher> {
  // Takes long to load, and only who forwards has to wait for it.
  const { Agent, EnvHttpProxyAgent } = await import('undici');
  const direct = new Agent();
  const { http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY } = process.env;
  if (!(http_proxy || HTTP_PROXY || https_proxy || HTTPS_PROXY)) return () => direct;
  const proxied = newProxied(() => new EnvHttpProxyAgent());
  // A proxy could not reach this machine, and would see the key: only such origins may be http.
  return (origin) => (origin.startsWith('http:') ? direct : proxied);
}

function newProxied(make: () => Dispatcher): Dispatcher {
  try {
    return make();
  } catch {
    // Without the cause, which quotes the address: it may hold a password.
    throw new Error('HTTPS_PROXY or HTTP_PROXY is not an address');
  }
}
