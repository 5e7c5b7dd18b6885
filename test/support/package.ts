import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesBelow } from '../../scripts/lib/declarations.ts';
import { type Finished, mustRun, run } from '../../scripts/lib/run.ts';
import { buildPackage } from './build.ts';

export const repository: string = fileURLToPath(new URL('../..', import.meta.url));

/** A project of a user, far from this repository, with the packed package in it. */
export interface Project extends AsyncDisposable {
  readonly folder: string;
  /** The files in the tarball. */
  readonly packed: readonly string[];
  readonly read: (path: string) => Promise<string>;
  readonly write: (path: string, text: string) => Promise<void>;
  readonly run: (command: string, args: readonly string[]) => Promise<Finished>;
}

/** npm under the Node that runs the tests, without the settings that it hands to scripts. */
const environment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_)/i.test(name)),
  ),
  npm_config_loglevel: 'error',
});

interface Installed {
  /** The project of a user in which nothing is but the package. */
  readonly folder: string;
  readonly packed: readonly string[];
}

/** Changes with anything that `npm pack` may take. */
const fingerprint = async (): Promise<string> => {
  const hash = createHash('sha256');
  const { files } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as {
    readonly files: readonly string[];
  };
  const kept = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];
  for (const name of [...kept, ...files]) {
    const path = join(repository, name);
    const below = (await stat(path)).isDirectory() ? await filesBelow(path) : [path];
    for (const file of below.toSorted()) hash.update(file).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
};

const install = async (folder: string): Promise<void> => {
  const env = environment();
  await mkdir(folder, { recursive: true });
  const pack = ['pack', '--json', '--ignore-scripts', '--loglevel=error'];
  const report = await mustRun('npm', [...pack, '--pack-destination', folder], { env });
  const [{ filename, files }] = JSON.parse(report) as [
    { readonly filename: string; readonly files: readonly { readonly path: string }[] },
  ];
  await writeFile(join(folder, '.packed.json'), JSON.stringify(files.map(({ path }) => path)));
  const project = { name: 'project', version: '1.0.0', private: true };
  await writeFile(join(folder, 'package.json'), JSON.stringify(project));
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await mustRun('npm', ['install', ...quietly, join(folder, filename)], { cwd: folder, env });
};

/** Those of builds that nobody has by now. */
const removeOutdated = async (): Promise<void> => {
  const cache = join(repository, '.cache');
  for (const name of await readdir(cache)) {
    if (!name.startsWith('installed-')) continue;
    const { mtimeMs } = await stat(join(cache, name));
    if (mtimeMs < Date.now() - 86_400_000) await rm(join(cache, name), { recursive: true });
  }
};

/** Packs and installs what is in dist/, or finds that it has been. */
const installOnce = async (): Promise<Installed> => {
  const folder = join(repository, '.cache', `installed-${await fingerprint()}`);
  if (!existsSync(folder)) {
    const draft = `${folder}-${process.pid}`;
    await install(draft);
    // Another test may have been faster.
    await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }));
    await removeOutdated();
  }
  const packed = JSON.parse(await readFile(join(folder, '.packed.json'), 'utf8')) as string[];
  return { folder, packed };
};

/** A project with the packed package in it. Builds, packs and installs if need be. */
export const installPackage = async (): Promise<Project> => {
  await buildPackage();
  const installed = await installOnce();
  const folder = await mkdtemp(join(tmpdir(), 'tallywire-project-'));
  // Copies, not links: npm and tests may write into them.
  await cp(installed.folder, folder, { recursive: true, verbatimSymlinks: true });
  return {
    folder,
    packed: installed.packed,
    read: (path) => readFile(join(folder, path), 'utf8'),
    write: async (path, text) => {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    },
    run: (command, args) => run(command, args, { cwd: folder, env: environment() }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
};

/** Runs a program in the project; what it prints as JSON. */
export const outputOf = async (project: Project, file: string, text: string): Promise<unknown> => {
  await project.write(file, text);
  const { code, output } = await project.run(process.execPath, [file]);
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${output}`);
  return JSON.parse(output) as unknown;
};

/** What users may install beside the package. */
export const optionalPackages = [
  '@opentelemetry/api',
  'bullmq',
  'email-providers',
  'ioredis',
  'lmdb',
] as const;

/** Puts packages of this repository into a folder below the project, as if they were installed. */
export const link = async (
  { folder }: Project,
  names: readonly string[],
  below = '.',
): Promise<void> => {
  for (const name of names) {
    const path = join(folder, below, 'node_modules', name);
    await mkdir(dirname(path), { recursive: true });
    await symlink(join(repository, 'node_modules', name), path);
  }
};
