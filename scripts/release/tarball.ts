import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../lib/run.ts';

interface Packed {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly integrity: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

interface Manifest {
  readonly name: string;
  readonly bin?: unknown;
  readonly exports?: unknown;
  readonly imports?: unknown;
  readonly scripts?: Readonly<Record<string, string>>;
}

/** What npm runs on the machine of whoever installs a package. */
const installScripts = ['preinstall', 'install', 'postinstall', 'prepare'];

/** All strings in a value, however deep: the targets of `exports`. */
const strings = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
};

/** What is wrong with a tarball, by its list of files. */
export const faultsOf = (packed: Packed, manifest: Manifest, version: string): string[] => {
  const paths = new Set(packed.files.map(({ path }) => path));
  const named = strings([manifest.bin, manifest.exports, manifest.imports]);
  const needed = [
    'README.md',
    'LICENSE',
    'package.json',
    ...named.map((path) => path.replace(/^\.\//, '')),
  ];
  return [
    ...(packed.version === version ? [] : [`it is version ${packed.version}`]),
    ...[...new Set(needed)].filter((path) => !paths.has(path)).map((path) => `it has no ${path}`),
    ...[...paths]
      .filter((path) => /(^|\/)(\.env|\.npmrc|node_modules\/)/.test(path))
      .map((path) => `it holds ${path}`),
    ...installScripts
      .filter((script) => manifest.scripts?.[script] !== undefined)
      .map((script) => `its script "${script}" would run on the machine of whoever installs it`),
  ];
};

/** Builds and packs, and looks whether everything is in it. Says what it made. */
export const makeTarball = async (
  folder: string,
  manifest: Manifest,
  version: string,
): Promise<string> => {
  const below = join(folder, '.cache/release');
  await rm(below, { recursive: true, force: true });
  await mkdir(below, { recursive: true });
  const options = { cwd: folder };
  await mustRun('npm', ['run', '--silent', 'build'], options);
  const pack = ['pack', '--json', '--ignore-scripts', '--loglevel=silent'];
  const report = await mustRun('npm', [...pack, '--pack-destination', below], options);
  const [packed] = JSON.parse(report) as [Packed];
  const faults = faultsOf(packed, manifest, version);
  if (faults.length > 0) {
    throw new Error(`The tarball is not what it has to be: ${faults.join('; ')}.`);
  }
  const size = Math.round(packed.size / 1_024);
  return `${packed.filename}: ${packed.files.length} files, ${size} kB, ${packed.integrity}`;
};
