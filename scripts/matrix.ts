/**
 * The suite on every other Node that is promised, one line for each: `npm run test:matrix`. The checks
 * that do not depend on Node's version run with `npm test` only. Arguments name tests to run.
 */
import { dirname } from 'node:path';
import { laterNodes, nodeOf } from './lib/fetched.ts';
import { run } from './lib/run.ts';

const suite = ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)];

const runOn = async (version: string): Promise<boolean> => {
  const node = await nodeOf(version);
  const started = performance.now();
  // What the tests start as `node`, `npm` or `npx` runs on it too.
  const env = { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? ''}` };
  const { code, output } = await run(node, suite, { env });
  const seconds = Math.round((performance.now() - started) / 1_000);
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  if (code !== 0) console.log(output);
  console.log(`Node ${version}: ${last} (${seconds} s)`);
  return code === 0;
};

for (const version of laterNodes) if (!(await runOn(version))) process.exitCode = 1;
