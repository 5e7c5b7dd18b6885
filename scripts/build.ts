/**
 * Makes dist/ from src/, under the same names:
 *
 *   *.js, *.d.ts    the clients as modules, one file each, by TypeScript
 *   *.cjs, *.d.cts  the clients for `require`, by Rolldown, with the same declarations
 *   src/mock/       the emulator for both, in one piece with Prism
 *   cli.js          the command line, which shares its code with the emulator
 *
 * `--if-needed` does nothing when dist/ is newer than everything it is made from.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type InputOptions, type OutputOptions, type Plugin, rolldown } from 'rolldown';
import { clientModules, entries, selfContainedModules, transportModules } from './lib/entries.ts';
import { collectNotices, type Notices } from './lib/notices.ts';
import { mustRun, root } from './lib/run.ts';

const dist = join(root, 'dist');

/** The build happens here and takes the place of dist/ in one go: whoever reads that finds it whole. */
const draft = join(root, '.cache', `dist-${process.pid}`);

const filesBelow = async (folder: string): Promise<string[]> => {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((item) => item.isFile()).map((item) => join(item.parentPath, item.name));
};

const noticesFile = 'THIRD-PARTY-LICENSES.txt';

const isFresh = async (): Promise<boolean> => {
  // Written last: its time is the build's.
  const stamp = join(dist, noticesFile);
  if (!existsSync(stamp)) return false;
  const built = (await stat(stamp)).mtimeMs;
  const sources = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
  const folders = await Promise.all(
    ['src', 'generated', 'scripts'].map((folder) => filesBelow(join(root, folder))),
  );
  const files = [...folders.flat(), ...sources.map((source) => join(root, source))];
  const stats = await Promise.all(files.map((file) => stat(file)));
  return stats.every(({ mtimeMs }) => mtimeMs < built);
};

/** A relative path that a module imports, in three groups: what stands before, the path, its end. */
const relativeImport = /((?:\bfrom|\bimport)\s*\(?\s*['"])(\.[^'"]+)\.[jt]s(?=['"])/g;

/** The files which can be reached from some modules by relative imports. */
const reach = async (modules: readonly string[], extension: string): Promise<Set<string>> => {
  const reached = new Set<string>();
  const visit = async (module: string): Promise<void> => {
    const file = module + extension;
    if (reached.has(file)) return;
    reached.add(file);
    const text = await readFile(file, 'utf8');
    const imports = [...text.matchAll(relativeImport)].map(([, , path]) => path as string);
    await Promise.all(imports.map((path) => visit(resolve(dirname(module), path))));
  };
  await Promise.all(modules.map((module) => visit(join(draft, module))));
  return reached;
};

/** TypeScript emits all of src; what no entry leads to (the emulator's modules) is removed again. */
const emitModules = async (): Promise<void> => {
  const tsc = join(root, 'node_modules/typescript-7/bin/tsc');
  await mustRun(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', draft]);
  const kept = new Set([
    ...(await reach([...clientModules, ...transportModules], '.js')),
    ...(await reach(
      entries.map(({ module }) => module),
      '.d.ts',
    )),
  ]);
  for (const file of await filesBelow(draft)) {
    if (!kept.has(file)) await rm(file);
    else if (file.endsWith('.d.ts')) await declareForBoth(file);
  }
};

/** Users whose `lib` is ES2022 have no `Symbol.asyncDispose`. */
const disposable = '/// <reference lib="esnext.disposable" />\n';

/** Every declaration twice: the extension tells TypeScript what kind of module it describes. */
const declareForBoth = async (file: string): Promise<void> => {
  const emitted = await readFile(file, 'utf8');
  const text = emitted.includes('Symbol.asyncDispose') ? disposable + emitted : emitted;
  await writeFile(file, text.replaceAll(relativeImport, '$1$2.js'));
  await writeFile(file.replace(/\.d\.ts$/, '.d.cts'), text.replaceAll(relativeImport, '$1$2.cjs'));
};

/** Its main module finds its parts in a way that no bundler follows. */
const alias = { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' };

/** Its only module says `this` for `exports`, and nothing else tells that it is CommonJS. */
const uriTemplateLite: Plugin = {
  name: 'uri-template-lite',
  transform: {
    filter: { id: /node_modules\/uri-template-lite\/index\.js$/ },
    handler: (code) => `${code};exports;`,
  },
};

const source = (module: string): string => join(root, `${module}.ts`);
const sources = (modules: readonly string[]): Record<string, string> =>
  Object.fromEntries(modules.map((module) => [module, source(module)]));

const bundle = async (
  input: InputOptions,
  output: OutputOptions,
  collect: Notices,
): Promise<void> => {
  const build = await rolldown({
    platform: 'node',
    cwd: root,
    external: ['undici', '#transport'],
    resolve: { alias },
    plugins: [uriTemplateLite],
    onLog: (level, log, handler) => {
      // Warnings about the code of Prism's dependencies are not ours to mend.
      if (level !== 'warn' || !log.message.includes('node_modules')) handler(level, log);
    },
    ...input,
  });
  const { output: chunks } = await build.write({
    dir: draft,
    comments: { legal: false },
    ...output,
  });
  await build.close();
  for (const chunk of chunks) if (chunk.type === 'chunk') collect.add(chunk.moduleIds);
};

const forImport: OutputOptions = {
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'shared/[name]-[hash].js',
};
const forRequire: OutputOptions = {
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: 'shared/[name]-[hash].cjs',
};

const build = async (): Promise<void> => {
  await emitModules();
  const collect = collectNotices();
  // openapi-fetch goes inside: its CommonJS build has no export that Node's `require` finds.
  await bundle({ input: sources([...clientModules, ...transportModules]) }, forRequire, collect);
  await bundle({ input: sources(selfContainedModules) }, forRequire, collect);
  await bundle(
    {
      input: { ...sources(selfContainedModules), cli: source('src/cli/main') },
      // Where the command line uses the clients, they are inside it with the transport for Node.
      resolve: { alias: { ...alias, '#transport': source('src/http/transport-node') } },
      external: ['undici'],
    },
    forImport,
    collect,
  );
  await writeFile(join(draft, noticesFile), await collect.text());
};

const replaceDist = async (): Promise<void> => {
  const old = `${draft}-old`;
  if (existsSync(dist)) await rename(dist, old);
  await rename(draft, dist);
  await rm(old, { recursive: true, force: true });
};

if (!process.argv.includes('--if-needed') || !(await isFresh())) {
  const started = performance.now();
  try {
    await build();
    await replaceDist();
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  console.log(`built dist/ in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
}
