import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.ts';

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly import: string }>>;
  readonly imports: {
    readonly '#transport': { readonly import: Readonly<Record<string, string>> };
  };
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

export const clientModules: readonly string[] = entries
  .filter(({ name }) => !selfContained.has(name))
  .map(({ module }) => module);

export const selfContainedModules: readonly string[] = entries
  .filter(({ name }) => selfContained.has(name))
  .map(({ module }) => module);

/** What `#transport` may stand for, depending on the platform. */
export const transportModules: readonly string[] = [
  ...new Set(Object.values(manifest.imports['#transport'].import).map(moduleOf)),
];
