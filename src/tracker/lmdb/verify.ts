import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OutboxError } from '../../http/errors.ts';
import { dataFile } from './place.ts';
import { findDamage } from './structure.ts';

const markOf = async (dir: string): Promise<string> => {
  const { size, mtimeMs } = await stat(dataFile(dir));
  return `${size} ${mtimeMs}`;
};

const markFile = (dir: string): string => join(dir, 'closed');

/** Notes that the store was closed as it is now, so that the next one need not look at all of it. */
export const markClosed = async (dir: string): Promise<void> => {
  try {
    await writeFile(markFile(dir), await markOf(dir), { mode: 0o600 });
  } catch {
    // Then the next one looks.
  }
};

/**
 * After anything but a clean end, makes sure that the store can be used without ending this process.
 *
 * @throws OutboxError when it is damaged.
 */
export const verifyStore = async (dir: string): Promise<void> => {
  const mark = await readFile(markFile(dir), 'utf8').catch(() => '');
  if (mark === (await markOf(dir))) return;
  const damage = await findDamage(dataFile(dir));
  if (damage === undefined) return;
  throw new OutboxError('unusable', `the outbox ${dir} is damaged: ${damage}`, {
    hint: 'move it away to begin with an empty outbox',
  });
};
