import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { compareApi, type Git } from '../../scripts/release/compare.ts';
import { entries } from '../../scripts/lib/entries.ts';
import { mustRun } from '../../scripts/lib/run.ts';
import { buildPackage } from '../support/build.ts';
import { repository } from '../support/package.ts';

const path = 'generated/api/tallywire.api.md';
const report = await readFile(join(repository, path), 'utf8');

/** What an entry exports, types and values, as the report has it. */
const listed = (entry: string): readonly string[] => {
  const namespace = entry === '.' ? 'tallywire' : entry.slice(2).replaceAll(/\W/g, '_');
  const [, list = ''] =
    new RegExp(`^declare namespace ${namespace} \\{\n    export \\{\n(.*?)\n    \\}`, 'ms').exec(
      report,
    ) ?? [];
  return list.split(',\n').map((line) => line.trim().replace(/^.* as /, ''));
};

describe('the API report', () => {
  beforeAll(() => buildPackage(), 120_000);

  it.each(entries.map(({ name, module }) => [name, module] as const))(
    'has everything that %s exports',
    async (name, module) => {
      const file = pathToFileURL(join(repository, 'dist', `${module}.js`)).href;
      const exported = Object.keys((await import(file)) as object);
      expect(exported.length).toBeGreaterThan(0);
      expect(listed(name)).toEqual(expect.arrayContaining(exported));
    },
  );

  it('has what public types are made of', () => {
    for (const name of ['interface MockApi ', 'interface components ', 'type FetchLike = ']) {
      expect(report).toContain(name);
    }
  });

  it('tells nothing of the machine that wrote it', () => {
    expect(report).not.toContain(repository);
    expect(report).not.toMatch(/import\(["'](?!node:)/);
  });

  it('says line by line what a release would change', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tallywire-api-'));
    const git: Git = (...args) =>
      mustRun('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
        cwd: folder,
      });
    const commit = async (text: string): Promise<void> => {
      await mkdir(join(folder, 'generated/api'), { recursive: true });
      await writeFile(join(folder, path), text);
      await git('add', '.');
      await git('commit', '--quiet', '--allow-empty', '--message', 'One');
    };
    try {
      await git('init', '--quiet');
      await commit(report);
      await git('tag', 'v0.1.0');
      await commit(report.replaceAll('// @public', '// @beta'));
      expect(await compareApi(git, 'v0.1.0')).toEqual({ gone: [], added: [] });
      await commit(report.replace(/^interface Receipt \{\n/m, '$&    readonly more?: 1;\n'));
      const wider = { gone: [], added: ['    readonly more?: 1;'] };
      expect(await compareApi(git, 'v0.1.0')).toEqual(wider);
      await commit(report.replace(/^ +readonly attempts: number;\n/m, ''));
      const narrower = { gone: ['    readonly attempts: number;'], added: [] };
      expect(await compareApi(git, 'v0.1.0')).toEqual(narrower);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
