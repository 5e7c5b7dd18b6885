import { createHash } from 'node:crypto';
import { type FileHandle } from 'node:fs/promises';

/** How much of either end of a file tells it from others. */
const END_BYTES = 65_536;

/**
 * What tells a file from others and survives that it is renamed, copied or touched: its size, and its
 * first and last 64 KiB.
 */
export async function identityOf(file: FileHandle): Promise<string> {
  const { size } = await file.stat();
  const hash = createHash('sha256').update(`${size}:`);
  for (const start of new Set([0, Math.max(0, size - END_BYTES)])) {
    hash.update(await bytesAt(file, start, Math.min(END_BYTES, size)));
  }
  return hash.digest('hex');
}

async function bytesAt(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, start + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}
