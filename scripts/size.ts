/**
 * The weight of each client entry, minified and compressed, where it travels: with the platform's
 * fetch. `own` is this package's code, `total` has openapi-fetch inside; `node` is the total with the
 * transport for Node, where nobody downloads it.
 *
 * The webhook receiver is an addition to `/reportei`: its own is what is below src/reportei/callbacks.
 * The decoders and the errors, which it shares with that client, are in its total only.
 *
 * The weights are kept in sizes.json. Growth of more than 5 % fails; `--save` accepts it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { clientModules } from './lib/entries.ts';
import { root } from './lib/run.ts';

/** Bytes of our own that an entry is meant to stay below. The root entry is both clients. */
const budgets: Readonly<Record<string, number>> = {
  'src/index': 16_000,
  'src/reportei/callbacks/index': 4_000,
};
const clientBudget = 8_000;
const growth = 1.05;
const file = join(root, 'scripts/sizes.json');

/** From the sources: in dist/ openapi-fetch is part of a file already. */
const weigh = async (
  module: string,
  transport: string,
  external: (string | RegExp)[],
): Promise<number> => {
  const build = await rolldown({
    input: join(root, `${module}.ts`),
    platform: 'neutral',
    // Its paths are those of development, where #transport is Node's.
    tsconfig: false,
    external: ['undici', /^node:/, ...external],
    resolve: {
      alias: { '#transport': join(root, `src/http/transport-${transport}.ts`) },
      mainFields: ['module', 'main'],
    },
  });
  const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting: false });
  await build.close();
  return gzipSync(output[0].code, { level: 9 }).length;
};

const notOwn = (module: string): (string | RegExp)[] => [
  'openapi-fetch',
  ...(module.includes('/callbacks/') ? [/^(\.\.\/)+(http|metrics|queries|results)\//] : []),
];

const rows = await Promise.all(
  clientModules.map(async (module) => {
    const own = await weigh(module, 'fetch', notOwn(module));
    const total = await weigh(module, 'fetch', []);
    const node = await weigh(module, 'node', []);
    const budget = budgets[module] ?? clientBudget;
    return { entry: module, own, total, node, budget, within: own <= budget };
  }),
);
console.log('bytes, minified and gzipped');
console.table(rows);

const weights = Object.fromEntries(rows.map(({ entry, own }) => [entry, own]));
if (process.argv.includes('--save')) {
  writeFileSync(file, `${JSON.stringify(weights, null, 2)}\n`);
} else {
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, number>>;
  for (const [entry, own] of Object.entries(weights)) {
    if (own <= (kept[entry] ?? 0) * growth) continue;
    console.error(`${entry} grew from ${kept[entry] ?? 0} to ${own} bytes: npm run size -- --save`);
    process.exitCode = 1;
  }
}
