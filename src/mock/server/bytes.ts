import { isUtf8 } from 'node:buffer';

// Bodies are text everywhere in the emulator. Bytes that are none in UTF-8, as a gateway's page in
// Latin-1 has them, become lone surrogates (U+DC80 to U+DCFF), which no text in UTF-8 can hold, and
// bytes again on their way out, so that what is forwarded or recorded stays what it was.

const ESCAPE = 0xdc00;

/** A body as text, without loss. */
export function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const parts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const size = validLength(bytes, at);
    parts.push(bytes.toString('utf8', at, at + size));
    at += size;
    if (at < bytes.length) parts.push(String.fromCharCode(ESCAPE + (bytes[at] ?? 0)));
    at += 1;
  }
  return parts.join('');
}

/** The bytes that a text was made of. */
export function bytesOf(text: string): Buffer {
  if (!hasOtherBytes(text)) return Buffer.from(text);
  const parts = text.split(/([\udc80-\udcff])/u).map((part) => {
    const code = part.length === 1 ? part.charCodeAt(0) - ESCAPE : 0;
    return code >= 0x80 && code <= 0xff ? Buffer.from([code]) : Buffer.from(part);
  });
  return Buffer.concat(parts);
}

/** Whether a text holds bytes that are no text, or half a character. */
export const hasOtherBytes = (text: string): boolean => /\p{Surrogate}/u.test(text);

/** How many bytes from here on are characters, up to the first one that is not. */
function validLength(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length) {
    const size = sizeOf(bytes[at] ?? 0);
    if (size === 0 || at + size > bytes.length) break;
    if (size > 1 && !isUtf8(bytes.subarray(at, at + size))) break;
    at += size;
  }
  return at - start;
}

/** How many bytes a character has by its first one, 0 if none begins so. */
const sizeOf = (first: number): number =>
  first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
