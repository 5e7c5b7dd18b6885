import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { UsageCount, UsageEvent } from '../../src/index.ts';

/** One line of the input: a record to send, or why it is none. */
export type Line =
  | { readonly number: number; readonly record: UsageEvent | UsageCount }
  | { readonly number: number; readonly problem: string };

/** A file, or standard input for `-`. */
export const open = (path: string): Readable =>
  path === '-' ? process.stdin : createReadStream(path);

const parse = (text: string): { record: UsageEvent | UsageCount } | { problem: string } => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'not JSON' };
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { record: value as UsageEvent | UsageCount }
    : { problem: 'not an object' };
};

/** NDJSON, a line at a time: as much of it is in memory as is being sent. Empty lines are skipped. */
export async function* readLines(input: Readable): AsyncGenerator<Line> {
  const failed = new Promise<never>((_, reject) => input.once('error', reject));
  failed.catch(() => {});
  const lines = createInterface({ input, crlfDelay: Infinity })[Symbol.asyncIterator]();
  for (let number = 1; ; number += 1) {
    const next = await Promise.race([lines.next(), failed]);
    if (next.done) return;
    if (next.value.trim() !== '') yield { number, ...parse(next.value) };
  }
}
