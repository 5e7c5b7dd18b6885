/** Bytes as WebCrypto takes them. */
export type Bytes = Uint8Array<ArrayBuffer>;

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

export const joined = (...parts: readonly ArrayLike<number>[]): Bytes =>
  Uint8Array.from(parts.flatMap((part) => Array.from(part)));

export const sameBytes = (a: Bytes, b: Bytes): boolean => String(a) === String(b);

export const toBase64Url = (bytes: Bytes): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** The bytes of a text, if it is the one text that `toBase64Url` makes of them. */
export const fromBase64Url = (text: string): Bytes | undefined => {
  // One character over makes no byte: atob would throw.
  if (!/^[\w-]{1,255}$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  // atob does not mind what is left in the last bits.
  return toBase64Url(bytes) === text ? bytes : undefined;
};

/** The first 16 bytes as they have to be in a UUID of version 4, the kind that Connect is used to. */
export const asUuid = (bytes: Bytes): Bytes => {
  const uuid = bytes.slice(0, 16);
  uuid[6] = ((uuid[6] as number) & 0x0f) | 0x40;
  uuid[8] = ((uuid[8] as number) & 0x3f) | 0x80;
  return uuid;
};

export const uuidText = (bytes: Bytes): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
