/**
 * The weight of each entry that travels, minified and compressed, where it travels: with the platform's
 * fetch. `own` is this package's code that an import brings along, `later` what the first call loads on
 * top; `all` is both with openapi-fetch, as a bundler makes it that splits nothing.
 *
 * The webhook receiver is an addition to `/reportei`, and the tracker to `/reo`: their own is what is
 * below src/reportei/callbacks and src/tracker. What they share with that client is in their `all` only.
 *
 * The weights are kept in sizes.json. Growth of more than 5 % fails; `--save` accepts it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type OutputChunk, rolldown } from 'rolldown';
import { portableModules } from './lib/entries.ts';
import { root } from './lib/run.ts';

/** Bytes of our own that an entry is meant to stay below. The root entry is both clients. */
const budgets: Readonly<Record<string, number>> = {
  'src/index': 16_000,
  'src/reportei/callbacks/index': 4_000,
  'src/tracker/index': 14_000,
};
const clientBudget = 8_000;
const growth = 1.05;
const file = join(root, 'scripts/sizes.json');

/** From the sources: in dist/ openapi-fetch is part of a file already. */
const bundle = async (
  module: string,
  external: (string | RegExp)[],
  codeSplitting: boolean,
): Promise<readonly OutputChunk[]> => {
  const build = await rolldown({
    input: join(root, `${module}.ts`),
    platform: 'neutral',
    // Its paths are those of development, where #transport is Node's.
    tsconfig: false,
    external: ['undici', /^node:/, ...external],
    resolve: {
      alias: {
        '#transport': join(root, 'src/http/transport-fetch.ts'),
        '#lmdb-outbox': join(root, 'src/tracker/lmdb-elsewhere.ts'),
      },
      mainFields: ['module', 'main'],
    },
  });
  const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting });
  await build.close();
  return output.filter((one) => one.type === 'chunk');
};

const weigh = (chunks: readonly OutputChunk[]): number =>
  gzipSync(chunks.map(({ code }) => code).join(''), { level: 9 }).length;

/** What is there as soon as the entry is: the chunks that it imports, and those that they import. */
const atOnce = (chunks: readonly OutputChunk[]): readonly OutputChunk[] => {
  const found = new Set(chunks.filter(({ isEntry }) => isEntry));
  for (const { imports } of found) {
    for (const chunk of chunks) if (imports.includes(chunk.fileName)) found.add(chunk);
  }
  return [...found];
};

const notOwn = (module: string): (string | RegExp)[] => [
  'openapi-fetch',
  ...(module.includes('/callbacks/') ? [/^(\.\.\/)+(http|metrics|queries|results)\//] : []),
  ...(module.includes('/tracker/') ? [/^(\.\.\/)+(http|reo)\//] : []),
];

const rows = await Promise.all(
  portableModules.map(async (module) => {
    const chunks = await bundle(module, notOwn(module), true);
    const own = weigh(atOnce(chunks));
    const later = weigh(chunks) - own;
    const all = weigh(await bundle(module, [], false));
    const budget = budgets[module] ?? clientBudget;
    return { entry: module, own, later, all, budget, within: own <= budget };
  }),
);
console.log('bytes, minified and gzipped');
console.table(rows);

const weights = Object.fromEntries(rows.map(({ entry, all }) => [entry, all]));
if (process.argv.includes('--save')) {
  writeFileSync(file, `${JSON.stringify(weights, null, 2)}\n`);
} else {
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, number>>;
  for (const [entry, all] of Object.entries(weights)) {
    if (all <= (kept[entry] ?? 0) * growth) continue;
    console.error(`${entry} grew from ${kept[entry] ?? 0} to ${all} bytes: npm run size -- --save`);
    process.exitCode = 1;
  }
}
