/**
 * The weight of each client entry, minified and compressed, where it travels: with the platform's
 * fetch. `own` is this package's code, `total` has openapi-fetch inside; `node` is the total with
 * the transport for Node, where nobody downloads it.
 */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { clientModules } from './lib/entries.ts';
import { root } from './lib/run.ts';

/** Bytes of our own, each client. The root entry is both of them. */
const budget = 8_000;
const budgetOf = (module: string): number => (module === 'src/index' ? 2 : 1) * budget;

interface Variant {
  readonly platform: 'neutral' | 'node';
  readonly external?: readonly string[];
}

const weigh = async (module: string, { platform, external = [] }: Variant): Promise<number> => {
  const build = await rolldown({
    input: join(root, 'dist', `${module}.js`),
    platform,
    external: ['undici', /^node:/, ...external],
  });
  const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting: false });
  await build.close();
  return gzipSync(output[0].code, { level: 9 }).length;
};

const rows = await Promise.all(
  clientModules.map(async (module) => {
    const own = await weigh(module, { platform: 'neutral', external: ['openapi-fetch'] });
    const total = await weigh(module, { platform: 'neutral' });
    const node = await weigh(module, { platform: 'node' });
    const allowed = budgetOf(module);
    return { entry: module, own, total, node, 'budget of own': allowed, ok: own <= allowed };
  }),
);
console.log('bytes, minified and gzipped');
console.table(rows);
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;
