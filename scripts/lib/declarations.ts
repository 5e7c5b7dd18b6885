import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { mustRun, root } from './run.ts';

export const filesBelow = async (folder: string): Promise<string[]> => {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((item) => item.isFile()).map((item) => join(item.parentPath, item.name));
};

/** A relative path that a declaration imports: what stands before it, and the module. */
const relativeImport = /((?:\bfrom|\bimport)\s*\(?\s*['"])(\.[^'"]+)\.ts(?=['"])/g;

/** The declarations that users of some modules can get to see. */
const reach = async (modules: readonly string[]): Promise<Set<string>> => {
  const reached = new Set<string>();
  const visit = async (module: string): Promise<void> => {
    const file = `${module}.d.ts`;
    if (reached.has(file)) return;
    reached.add(file);
    const text = await readFile(file, 'utf8');
    const imports = [...text.matchAll(relativeImport)].map(([, , path]) => path as string);
    await Promise.all(imports.map((path) => visit(resolve(dirname(module), path))));
  };
  await Promise.all(modules.map(visit));
  return reached;
};

/** Users whose `lib` is ES2022 have neither `Symbol.asyncDispose` nor `AsyncDisposable`. */
const disposable = '/// <reference lib="esnext.disposable" />\n';

/** Every declaration twice: the extension tells TypeScript what kind of module it describes. */
const declareForBoth = async (file: string): Promise<void> => {
  const emitted = await readFile(file, 'utf8');
  const text = /asyncDispos/i.test(emitted) ? disposable + emitted : emitted;
  await writeFile(file, text.replaceAll(relativeImport, '$1$2.js'));
  await writeFile(file.replace(/\.d\.ts$/, '.d.cts'), text.replaceAll(relativeImport, '$1$2.cjs'));
};

/** Writes the declarations of these modules, and of what they lead to, below a folder. */
export const writeDeclarations = async (
  modules: readonly string[],
  folder: string,
): Promise<void> => {
  const tsc = join(root, 'node_modules/typescript-7/bin/tsc');
  await mustRun(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', folder]);
  const kept = await reach(modules.map((module) => join(folder, module)));
  for (const file of await filesBelow(folder)) {
    await (kept.has(file) ? declareForBoth(file) : rm(file));
  }
};
