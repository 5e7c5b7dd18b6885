import { type Bytes, fromBase64Url, joined, sameBytes, toBase64Url, utf8 } from './bytes.ts';
import type { Keys } from './keys.ts';

/** What a token says. Everybody who sees the URL can read it. */
export interface Claims {
  /** 16 bytes. */
  readonly job: Bytes;
  /** UNIX seconds. */
  readonly expires: number;
  /** Eight bytes of the digest of the set's queries. */
  readonly digest: Bytes;
  readonly set: string;
  readonly context: string;
}

/*
 * The bytes of a token:
 *
 *   0   version           1
 *   1   id of the key     4
 *   5   job              16
 *   21  expiry            4   seconds, the highest byte first
 *   25  digest            8
 *   33  length of name    1
 *   34  name, context         UTF-8
 *       signature        32   of the URL without the token, a zero, and all the bytes above
 */
const version = 1;
const nameAt = 34;
const signatureLength = 32;

const signed = (url: string, claims: Bytes): Bytes => joined(utf8(url), [0], claims);

const bytesOf = (keyId: Bytes, { job, expires, digest, set, context }: Claims): Bytes => {
  const name = utf8(set);
  const seconds = new Uint8Array(4);
  new DataView(seconds.buffer).setUint32(0, expires);
  return joined([version], keyId, job, seconds, digest, [name.length], name, utf8(context));
};

const claimsOf = (bytes: Bytes): Claims => {
  const contextAt = nameAt + (bytes[nameAt - 1] as number);
  // A context may begin with a byte order mark.
  const text = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    job: bytes.slice(5, 21),
    expires: new DataView(bytes.buffer).getUint32(21),
    digest: bytes.slice(25, 33),
    set: text.decode(bytes.subarray(nameAt, contextAt)),
    context: text.decode(bytes.subarray(contextAt)),
  };
};

/** @param url the configured one, which the token is good for */
export const signToken = async (keys: Keys, url: string, claims: Claims): Promise<string> => {
  const bytes = bytesOf(keys.id, claims);
  const signature = await crypto.subtle.sign('HMAC', keys.token, signed(url, bytes));
  return toBase64Url(joined(bytes, new Uint8Array(signature)));
};

/** A token that is ours, expired or not, and the keys that signed it. */
export interface OpenedToken {
  readonly claims: Claims;
  readonly keys: Keys;
}

/** Nothing of a token is looked at before its signature was found right, but which key to take. */
export const openToken = async (
  all: readonly [Keys, ...Keys[]],
  url: string,
  token: string,
): Promise<OpenedToken | undefined> => {
  const bytes = fromBase64Url(token);
  if (bytes === undefined || bytes.length < nameAt + signatureLength) return undefined;
  const claims = bytes.slice(0, -signatureLength);
  const signature = bytes.slice(-signatureLength);
  const known = all.find(({ id }) => sameBytes(id, claims.slice(1, 5)));
  // An unknown key takes as long as a wrong signature.
  const { token: key } = known ?? all[0];
  const isOurs = await crypto.subtle.verify('HMAC', key, signature, signed(url, claims));
  if (!isOurs || known === undefined || claims[0] !== version) return undefined;
  return { claims: claimsOf(claims), keys: known };
};
