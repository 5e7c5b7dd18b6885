import { isUtf8 } from 'node:buffer';

// Bodies are text everywhere in the emulator. Bytes that are none in UTF-8, as a gateway's page in
// Latin-1 has them, become lone surrogates (U+DC80 to U+DCFF), which no text in UTF-8 can hold, and
// bytes again on their way out, so that what is forwarded or recorded stays what it was. (Python
// calls this `surrogateescape`.)

/** A body as text, without loss. */
export function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  // Twice as long in UTF-16, at most; a text in parts would take too long to put together.
  const units = Buffer.alloc(bytes.length * 2);
  let length = 0;
  for (let at = 0; at < bytes.length;) {
    const size = sizeAt(bytes, at);
    if (size < 2) {
      const byte = bytes.readUInt8(at);
      length = units.writeUInt16LE(size === 1 ? byte : ESCAPE + byte, length);
    } else length += units.write(bytes.toString('utf8', at, at + size), length, 'utf16le');
    at += size || 1;
  }
  return units.toString('utf16le', 0, length);
}

/** The bytes that a text was made of. */
export function bytesOf(text: string): Buffer {
  if (!hasOtherBytes(text)) return Buffer.from(text);
  const bytes = Buffer.alloc(text.length * 3);
  let length = 0;
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0;
    const byte = code - ESCAPE;
    if (code < 0x80) length = bytes.writeUInt8(code, length);
    else if (byte >= 0x80 && byte <= 0xff) length = bytes.writeUInt8(byte, length);
    else length += bytes.write(String.fromCodePoint(code), length);
    at += code > 0xffff ? 2 : 1;
  }
  return bytes.subarray(0, length);
}

/** Whether a text holds bytes that are no text, or half a character. */
export const hasOtherBytes = (text: string): boolean => /\p{Surrogate}/u.test(text);

const ESCAPE = 0xdc00;

/** How many bytes the character here has, 0 if there is none. */
function sizeAt(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const whole = at + size <= bytes.length && isUtf8(bytes.subarray(at, at + size));
  return whole ? size : 0;
}
