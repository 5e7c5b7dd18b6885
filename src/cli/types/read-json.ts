/** The vendor's largest file has 43 kB. */
const MAX_BYTES = 16 * 1024 * 1024;

const WHOLE_REQUEST =
  'it is a whole request, as fetch or curl: copy the payload alone (Network, the request, Payload, view source)';

/**
 * What a JSON text in UTF-8, or in the UTF-16 of a Windows shell, says.
 *
 * @throws Error in one sentence, also for a number that JavaScript would change.
 */
export function readJson(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_BYTES) throw new Error('it is larger than 16 MiB');
  const text = decode(bytes);
  if (text.trim() === '') throw new Error('there is nothing in it');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // What the browser's "Copy as fetch" and "Copy as cURL" give.
    const isRequest = /^\s*(await\s+)?(fetch\(|curl\s)/i.test(text);
    const why = isRequest ? WHOLE_REQUEST : `it is not JSON: ${(error as Error).message}`;
    throw new Error(why, { cause: error });
  }
  refuseInexact(text);
  return value;
}

function decode(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Error('it is no text in UTF-8', { cause: error });
  }
}

/** Ids of advertisements have more digits than a number of JavaScript can hold. */
function refuseInexact(text: string): void {
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g)) {
    if (token.startsWith('"') || isExact(token)) continue;
    throw new Error(`JavaScript cannot hold the number ${token.slice(0, 40)}: write it as a text`);
  }
}

function isExact(token: string): boolean {
  const value = Number(token);
  if (!Number.isFinite(value)) return false;
  return token.length < 16 || !/^-?\d+$/.test(token) || BigInt(token) === BigInt(value);
}
