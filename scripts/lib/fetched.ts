/** Programs that only some tests and scripts need: npm packages, fetched at their first use and kept. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun, root } from './run.ts';

/**
 * Where the package is, e.g. of `bun@1.4.5`, with what it depends on beside it.
 *
 * @throws Error that says why it is not to be had.
 */
export const fetched = async (spec: string): Promise<string> => {
  const folder = join(root, '.cache/fetched', spec);
  const modules = join(folder, 'node_modules');
  const found = join(modules, spec.slice(0, spec.lastIndexOf('@')));
  if (existsSync(folder)) return found;
  const draft = `${folder}-${process.pid}`;
  await mkdir(draft, { recursive: true });
  await writeFile(join(draft, 'package.json'), '{"private":true}');
  try {
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'];
    await mustRun('npm', ['install', ...quiet, spec], { cwd: draft });
    // Whole or not at all: who was stopped in between leaves nothing half done.
    await rename(draft, folder).catch((error: unknown) => {
      // Another one was quicker.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return found;
};

/** The oldest Node that is promised: development is on its like. */
export const oldestNode = '20.19.0';

/** The others. */
export const laterNodes = ['22.23.3', '24.21.0', '26.10.0'] as const;

/** Node's own program of a version. */
export const nodeOf = async (version: string): Promise<string> =>
  join(await fetched(`node-${process.platform}-${process.arch}@${version}`), 'bin/node');
