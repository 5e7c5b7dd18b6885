import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { laterNodes } from '../../scripts/lib/fetched.ts';
import { repository } from '../support/package.ts';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly strategy?: { readonly matrix: { readonly node: readonly string[] } };
  readonly steps?: readonly Step[];
  readonly uses?: string;
  readonly 'timeout-minutes'?: number;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (path: string): Promise<string> => readFile(join(repository, path), 'utf8');

const folder = '.github/workflows';
const names = (await readdir(join(repository, folder))).toSorted();
const texts = await Promise.all(names.map((name) => read(`${folder}/${name}`)));
const workflows = texts.map((text) => parse(text) as Workflow);
const named = Object.fromEntries(names.map((name, i) => [name, workflows[i] as Workflow]));

const manifest = JSON.parse(await read('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
};

const stepsOf = ({ jobs }: Workflow): Step[] =>
  Object.values(jobs).flatMap(({ steps = [] }) => steps);

const scriptOf = (workflow: string, name: string): string =>
  stepsOf(named[workflow] as Workflow).find((step) => step.name === name)?.run ?? 'exit 99';

describe.each(
  names.map((name, i) => [name, texts[i] as string, workflows[i] as Workflow] as const),
)('%s', (_name, text, workflow) => {
  it('pins every action by its commit, and says which version that is', () => {
    const used = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action as string);
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) {
      expect(action).toMatch(/^(\.\/\.github\/workflows\/|[\w./-]+@[\da-f]{40} # v\d+\.\d+\.\d+$)/);
    }
  });

  it('may no more than it has to', () => {
    expect(Object.values(workflow.permissions).filter((level) => level !== 'read')).toEqual([]);
    expect(text).not.toMatch(/write-all|secrets\.|pull_request_target/);
    for (const job of Object.values(workflow.jobs)) {
      const mayWrite = Object.values(job.permissions ?? {}).includes('write');
      // What npm installs may run anything.
      const runs = (job.steps ?? []).map(({ run = '' }) => run).join('\n');
      expect(mayWrite && /npm (ci|install|run|test)/.test(runs)).toBe(false);
    }
  });

  it('leaves no key of the repository lying around', () => {
    const checkouts = stepsOf(workflow).filter(({ uses }) => uses?.includes('/checkout@'));
    for (const { with: options } of checkouts) {
      expect(options).toMatchObject({ 'persist-credentials': false });
    }
  });

  it('puts nothing that others write into a script', () => {
    for (const { run = '' } of stepsOf(workflow)) expect(run).not.toContain('${{');
  });

  it('comes to an end, one at a time', () => {
    expect(workflow.concurrency).toBeDefined();
    for (const job of Object.values(workflow.jobs)) {
      if (job.uses === undefined) expect(job['timeout-minutes']).toBeGreaterThan(0);
    }
  });

  it('runs scripts that there are', () => {
    const runs = stepsOf(workflow).flatMap(({ run }) => run ?? []);
    const scripts = runs.flatMap((run) => [...run.matchAll(/npm (?:run ([\w:]+)|(test))/g)]);
    for (const [, named, test] of scripts) {
      expect(manifest.scripts).toHaveProperty([named ?? test ?? '']);
    }
  });
});

describe('the tests', () => {
  it('run on the Nodes that are promised', () => {
    const [, oldest] = />=(\d+\.\d+)/.exec(manifest.engines.node) ?? [];
    const newer = laterNodes.map((version) => version.split('.', 1)[0]);
    const nodes = named['test.yml']?.jobs.test?.strategy?.matrix.node;
    expect(nodes).toEqual([oldest, ...newer]);
  });

  it('run before anything is published', () => {
    const jobs = named['publish.yml']?.jobs ?? {};
    expect(jobs).toMatchObject({
      test: { uses: './.github/workflows/test.yml' },
      pack: { needs: 'test' },
      npm: { needs: 'pack', environment: 'npm', permissions: { 'id-token': 'write' } },
      github: { needs: 'npm' },
      docs: { needs: 'npm', uses: './.github/workflows/docs.yml' },
      image: { needs: 'npm' },
    });
    // Nor the docs by another way.
    expect(named['docs.yml']?.on).toEqual({ workflow_call: null });
    const others = Object.entries(jobs).filter(([name]) => name !== 'npm');
    for (const [, job] of others) expect(job.permissions).not.toHaveProperty('id-token');
  });
});

it('publishes each release, also while others wait', () => {
  const group = 'publish-${{ github.ref }}';
  expect(named['publish.yml']?.concurrency).toEqual({ group, 'cancel-in-progress': false });
});

/** Runs a script of a workflow as the forge does. */
const runScript = (
  script: string,
  cwd: string,
  variables: Readonly<Record<string, string>>,
): number | null => {
  const file = { cwd, env: { PATH: process.env.PATH ?? '', HOME: cwd, ...variables } };
  return spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], file).status;
};

describe('what they run', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tallywire-forge-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  const git = (cwd: string, ...args: readonly string[]): string => {
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
    const { status, stdout, stderr } = spawnSync('git', [...who, ...args], {
      cwd,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  };

  it.each([
    ['11.5.0', 1],
    ['9.9.9', 1],
    ['11.5.1', 0],
    ['11.10.0', 0],
    ['12.0.0', 0],
  ])('asks for an npm that can publish so: %s', async (version, expected) => {
    await write('bin/npm', `#!/bin/sh\necho ${version}\n`);
    await chmod(join(folder, 'bin/npm'), 0o755);
    const script = scriptOf(
      'publish.yml',
      'npm is 11.5.1 or later, which trusted publishing needs',
    );
    const PATH = `${folder}/bin:${process.env.PATH}`;
    expect(runScript(script, folder, { PATH })).toBe(expected);
  });

  it('publishes what is tagged with its version, and on main', async () => {
    await write('origin/package.json', '{"version":"1.2.3"}');
    const origin = join(folder, 'origin');
    git(origin, 'init', '--quiet', '--initial-branch', 'main');
    git(origin, 'add', '.');
    git(origin, 'commit', '--quiet', '--message', 'One');
    git(folder, 'clone', '--quiet', origin, 'clone');
    const clone = join(folder, 'clone');
    const script = scriptOf('publish.yml', 'The tag is the version, and on main');
    const check = (tag: string): number | null =>
      runScript(script, clone, {
        GITHUB_REF_NAME: tag,
        GITHUB_SHA: git(clone, 'rev-parse', 'HEAD'),
      });
    expect(check('v1.2.3')).toBe(0);
    expect(check('v1.2.4')).not.toBe(0);
    git(clone, 'commit', '--quiet', '--allow-empty', '--message', 'Elsewhere');
    expect(check('v1.2.3')).not.toBe(0);
  });

  it('puts the docs of a release beside the others', async () => {
    const server = { GITHUB_SERVER_URL: `file://${folder}`, GITHUB_REPOSITORY: 'pages' };
    git(folder, 'init', '--quiet', '--bare', 'pages.git');
    const bare = join(folder, 'pages.git');
    const published = (): string => git(bare, 'ls-tree', '-r', '--name-only', 'gh-pages');

    /** Whether there is something published, as the first job asks. */
    const ask = async (more = {}): Promise<string> => {
      await write('output', '');
      const env = { ...server, GITHUB_OUTPUT: join(folder, 'output'), ...more };
      const code = runScript(scriptOf('docs.yml', 'What is published'), folder, env);
      return code === 0 ? (await readFile(join(folder, 'output'), 'utf8')).trim() : `${code}`;
    };
    const publish = async (name: string, files: readonly string[]): Promise<number | null> => {
      for (const file of files) await write(`${name}/${file}`, name);
      const script = scriptOf('docs.yml', 'Publish');
      return runScript(script, join(folder, name), { ...server, GITHUB_REF_NAME: name });
    };

    expect(await ask()).toBe('exists=false');
    expect(await publish('one', ['0.1.0/index.html', 'latest/index.html'])).toBe(0);
    expect(await ask()).toBe('exists=true');
    // Not to be reached is not the same as not to be there: all versions would be lost.
    expect(await ask({ GITHUB_REPOSITORY: 'nowhere' })).not.toMatch(/exists/);
    const more = ['0.1.0/index.html', '0.2.0/index.html', 'latest/index.html'];
    expect(await publish('two', more)).toBe(0);
    expect(published().split('\n')).toEqual(more);
    expect(git(bare, 'log', '--format=%s', 'gh-pages')).toBe('Docs of two\nDocs of one');
  });
});
