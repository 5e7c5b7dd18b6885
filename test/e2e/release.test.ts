import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '../support/package.ts';

/** A repository of its own, with a suite and a build that take no time. */
let folder: string;

const env = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|GIT_)/i.test(name)),
  ),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

const inFolder = (command: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { code: status, output: stdout + stderr };
};

const git = (...args: readonly string[]): string => {
  const { code, output } = inFolder('git', ...args);
  if (code !== 0) throw new Error(output);
  return output.trim();
};

const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
};
const read = (path: string): Promise<string> => readFile(join(folder, path), 'utf8');

const commit = (): string => {
  git('add', '--all');
  return git('commit', '--quiet', '--message', 'Work');
};

const release = (...args: readonly string[]) => {
  const tsx = join(repository, 'node_modules/tsx/dist/cli.mjs');
  return inFolder(process.execPath, tsx, join(repository, 'scripts/release.ts'), ...args);
};

const state = (): string => git('rev-parse', 'HEAD') + git('tag') + git('status', '--porcelain');

const changelog = (section: string): string =>
  `# Changelog\n\n## [Unreleased]\n\n${section}\n\n## [0.0.1] - 2020-01-01\n\n- Old.\n`;

const manifest = (scripts: object): string =>
  `${JSON.stringify(
    {
      name: 'sample',
      version: '0.1.0',
      type: 'module',
      exports: { '.': './dist/index.js' },
      files: ['dist'],
      // What it would take to fail is put into the folder by a test.
      scripts: { test: 'test ! -e .cache/red', build: 'sh build.sh', ...scripts },
    },
    undefined,
    2,
  )}\n`;

const document = (version: string, path: string): string => `openapi: 3.1.0
info: { title: Sample, version: ${version} }
paths:
  ${path}:
    get:
      operationId: sample
      responses:
        '200': { description: It is there. }
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallywire-release-'));
  git('init', '--quiet', '--initial-branch', 'main');
  git('config', 'user.name', 'A');
  git('config', 'user.email', 'a@example.com');
  // A viewer of one's own, which prints nothing.
  git('config', 'diff.external', 'true');
  await write('.gitignore', '.cache\ndist\n');
  await write('package.json', manifest({}));
  await write('build.sh', 'mkdir -p dist && echo "export const a = 1;" > dist/index.js\n');
  await write('README.md', 'A sample.\n');
  await write('LICENSE', 'MIT\n');
  await write(guide, pins('0.1.0'));
  await write('CHANGELOG.md', changelog('### Added\n\n- All of it.'));
  await write('openapi/sample.yaml', document('1.0.0', '/samples'));
  await write('openapi/sample.arazzo.yaml', 'arazzo: 1.0.1\n');
  await write('generated/api/sample.api.md', '```ts\n\nexport const a: number;\n\n```\n');
  inFolder('npm', 'install', '--package-lock-only', '--offline', '--loglevel=silent');
  commit();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const guide = 'src/site/guides/containers-and-ci.md';
const pins = (version: string): string =>
  `npx tallywire@${version}, your-org/tallywire-mock:${version}, example@0.1.0\n`;

/** In their order: each begins where the one before it has ended. */
describe('npm run release', { timeout: 60_000 }, () => {
  it('wants to know which one', () => {
    expect(release()).toMatchObject({ code: 2, output: expect.stringContaining('--dry-run') });
  });

  it('refuses what is not ready, and changes nothing', async () => {
    git('switch', '--quiet', '--create', 'side');
    await write('note.txt', 'a');
    const before = state();
    const { code, output } = release('minor');
    expect(code).toBe(1);
    expect(output).toMatch(/dirty(.|\n)*note\.txt(.|\n)*branch "side"/);
    expect(state()).toBe(before);
    await rm(join(folder, 'note.txt'));
    git('switch', '--quiet', 'main');
  });

  it('refuses a red suite', async () => {
    await write('.cache/red', '');
    const before = state();
    const { code, output } = release('0.1.0');
    expect(code).toBe(1);
    expect(output).toContain('`npm test` is red');
    expect(state()).toBe(before);
    await rm(join(folder, '.cache/red'));
  });

  it('says in a dry run what would be, and changes nothing', async () => {
    await write('.cache/red', '');
    const before = state();
    const { code, output } = release('0.1.0', '--dry-run');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/first release(.|\n)*Nothing would refuse 0\.1\.0/);
    expect(state()).toBe(before);
    await rm(join(folder, '.cache/red'));
  });

  it('makes the first one', async () => {
    const { code, output } = release('0.1.0');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('git push --atomic origin main v0.1.0');
    expect(git('describe')).toBe('v0.1.0');
    expect(git('log', '-1', '--format=%s')).toBe('Release 0.1.0');
    expect(git('status', '--porcelain')).toBe('');
    expect(await read('CHANGELOG.md')).toMatch(
      /^# Changelog\n\n## \[Unreleased\]\n\n## \[0\.1\.0\] - \d{4}-\d\d-\d\d\n\n### Added\n\n- All of it\.\n\n## \[0\.0\.1\]/,
    );
    expect(existsSync(join(folder, '.cache/release/sample-0.1.0.tgz'))).toBe(true);
  });

  it('refuses another contract and another API that say so nowhere', async () => {
    await write('openapi/sample.yaml', document('1.0.0', '/examples'));
    await write('openapi/sample.arazzo.yaml', 'arazzo: 1.0.2\n');
    await write('generated/api/sample.api.md', '```ts\n\nexport const a: string;\n\n```\n');
    await write('CHANGELOG.md', changelog('### Fixed\n\n- A thing.'));
    commit();
    const before = state();
    const { code, output } = release('patch');
    expect(code).toBe(1);
    expect(output.match(/^✗.*/gm)).toEqual([
      expect.stringMatching(/API has changed.*"Changed" or "Removed"/),
      expect.stringMatching(/sample\.yaml has changed by a major step.* to 2\.0\.0/),
      expect.stringMatching(/0\.1\.1 is too small.*sample\.yaml and .* release 0\.2\.0/),
    ]);
    expect(output).not.toContain('arazzo');
    expect(state()).toBe(before);
  });

  it('leaves everything as it was when the package is not what it has to be', async () => {
    await write('openapi/sample.yaml', document('2.0.0', '/examples'));
    await write('CHANGELOG.md', changelog('### Changed\n\n- A thing.'));
    await write('build.sh', 'rm -rf dist; mkdir dist\n');
    commit();
    const before = state();
    const { code, output } = release('minor');
    expect(code).toBe(1);
    expect(output).toContain('it has no dist/index.js');
    expect(state()).toBe(before);
  });

  it('makes the next one', async () => {
    await appendFile(join(folder, 'build.sh'), 'echo > dist/index.js\n');
    commit();
    const { code, output } = release('minor');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('openapi/sample.yaml: major, 1.0.0 → 2.0.0');
    expect(git('tag').split('\n')).toEqual(['v0.1.0', 'v0.2.0']);
    expect(git('show', '--name-only', '--format=', 'HEAD').split('\n')).toEqual([
      'CHANGELOG.md',
      'package-lock.json',
      'package.json',
      guide,
    ]);
    expect(await read(guide)).toBe(pins('0.2.0'));
    for (const file of ['package.json', 'package-lock.json']) {
      expect(JSON.parse(await read(file))).toMatchObject({ version: '0.2.0' });
    }
  });
});
