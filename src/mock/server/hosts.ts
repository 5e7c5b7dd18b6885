import { isLoopbackName } from '../loopback.ts';
import type { Problem } from '../exchange.ts';
import { printable } from '../exchange.ts';
import type { Caller } from './caller.ts';

/** Who may, besides this machine. */
export interface Access {
  /** The address that the emulator listens on. */
  readonly bound: string;
  /** Names under which others may reach it, with the control API: `name` or `name:port`. */
  readonly allowedHosts: readonly string[];
  /** Origins whose pages may call the two APIs. */
  readonly allowedOrigins: readonly string[];
}

/**
 * Makes sure that what is allowed can ever be sent.
 *
 * @throws Error with a sentence for people if it cannot.
 */
export function checkAccess({ allowedHosts, allowedOrigins }: Access): void {
  checkHosts(allowedHosts, 'allowed host');
  for (const origin of allowedOrigins) {
    if (URL.canParse(origin) && new URL(origin).origin === origin.toLowerCase()) continue;
    const example = 'http://localhost:3000';
    throw new Error(
      `The CORS origin ${JSON.stringify(origin)} is not an origin such as ${example}`,
    );
  }
}

/** @throws Error with a sentence for people if one is neither `name` nor `name:port`. */
export function checkHosts(hosts: readonly string[], what: string): void {
  for (const host of hosts) {
    if (/^(\[[\da-f:.]+\]|[\w.-]+)(:\d+)?$/i.test(host)) continue;
    throw new Error(`The ${what} ${JSON.stringify(host)} is not a name, or a name:port`);
  }
}

/**
 * Why a request is refused, or `undefined`. A page in a browser must not drive the emulator:
 * neither one that has its own name resolve to this machine (the Host header tells), nor one that
 * sends requests across (the Origin does, or Sec-Fetch-Site where there is none). The control API
 * is for this machine alone, and not for webhooks, which go where any client wants them.
 */
export function foreignProblem(
  caller: Caller,
  access: Access,
  control: boolean,
): Problem | undefined {
  const host = caller.host.toLowerCase();
  const name = /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(host)?.[1] ?? '';
  const named = access.allowedHosts.some((one) => [name, host].includes(one.toLowerCase()));
  const loopback = isLoopbackName(name);
  // A numeric address cannot be made to point elsewhere, so the connection's own one is fine.
  const own = [access.bound.toLowerCase(), plain(caller.local)].some(
    (one) => one !== '' && (name === one || name === `[${one}]`),
  );
  if (!named && !loopback && !own) {
    return forbidden(
      `The emulator does not answer to the host ${printable(name)}, unless it is allowed by name (--allow-host)`,
    );
  }
  if (control && !named && !(loopback && LOOPBACK_ADDRESS.test(plain(caller.remote)))) {
    return forbidden('The control API answers to this machine alone, or to hosts allowed by name');
  }
  if (control && caller.webhook) return forbidden('The control API does not answer to webhooks');
  const { origin, site, opens } = caller;
  if (origin === undefined) {
    // An image, a script, a frame. The emulator's own page may be opened from anywhere.
    if (site !== 'cross-site' && site !== 'same-site') return undefined;
    if (control && opens) return undefined;
  } else {
    if (origin.toLowerCase() === `http://${host}`) return undefined;
    if (!control && isAllowedOrigin(origin, access)) return undefined;
  }
  return forbidden(
    'The emulator does not answer to pages of other origins, unless they are allowed by name (--cors)',
  );
}

export const isAllowedOrigin = (origin: string, { allowedOrigins }: Access): boolean =>
  allowedOrigins.some((one) => one.toLowerCase() === origin.toLowerCase());

const LOOPBACK_ADDRESS = /^(127(\.\d+){3}|::1)$/;

const plain = (address: string | undefined): string =>
  (address ?? '').toLowerCase().replace(/^::ffff:/, '');

const forbidden = (message: string): Problem => ({ status: 403, message });
