import { ConfigError } from '../../http/errors.ts';
import { lazy } from '../../http/lazy.ts';
import { type Bytes, utf8 } from './bytes.ts';

/** What is made of one secret: nothing that it signs says anything about the other keys. */
export interface Keys {
  /** Names the secret in a token. Four bytes, public. */
  readonly id: Bytes;
  /** Signs tokens. */
  readonly token: CryptoKey;
  /** Makes the ids of metrics. */
  readonly ids: CryptoKey;
}

const leastBytes = 32;

const derive = async (secret: Bytes): Promise<Keys> => {
  const { subtle } = crypto;
  const root = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const info = utf8('tallywire callbacks 1');
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
  const bits = new Uint8Array(await subtle.deriveBits(hkdf, root, 544));
  const hmac = (from: number): Promise<CryptoKey> =>
    subtle.importKey('raw', bits.slice(from, from + 32), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
      'verify',
    ]);
  return { token: await hmac(0), ids: await hmac(32), id: bits.slice(64) };
};

/** @throws ConfigError unless it is a list that is not empty. */
export const someOf = <T>(list: readonly T[], option: string): readonly T[] => {
  if (Array.isArray(list) && list.length > 0) return list as readonly T[];
  throw new ConfigError(`${option} must be a list of at least one`);
};

/**
 * The keys of all secrets, made at the first use.
 *
 * @throws ConfigError, naming the place of a secret that is none.
 */
export const keysOf = (secrets: readonly string[]): (() => Promise<readonly [Keys, ...Keys[]]>) => {
  const cleaned = someOf(secrets, 'secrets').map((secret: unknown, i) => {
    // The trailing newline of a secrets file must not make another secret of it.
    const bytes = utf8(typeof secret === 'string' ? secret.trim() : '');
    if (bytes.length >= leastBytes) return bytes;
    throw new ConfigError(`secrets[${i}] must be a text of at least ${leastBytes} bytes`);
  });
  return lazy(() => Promise.all(cleaned.map(derive)) as Promise<[Keys, ...Keys[]]>);
};
