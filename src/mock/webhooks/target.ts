import { lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

const LOOPBACK = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/**
 * How to find the address of a webhook's target, or `undefined` if nothing may be sent there: it
 * is neither this machine nor one of the hosts that were allowed (`name` or `name:port`).
 */
export function lookupFor(target: URL, allowed: readonly string[]): LookupFunction | undefined {
  if (isLoopback(target.hostname)) return toLoopback;
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  const names = [target.hostname, `${target.hostname}:${port}`];
  if (!allowed.some((one) => names.includes(one.toLowerCase()))) return undefined;
  // For an address, nobody asks the lookup.
  const address = target.hostname.replace(/^\[|\]$/g, '');
  return isIP(address) !== 0 && isForbidden(address) ? undefined : toAllowed;
}

/** Names of this machine. No other name is looked up unasked: its owner decides where it leads. */
function isLoopback(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Whatever the machine's resolver says, a loopback name stays on the machine. */
const toLoopback: LookupFunction = (_hostname, { all }, callback) =>
  all ? callback(null, LOOPBACK) : callback(null, '127.0.0.1', 4);

/** Looks the name up once, and connects to what was found and looked at. */
const toAllowed: LookupFunction = (hostname, { all }, callback) => {
  resolve(hostname, { all: true }, (error, found) => {
    if (error) return callback(error, '', 0);
    const [first, ...others] = found.filter(({ address }) => !isForbidden(address));
    if (!first)
      return callback(new Error(`${hostname} leads to no address that may be called`), '', 0);
    if (all) callback(null, [first, ...others]);
    else callback(null, first.address, first.family);
  });
};

/** Link-local addresses (cloud metadata lives there), multicast, and none at all. */
function isForbidden(address: string): boolean {
  const v4 = address.replace(/^::ffff:/i, '');
  return /^(0\.|169\.254\.|2(2[4-9]|3\d)\.|255\.)/.test(v4) || /^(::$|fe[89ab]|ff)/i.test(address);
}
