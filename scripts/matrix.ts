/**
 * The suite on every other Node that is promised: `npm run test:matrix`. The checks that do not depend on
 * Node's version run with `npm test` only. Arguments name tests to run.
 */
import { laterNodes, nodeOf } from './lib/fetched.ts';
import { runSuite, summarize, type SuiteRun } from './lib/suite.ts';

const suite = ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)];

const runs: SuiteRun[] = [];
for (const version of laterNodes) {
  runs.push(await runSuite(`Node ${version}`, await nodeOf(version), suite));
}
summarize(runs);
