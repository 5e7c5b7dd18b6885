/**
 * Under which licences the package brings code of others: what npm installs with it, and what is
 * bundled. Fails on a licence that has not been looked at.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { heading } from './lib/notices.ts';
import { mustRun, root } from './lib/run.ts';

/** Those that allow any use for keeping the notice. */
const permissive = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']);

const licence = /^\S+ \S+ \((.+)\)$/;

const isKnown = (title: string): boolean => permissive.has(licence.exec(title)?.[1] ?? '');

const installed = async (): Promise<string[]> => {
  const args = ['ls', '--omit=dev', '--all', '--parseable'];
  const [, ...folders] = (await mustRun('npm', [...args, '--loglevel=error'])).trim().split('\n');
  return folders.map(heading);
};

const bundled = readFileSync(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8')
  .split('\n')
  .filter((line) => licence.test(line));

const groups = { installed: await installed(), bundled };
for (const [what, titles] of Object.entries(groups)) {
  console.log(`${what}:`);
  for (const title of titles) console.log(`  ${isKnown(title) ? ' ' : '✗'} ${title}`);
}
process.exitCode = Object.values(groups).flat().every(isKnown) ? 0 : 1;
