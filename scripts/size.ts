/**
 * The weight of each client entry, minified and compressed, where it travels: with the platform's
 * fetch. `own` is this package's code, `total` has openapi-fetch inside; `node` is the total with the
 * transport for Node, where nobody downloads it.
 *
 * The weights are kept in sizes.json. Growth of more than 5 % fails; `--save` accepts it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { clientModules } from './lib/entries.ts';
import { root } from './lib/run.ts';

/** Bytes of our own that a client is meant to stay below. The root entry is both of them. */
const budget = 8_000;
const growth = 1.05;
const file = join(root, 'scripts/sizes.json');

/** From the sources: in dist/ openapi-fetch is part of a file already. */
const weigh = async (module: string, transport: string, external: string[]): Promise<number> => {
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

const rows = await Promise.all(
  clientModules.map(async (module) => {
    const own = await weigh(module, 'fetch', ['openapi-fetch']);
    const total = await weigh(module, 'fetch', []);
    const node = await weigh(module, 'node', []);
    const allowed = module === 'src/index' ? 2 * budget : budget;
    return { entry: module, own, total, node, budget: allowed, within: own <= allowed };
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
