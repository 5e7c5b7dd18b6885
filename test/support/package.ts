import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Finished, mustRun, run } from '../../scripts/lib/run.ts';

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

/** Builds if need be, packs, and installs the tarball into an empty project. */
export const installPackage = async (): Promise<Project> => {
  const folder = await mkdtemp(join(tmpdir(), 'tallywire-project-'));
  const env = environment();
  await mustRun(process.execPath, ['--import', 'tsx', 'scripts/build.ts', '--if-needed']);
  const pack = ['pack', '--json', '--ignore-scripts', '--loglevel=error'];
  const report = await mustRun('npm', [...pack, '--pack-destination', folder], { env });
  const [{ filename, files }] = JSON.parse(report) as [
    { readonly filename: string; readonly files: readonly { readonly path: string }[] },
  ];

  const write: Project['write'] = async (path, text) => {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  await write('package.json', JSON.stringify({ name: 'project', version: '1.0.0', private: true }));
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await mustRun('npm', [...install, join(folder, filename)], { cwd: folder, env });

  return {
    folder,
    packed: files.map(({ path }) => path),
    read: (path) => readFile(join(folder, path), 'utf8'),
    write,
    run: (command, args) => run(command, args, { cwd: folder, env }),
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

/** The oldest TypeScript that is promised, and Node's types for programs in `with-node/`. */
export const addTypes = async (project: Project): Promise<void> => {
  await project.run('npm', ['install', '--prefer-offline', 'typescript@5.4.5']);
  await link(project, ['@types/node', 'undici-types'], 'with-node');
};
