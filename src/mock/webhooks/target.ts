import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { isLoopbackName } from '../loopback.ts';

const LOOPBACK = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/**
 * How to find the address of a webhook's target, or `undefined` if nothing may be sent there: it
 * is neither this machine nor one of the hosts that were allowed (`name` or `name:port`).
 */
export function lookupFor(target: URL, allowed: readonly string[]): LookupFunction | undefined {
  if (isLoopbackName(target.hostname)) return toLoopback;
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  const names = [target.hostname, `${target.hostname}:${port}`];
  if (!allowed.some((one) => names.includes(one.toLowerCase()))) return undefined;
  // For an address, nobody asks the lookup.
  const address = target.hostname.replace(/^\[|\]$/g, '');
  return isIP(address) !== 0 && isForbidden(address) ? undefined : toAllowed;
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
const FORBIDDEN = new BlockList();
FORBIDDEN.addSubnet('0.0.0.0', 8);
FORBIDDEN.addSubnet('169.254.0.0', 16);
FORBIDDEN.addSubnet('224.0.0.0', 3);
FORBIDDEN.addAddress('::', 'ipv6');
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6');
FORBIDDEN.addSubnet('ff00::', 8, 'ipv6');
// The metadata of one cloud, in an address that is private otherwise.
FORBIDDEN.addAddress('fd00:ec2::254', 'ipv6');

/** It also knows IPv4 addresses that are written as IPv6. */
const isForbidden = (address: string): boolean =>
  FORBIDDEN.check(address.replace(/%.*$/, ''), isIP(address) === 6 ? 'ipv6' : 'ipv4');
