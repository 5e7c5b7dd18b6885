/** Tokens of the webhook receiver, made and taken apart by other means than its own. */
import { createHmac, hkdfSync } from 'node:crypto';

const keysOf = (secret: string) => {
  const bits = Buffer.from(hkdfSync('sha256', secret, '', 'tallywire callbacks 1', 68));
  return { token: bits.subarray(0, 32), ids: bits.subarray(32, 64), id: bits.subarray(64) };
};

export interface TokenParts {
  readonly version?: number;
  readonly secret: string;
  /** That of the secret, unless given. */
  readonly keyId?: Buffer;
  readonly url: string;
  readonly job: Buffer;
  readonly expires: number;
  readonly digest: Buffer;
  readonly set: string;
  readonly context?: string;
}

const hmac = (key: Buffer, ...parts: readonly (string | Buffer)[]): Buffer =>
  parts.reduce((sum, part) => sum.update(part), createHmac('sha256', key)).digest();

export const makeToken = (parts: TokenParts): string => {
  const { version = 1, secret, url, job, expires, digest, set, context = '' } = parts;
  const keys = keysOf(secret);
  const seconds = Buffer.alloc(4);
  seconds.writeUInt32BE(expires);
  const claims = Buffer.concat([
    Buffer.of(version),
    parts.keyId ?? keys.id,
    job,
    seconds,
    digest,
    Buffer.of(Buffer.byteLength(set)),
    Buffer.from(set + context),
  ]);
  const signature = hmac(keys.token, url, '\0', claims);
  return Buffer.concat([claims, signature]).toString('base64url');
};

/** What anybody can read in a token. */
export const readToken = (token: string) => {
  const bytes = Buffer.from(token, 'base64url');
  const contextAt = 34 + (bytes[33] as number);
  return {
    version: bytes[0] as number,
    keyId: bytes.subarray(1, 5),
    job: bytes.subarray(5, 21),
    expires: bytes.readUInt32BE(21),
    digest: bytes.subarray(25, 33),
    set: bytes.toString('utf8', 34, contextAt),
    context: bytes.toString('utf8', contextAt, bytes.length - 32),
  };
};

export const keyIdOf = (secret: string): Buffer => keysOf(secret).id;

export const metricIdOf = (secret: string, job: Buffer, name: string): string => {
  const bytes = hmac(keysOf(secret).ids, job, name).subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 15) | 64;
  bytes[8] = ((bytes[8] as number) & 63) | 128;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};

export const tokenOf = (url: string): string => url.slice(url.indexOf('?t=') + 3);
