import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareVersions } from '../lib/compare-versions.ts';
import { readUnreleased } from './changelog.ts';
import { compareApi, compareDocuments, type Git } from './compare.ts';
import type { Facts } from './decide.ts';
import { isVersion } from './version.ts';

/** As the command line says it. */
export interface Asked {
  readonly wanted: string;
  readonly isCompatible: boolean;
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

const versionsOf = (tags: string): string[] =>
  lines(tags)
    .map((tag) => tag.slice(1))
    .filter(isVersion)
    .toSorted(compareVersions);

/** Looks at a repository, and changes nothing. */
export const gather = async (folder: string, git: Git, asked: Asked): Promise<Facts> => {
  const [manifest, changelog, status, branch, tags, reachable] = await Promise.all([
    readFile(join(folder, 'package.json'), 'utf8'),
    readFile(join(folder, 'CHANGELOG.md'), 'utf8'),
    git('status', '--porcelain'),
    git('branch', '--show-current'),
    git('tag', '--list', 'v*'),
    git('tag', '--list', 'v*', '--merged', 'HEAD'),
  ]);
  const last = versionsOf(reachable).at(-1);
  return {
    ...asked,
    current: (JSON.parse(manifest) as { readonly version: string }).version,
    tagged: versionsOf(tags),
    ...(last !== undefined && { last }),
    branch: branch.trim() || 'no branch',
    dirty: lines(status),
    unreleased: readUnreleased(changelog),
    documents: last === undefined ? [] : await compareDocuments(git, `v${last}`),
    api: last === undefined ? { gone: [], added: [] } : await compareApi(git, `v${last}`),
  };
};
