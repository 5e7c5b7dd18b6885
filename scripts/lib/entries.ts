import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.ts';

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly import: string }>>;
  readonly imports: Readonly<Record<string, { readonly import: Readonly<Record<string, string>> }>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

/** `./dist/src/reo/index.js` → `src/reo/index`: so is the source named, and what is made from it. */
const moduleOf = (path: string): string => path.replace('./dist/', '').replace(/\.js$/, '');

export interface Entry {
  /** As in package.json, e.g. `./reo`. */
  readonly name: string;
  /** Below the root as source and below dist/ when built, without an extension. */
  readonly module: string;
}

/** The package's code entries. package.json is the only list of them. */
export const entries: readonly Entry[] = Object.entries(manifest.exports).flatMap(
  ([name, target]) =>
    typeof target === 'string' ? [] : [{ name, module: moduleOf(target.import) }],
);

/** Entries that carry their dependencies within them. The others leave theirs to npm. */
const selfContained: ReadonlySet<string> = new Set(['./mock']);

export const openModules: readonly string[] = entries
  .filter(({ name }) => !selfContained.has(name))
  .map(({ module }) => module);

/** Those that run on every platform, and travel to some. The others are for Node and the like. */
export const portableModules: readonly string[] = entries
  .filter(({ name }) => /^\.(\/reo|\/reportei(\/callbacks)?|\/tracker)?$/.test(name))
  .map(({ module }) => module);

export const selfContainedModules: readonly string[] = entries
  .filter(({ name }) => selfContained.has(name))
  .map(({ module }) => module);

/** Names that stand for a module, depending on the platform. */
export const platformNames: readonly string[] = Object.keys(manifest.imports);

/** The modules that they may stand for. */
export const platformModules: readonly string[] = [
  ...new Set(
    Object.values(manifest.imports).flatMap((target) => Object.values(target.import).map(moduleOf)),
  ),
];

/** What users install beside this package, if they need it. */
export const optionalPackages: readonly string[] = Object.keys(manifest.peerDependencies);
