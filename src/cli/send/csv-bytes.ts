export const LINE_FEED = 10;
const QUOTE = 34;

/** `,` `;` tab `|`, the likeliest first. */
const DELIMITERS: readonly number[] = [44, 59, 9, 124];

/** The delimiter that stands most often, outside quotes, in the first line. */
export function guessDelimiter(bytes: Uint8Array): number {
  const counts = new Map<number, number>();
  let isQuoted = false;
  for (const byte of bytes) {
    if (byte === LINE_FEED) break;
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if (!isQuoted) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  }
  const count = (one: number): number => counts.get(one) ?? 0;
  return DELIMITERS.reduce((best, one) => (count(one) > count(best) ? one : best));
}

/**
 * Where the record that begins at `at` ends: the place of its line feed, -1 when there is none, and
 * whether the bytes end within quotes. A quote opens only at the beginning of a field.
 */
export function recordEnd(
  bytes: Uint8Array,
  at: number,
  delimiter: number,
): { readonly end: number; readonly isQuoted: boolean } {
  let isQuoted = false;
  let isFieldStart = true;
  for (let i = at; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (isQuoted) {
      // Of a doubled quote the first closes, and the second opens again.
      if (byte === QUOTE) isQuoted = false;
      isFieldStart = byte === QUOTE;
    } else if (byte === LINE_FEED) {
      return { end: i, isQuoted };
    } else if (byte === QUOTE && isFieldStart) {
      isQuoted = true;
    } else isFieldStart = byte === delimiter;
  }
  return { end: -1, isQuoted };
}
