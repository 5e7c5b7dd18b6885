/**
 * Makes dist/ from src/, under the same names:
 *
 *   *.d.ts, *.d.cts  declarations, by TypeScript
 *   *.js, *.cjs      each entry for `import` and for `require`, by Rolldown. A handful of files,
 *                    since Node spends more time on finding modules than on running these.
 *   src/mock/        the emulator for both, in one piece with Prism
 *   contracts/       the documents as the emulator needs them
 *   cli.js           the command line, which shares its code with the emulator
 *   inbox.html       the emulator's page, in one file
 *   report.html      the page of a report, in one file, with room for the report
 *
 * `--if-needed` does nothing when dist/ is newer than everything it is made from.
 */
import { readdirSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type InputOptions, type OutputOptions, type Plugin, rolldown } from 'rolldown';
import { readOperations } from '../src/mock/contract/documents.ts';
import { writeDeclarations } from './lib/declarations.ts';
import {
  entries,
  openModules,
  optionalPackages,
  platformModules,
  platformNames,
  selfContainedModules,
} from './lib/entries.ts';
import { isFresh, replaceFolder } from './lib/folders.ts';
import { collectNotices } from './lib/notices.ts';
import { makePage, makeReportPage } from './lib/page.ts';
import { root } from './lib/run.ts';

const dist = join(root, 'dist');

/** The build happens here and takes the place of dist/ in one go: whoever reads that finds it whole. */
const draft = join(root, '.cache', `dist-${process.pid}`);

const noticesFile = 'THIRD-PARTY-LICENSES.txt';

/** Written last: its time is the build's. */
const stamp = join(dist, noticesFile);
const madeFrom = [
  // The docs site is no part of the package.
  ...readdirSync(join(root, 'src'))
    .filter((name) => name !== 'site')
    .map((name) => `src/${name}`),
  'generated',
  'openapi',
  'scripts/lib',
  'scripts/build.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

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

/** Ajv's check of our schemas against the meta-schema takes time at every start; a test makes it once. */
const slimPrism: Plugin = {
  name: 'slim-prism',
  transform: {
    filter: { id: /prism-http\/dist\/validator\/validators\/utils\.js$/ },
    handler: (code) => {
      const slim = code.replace(
        'strict: false,',
        'strict: false, validateSchema: false, meta: false,',
      );
      if (slim === code) throw new Error('Prism sets up Ajv in another way than this build knows');
      return slim;
    },
  },
};

/** See `prepared.ts`. */
const preparedContracts: Plugin = {
  name: 'prepared-contracts',
  resolveId: (id) =>
    id.endsWith('/documents.ts') ? join(root, 'src/mock/contract/prepared.ts') : null,
};

const writeContracts = async (): Promise<void> => {
  await mkdir(join(draft, 'contracts'), { recursive: true });
  for (const name of ['reo', 'reportei', 'emulator'] as const) {
    const file = join(draft, 'contracts', `${name}.json`);
    await writeFile(file, JSON.stringify(readOperations(name)));
  }
};

const source = (module: string): string => join(root, `${module}.ts`);
const sources = (modules: readonly string[]): Record<string, string> =>
  Object.fromEntries(modules.map((module) => [module, source(module)]));

const notices = collectNotices();

const bundle = async (input: InputOptions, output: OutputOptions): Promise<void> => {
  const build = await rolldown({
    platform: 'node',
    cwd: root,
    resolve: { alias },
    plugins: [uriTemplateLite, slimPrism, preparedContracts],
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
  for (const chunk of chunks) if (chunk.type === 'chunk') notices.add(chunk.moduleIds);
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

const bundleOpen = async (): Promise<void> => {
  const input = sources([...new Set([...openModules, ...platformModules])]);
  // package.json says what #transport and #lmdb-outbox are, depending on the platform.
  const external = ['undici', ...platformNames, ...optionalPackages];
  // What the clients share in four files: what everything builds on, the transports' part, what is
  // loaded at the first call, which imports a transport, and the rest. A group takes along whatever it
  // imports that no group before it has. openapi-fetch is inside the last: finding that package takes Node
  // as long as everything else, and its CommonJS build has no export that `require` finds.
  const base =
    /src\/http\/(base-url|duration|errors|is-object|lazy|light-request|limit-of|on-abort|retry-budget|secret)\.ts$/;
  const transport = /src\/http\/(transport-fetch|wire|within)\.ts$/;
  const engine = /src\/http\/(engine|gate|policy|rate-hints|read-answer|retry|send-raw)\.ts$/;
  // What the tracker and its engines share.
  const delivery = /src\/tracker\/(delivery\/|(clock|due-queue|ledger|queue|record|tell)\.ts$)/;
  const groups = [
    { name: 'base', test: base, priority: 4 },
    { name: 'transport', test: transport, priority: 3 },
    { name: 'engine', test: engine, priority: 2 },
    { name: 'http', test: /src\/(http\/(?!transport-)|reo\/port)|openapi-fetch/, priority: 1 },
    { name: 'delivery', test: delivery, priority: 0 },
  ];
  const codeSplitting = { groups };
  await bundle({ input, external }, { ...forImport, codeSplitting });
  // `require` to the end: what is loaded later has the same classes of errors.
  await bundle({ input, external }, { ...forRequire, codeSplitting, dynamicImportInCjs: false });
};

const bundleEmulator = async (): Promise<void> => {
  const input = sources(selfContainedModules);
  const external = ['undici', ...optionalPackages];
  // Where the command line uses the clients and the tracker, they are inside it as they are for Node.
  const forNode = {
    '#transport': source('src/http/transport-node'),
    '#lmdb-outbox': source('src/tracker/lmdb/index'),
  };
  const resolve = { alias: { ...alias, ...forNode } };
  // A third of the size, and a tenth of a second of the start.
  const minify = true;
  await bundle({ input, external, resolve }, { ...forRequire, minify });
  const withCli = { ...input, cli: source('src/cli/main') };
  await bundle({ input: withCli, external, resolve }, { ...forImport, minify });
};

const bundlePages = async (): Promise<void> => {
  const [inbox, report] = await Promise.all([makePage(), makeReportPage()]);
  await writeFile(join(draft, 'inbox.html'), inbox.html);
  await writeFile(join(draft, 'report.html'), report.html);
  notices.add([...inbox.modules, ...report.modules]);
};

const build = async (): Promise<void> => {
  await writeDeclarations(
    entries.map(({ module }) => module),
    draft,
  );
  await bundleOpen();
  await bundleEmulator();
  await writeContracts();
  await bundlePages();
  await writeFile(join(draft, noticesFile), await notices.text());
};

if (!process.argv.includes('--if-needed') || !(await isFresh(stamp, madeFrom))) {
  const started = performance.now();
  try {
    await build();
    await replaceFolder(draft, dist);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  console.log(`built dist/ in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
}
