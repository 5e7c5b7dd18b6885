/** The weight of each client entry with openapi-fetch inside, minified and compressed. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { clientModules } from './lib/entries.ts';
import { root } from './lib/run.ts';

const budget = 8_000;

const weigh = async (module: string, conditionNames: string[]): Promise<number> => {
  const build = await rolldown({
    input: join(root, 'dist', `${module}.js`),
    external: ['undici', /^node:/],
    resolve: { conditionNames },
  });
  const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting: false });
  await build.close();
  return gzipSync(output[0].code, { level: 9 }).length;
};

const rows = await Promise.all(
  clientModules.map(async (module) => {
    const [node, elsewhere] = await Promise.all([
      weigh(module, ['node', 'import']),
      weigh(module, ['browser', 'import']),
    ]);
    return { entry: module, node, elsewhere, budget, ok: Math.max(node, elsewhere) <= budget };
  }),
);
console.log('bytes, minified and gzipped');
console.table(rows);
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;
