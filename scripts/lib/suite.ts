import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { type Counts, readClosingLine } from './closing-line.ts';
import { root } from './run.ts';

export interface SuiteRun {
  readonly name: string;
  readonly counts: Counts;
  readonly seconds: number;
  readonly ok: boolean;
}

/** Runs what ends with a closing line, shows what it prints, and says what it came to. */
export const runSuite = (
  name: string,
  node: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<SuiteRun> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    console.log(`\n${name}`);
    const child = spawn(node, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      // What it starts as `node`, `npm` or `npx` runs on the same Node.
      env: { ...process.env, ...env, PATH: `${dirname(node)}:${process.env.PATH ?? ''}` },
    });
    let end = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      process.stdout.write(text);
      end = (end + text).slice(-1_000);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      const counts = readClosingLine(end) ?? { passed: 0, failed: 1, skipped: 0 };
      // Who asks for all does not take a skipped test for a passed one.
      const lacking = process.env.REQUIRE_ALL || env.REQUIRE_ALL ? counts.skipped : 0;
      const ok = code === 0 && counts.passed > 0 && counts.failed + lacking === 0;
      const seconds = Math.round((performance.now() - started) / 1_000);
      resolve({ name, counts, seconds, ok });
    });
  });

/** One line for each, and 1 as the exit code if any is not good. */
export const summarize = (runs: readonly SuiteRun[]): void => {
  console.log();
  console.table(
    runs.map(({ name, counts, seconds, ok }) => ({
      run: name,
      ...counts,
      seconds,
      result: ok ? 'passed' : 'FAILED',
    })),
  );
  if (!runs.every(({ ok }) => ok)) process.exitCode = 1;
};
