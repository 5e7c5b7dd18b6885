import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { identityOf } from './identity.ts';

/** A file, or standard input, to be read once from the beginning. */
export interface Input {
  /** In bytes, where it is known. */
  readonly size: number | undefined;
  /** See `identityOf`; `undefined` for what cannot be read twice. */
  readonly identity: string | undefined;
  readonly chunks: AsyncIterable<Buffer>;
  readonly bytesRead: () => number;
  /** Ends the reading, also while it waits for more. */
  readonly stop: () => void;
}

/** Large enough that a batch of rows costs little beside them. */
const CHUNK = 262_144;

/** @throws Error in a sentence for what cannot be read. */
export async function openInput(source: string): Promise<Input> {
  if (source === '-') return readingFrom(process.stdin, undefined, undefined);
  const file = await openFile(source);
  const stat = await file.stat();
  const identity = stat.isFile() ? await identityOf(file) : undefined;
  const size = stat.isFile() ? stat.size : undefined;
  return readingFrom(file.createReadStream({ highWaterMark: CHUNK, start: 0 }), size, identity);
}

async function openFile(source: string): Promise<FileHandle> {
  try {
    const file = await open(source);
    if (!(await file.stat()).isDirectory()) return file;
    await file.close();
  } catch (error) {
    throw new Error(`cannot read ${source}: ${(error as Error).message}`, { cause: error });
  }
  throw new Error(`cannot read ${source}: it is a directory`);
}

function readingFrom(stream: Readable, size?: number, identity?: string): Input {
  let bytes = 0;
  async function* chunks(): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (bytes === 0) refuseForeign(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  return {
    size,
    identity,
    chunks: chunks(),
    bytesRead: () => bytes,
    stop: () => void stream.destroy(),
  };
}

/** What a file can begin with that is surely no text in UTF-8. */
function refuseForeign(chunk: Buffer): void {
  const begins = (...bytes: readonly number[]): boolean =>
    bytes.every((one, i) => chunk[i] === one);
  if (begins(0x1f, 0x8b)) throw new Error('it is compressed: gunzip -c FILE | tallywire send -');
  if (begins(0xff, 0xfe) || begins(0xfe, 0xff)) {
    throw new Error('it is UTF-16: iconv -f UTF-16 -t UTF-8 FILE | tallywire send -');
  }
}
