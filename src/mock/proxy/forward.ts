import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Incoming, Reply } from '../exchange.ts';

/** Sends a request to another server, and returns its answer with the body as text. */
export type Forward = (
  base: string,
  path: string,
  incoming: Incoming,
) => Promise<Reply | { readonly problem: string }>;

/** Connect may take a hundred seconds for metrics. */
const TIMEOUT_MS = 150_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** What belongs to one connection, or is ours to say. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'origin',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'referer',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Redirects are not followed: they would carry the key to another host. */
export function createForward(): Forward {
  return async (base, path, { method, target, headers, body, signal }) => {
    try {
      // Only who forwards has to wait for it.
      const { request } = await import('undici');
      const query = /\?[^#]*/.exec(target)?.[0] ?? '';
      const answer = await request(`${base}${path}${query}`, {
        method: method as 'GET',
        headers: { ...forwarded(headers), 'accept-encoding': 'identity' },
        ...(body === '' ? {} : { body }),
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
        ...(signal ? { signal } : {}),
      });
      const bytes = await readAll(answer.body);
      const text = await decoded(bytes, String(answer.headers['content-encoding'] ?? ''));
      return {
        status: answer.statusCode,
        headers: forwarded(
          Object.fromEntries(
            Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
          ),
        ),
        body: text,
      };
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  };
}

const forwarded = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name)));

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`its answer is larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const DECODERS = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

/** Some servers compress what nobody asked them to. */
async function decoded(bytes: Buffer, encoding: string): Promise<string> {
  if (encoding === '' || encoding === 'identity') return bytes.toString('utf8');
  if (!Object.hasOwn(DECODERS, encoding)) throw new Error(`its encoding is ${encoding}`);
  const decode = DECODERS[encoding as keyof typeof DECODERS];
  const plain = (await decode(bytes, { maxOutputLength: MAX_BYTES })) as Buffer;
  return plain.toString('utf8');
}
