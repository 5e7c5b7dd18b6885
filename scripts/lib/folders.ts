/** What builds have in common: folders that are newer than their sources, and are replaced whole. */
import { existsSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { filesBelow } from './declarations.ts';
import { root } from './run.ts';

const filesOf = async (path: string): Promise<readonly string[]> => {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  return (await stat(full)).isDirectory() ? filesBelow(full) : [full];
};

/** Whether a build's stamp, which it writes last, is newer than all its sources in the repository. */
export const isFresh = async (stamp: string, sources: readonly string[]): Promise<boolean> => {
  if (!existsSync(stamp)) return false;
  const built = (await stat(stamp)).mtimeMs;
  const files = (await Promise.all(sources.map(filesOf))).flat();
  const stats = await Promise.all(files.map((file) => stat(file)));
  return stats.every(({ mtimeMs }) => mtimeMs < built);
};

/** Puts a draft in the place of a folder in one go: whoever reads that finds it whole. */
export const replaceFolder = async (draft: string, place: string): Promise<void> => {
  const old = `${draft}-old`;
  if (existsSync(place)) await rename(place, old);
  await rename(draft, place);
  await rm(old, { recursive: true, force: true });
};
