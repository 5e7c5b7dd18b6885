import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

/** The longest answer of an upstream, also once it is decompressed. */
export const MAX_BYTES = 64 * 1024 * 1024;

const DECODERS = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

/**
 * The whole body of an answer, decompressed: some servers compress what nobody asked them to.
 *
 * @throws Error if it is too long, or compressed in a way that is not known.
 */
export async function readBody(
  stream: AsyncIterable<Uint8Array>,
  encoding: string,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(TOO_LARGE);
    chunks.push(chunk);
  }
  return decoded(Buffer.concat(chunks), encoding.trim().toLowerCase());
}

const TOO_LARGE = `its answer is larger than ${MAX_BYTES} bytes`;

async function decoded(bytes: Buffer, encoding: string): Promise<Buffer> {
  if (bytes.length === 0 || encoding === '' || encoding === 'identity') return bytes;
  if (!Object.hasOwn(DECODERS, encoding)) {
    throw new Error(`its Content-Encoding ${encoding} is not known`);
  }
  const decode = DECODERS[encoding as keyof typeof DECODERS];
  try {
    return await decode(bytes, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ERR_BUFFER_TOO_LARGE' ? TOO_LARGE : `its body is not ${encoding}`;
    throw new Error(`${reason} (${message})`, { cause: error });
  }
}
