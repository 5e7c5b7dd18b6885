/**
 * `npm test`: builds, runs every check, then the tests, and ends with how many passed. A check
 * counts as a test. With arguments only the tests that they name: `npm test -- test/unit`.
 *
 * `REQUIRE_ALL=1` counts what was skipped as failed.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closingLine, type Counts } from './lib/closing-line.ts';
import { installPrograms } from './lib/prerequisites.ts';
import { run } from './lib/run.ts';

/** Scripts of package.json. The slow ones first, since two run at a time. */
const checks = [
  'lint',
  'lint:openapi',
  'check:package',
  'api:check',
  'format:check',
  'typecheck',
  'knip',
  'generate:check',
  'licenses',
  'size',
  'docs',
];

const check = async (script: string): Promise<boolean> => {
  const started = performance.now();
  const { code, output } = await run('npm', ['run', '--silent', script]);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  console.log(`${code === 0 ? '✓' : '✗'} npm run ${script} (${seconds} s)`);
  if (code !== 0) console.log(output);
  return code === 0;
};

const runChecks = async (): Promise<Counts> => {
  // Everything else reads what is built.
  if (!(await check('build'))) return { passed: 0, failed: 1, skipped: 0 };
  const waiting = [...checks];
  const results = [true];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results.push(await check(next));
    }
  };
  await Promise.all([worker(), worker()]);
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed, skipped: 0 };
};

const runTests = async (args: readonly string[]): Promise<Counts> => {
  const folder = mkdtempSync(join(tmpdir(), 'tallywire-test-'));
  const file = join(folder, 'counts.json');
  const { code } = await run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...args], {
    stdio: 'inherit',
    // Without arguments the build has been a check.
    env: { ...process.env, COUNTS_FILE: file, ...(args.length === 0 && { IS_BUILT: '1' }) },
  });
  try {
    const counts = JSON.parse(readFileSync(file, 'utf8')) as Counts;
    return code === 0 ? counts : { ...counts, failed: Math.max(counts.failed, 1) };
  } catch {
    console.error('vitest ended without a result');
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const add = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

const demanding = ({ passed, failed, skipped }: Counts): Counts =>
  process.env.REQUIRE_ALL
    ? { passed, failed: failed + skipped, skipped: 0 }
    : { passed, failed, skipped };

const args = process.argv.slice(2);
await installPrograms();
const checked = args.length > 0 ? { passed: 0, failed: 0, skipped: 0 } : await runChecks();
const total = demanding(add(checked, await runTests(args)));
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
console.log(closingLine(total));
