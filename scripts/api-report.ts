/**
 * Writes down the public API of all entries as declarations, in `generated/api/tallywire.api.md`, so that a change
 * of it shows in a review and in a release: `npm run api`. With `--check` it fails when that is out of date.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { entries } from './lib/entries.ts';
import { root, run } from './lib/run.ts';

const report = join(root, 'generated/api/tallywire.api.md');

/** `./tracker/lmdb` → `tracker_lmdb`: a namespace of the report. */
const namespaceOf = (entry: string): string =>
  entry === '.' ? 'tallywire' : entry.slice(2).replaceAll(/\W/g, '_');

/** One module with all entries in it: what several of them share is written once. */
const allEntries = (folder: string): string =>
  entries
    .map(({ name, module }) => {
      const path = relative(folder, join(root, 'dist', `${module}.js`));
      return `export * as ${namespaceOf(name)} from '${path}';\n`;
    })
    .join('');

const quiet = { default: { logLevel: ExtractorLogLevel.None } };

/** The report of a module with declarations. */
const extract = async (main: string, folder: string): Promise<string> => {
  const compilerOptions = {
    target: 'ES2022',
    lib: ['ES2023', 'DOM', 'ESNext.Disposable'],
    module: 'NodeNext',
    strict: true,
    types: ['node'],
    skipLibCheck: true,
  };
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: main,
      newlineKind: 'lf',
      compiler: { overrideTsconfig: { compilerOptions, files: [main] } },
      apiReport: {
        enabled: true,
        reportFileName: 'tallywire.api.md',
        reportFolder: folder,
        reportTempFolder: folder,
        // What a public type is made of can break a user as well, though no entry exports it.
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      // Its opinions on comments; `npm run typecheck` is for types.
      messages: {
        compilerMessageReporting: quiet,
        extractorMessageReporting: quiet,
        tsdocMessageReporting: quiet,
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
  });
  const { errorCount } = Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      if (message.logLevel === ExtractorLogLevel.Error) console.error(message.text);
      message.handled = true;
    },
  });
  if (errorCount > 0) throw new Error('the API report could not be made');
  const text = await readFile(join(folder, 'tallywire.api.md'), 'utf8');
  // A comment that is written later is no change of the API.
  return text.replace(/^ *\/\/ \(undocumented\)\n/gm, '').replaceAll(' (undocumented)', '');
};

await mkdir(join(root, '.cache'), { recursive: true });
const draft = await mkdtemp(join(root, '.cache/api-'));
try {
  const main = join(draft, 'entries.d.ts');
  await writeFile(main, allEntries(draft));
  const text = await extract(main, draft);
  if (process.argv.includes('--check')) {
    const fresh = join(draft, 'fresh.md');
    await writeFile(fresh, text);
    const diff = ['diff', '--no-index', '--no-color', '--', report, fresh];
    const { code, output } = await run('git', diff);
    if (code !== 0) {
      console.error(output);
      console.error(
        'The public API has changed: look at it, run `npm run api`, commit the report.',
      );
      process.exitCode = 1;
    }
  } else {
    await mkdir(dirname(report), { recursive: true });
    await writeFile(report, text);
  }
} finally {
  await rm(draft, { recursive: true, force: true });
}
