import {
  existsSync,
  lstatSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Writes a whole file or none: who reads it meanwhile, or when this fails, finds the one before.
 *
 * @throws Error in a sentence.
 */
export function writeWhole(output: string, text: string): void {
  try {
    const file = existsSync(output) ? realpathSync(output) : output;
    // A pipe or a device cannot be replaced.
    if (existsSync(file) && !lstatSync(file).isFile()) return writeFileSync(file, text);
    const draft = join(dirname(file), `.tallywire-${process.pid}-${Date.now()}`);
    try {
      writeFileSync(draft, text, { flag: 'wx' });
      renameSync(draft, file);
    } finally {
      rmSync(draft, { force: true });
    }
  } catch (cause) {
    throw new Error(`cannot write ${output}: ${(cause as Error).message}`, { cause });
  }
}

/** A file for a page that is only to be looked at; other users of the machine cannot read it. */
export const pageToLookAt = (): string =>
  join(mkdtempSync(join(tmpdir(), 'tallywire-')), 'report.html');
