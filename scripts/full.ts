/**
 * `npm run test:full`: everything with full counts on this Node, with every runtime and nothing skipped,
 * and then the suite on every other Node that is promised, with the counts of `npm test`. It takes hours.
 * Ends with a table. Arguments name tests to run: `npm run test:full -- test/unit`.
 */
import { laterNodes, nodeOf } from './lib/fetched.ts';
import { runSuite, summarize, type SuiteRun } from './lib/suite.ts';

const tests = process.argv.slice(2);
const all = { REQUIRE_ALL: '1' };

const here = ['--import', 'tsx', 'scripts/test.ts', ...tests];
const runs: SuiteRun[] = [
  await runSuite(`Node ${process.version}, full counts`, process.execPath, here, {
    ...all,
    LONG: '1',
  }),
];
const suite = ['node_modules/vitest/vitest.mjs', 'run', ...tests];
for (const version of laterNodes) {
  const node = await nodeOf(version);
  runs.push(await runSuite(`Node ${version}`, node, suite, { ...all, LONG: undefined }));
}
summarize(runs);
