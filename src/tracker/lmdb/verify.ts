import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { OutboxError } from '../../http/errors.ts';
import { dataFile, markFile } from './place.ts';
import { findDamage } from './structure.ts';

const markOf = async (dir: string): Promise<string> => {
  const { size, mtimeMs } = await stat(dataFile(dir));
  return `${size} ${mtimeMs}`;
};

/** Notes that the store was closed as it is now, so that the next one need not look at all of it. */
export const markClosed = async (dir: string): Promise<void> => {
  try {
    const mark = await markOf(dir);
    await rm(markFile(dir), { force: true });
    // A new file: what somebody put there in its place is not written to.
    await writeFile(markFile(dir), mark, { mode: 0o600, flag: 'wx' });
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
