import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The line by which CI reads what a run came to. */
export const closingLine = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** What it says at the end of what a run printed. */
export const readClosingLine = (output: string): Counts | undefined => {
  const found = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(output);
  if (found === null) return undefined;
  const [passed = 0, failed = 0, skipped = 0] = found.slice(1).map(Number);
  return { passed, failed, skipped };
};

const count = (modules: readonly TestModule[], unhandled: number): Counts => {
  const counts = { passed: 0, failed: unhandled, skipped: 0, pending: 0 };
  for (const module of modules) {
    for (const test of module.children.allTests()) counts[test.result().state] += 1;
    // A file or suite that broke down outside its tests.
    const suites = [module, ...module.children.allSuites()];
    counts.failed += suites.filter((suite) => suite.errors().length > 0).length;
  }
  // A test that never ended did not pass.
  return { ...counts, failed: counts.failed + counts.pending };
};

const skips = (modules: readonly TestModule[]): string[] =>
  modules.flatMap((module) =>
    [...module.children.allTests('skipped')].map((test) => {
      const result = test.result();
      const reason = result.state === 'skipped' ? result.note : undefined;
      return `skipped: ${module.relativeModuleId} > ${test.fullName}: ${reason ?? 'no reason given'}`;
    }),
  );

/**
 * Ends a run with what was skipped and why, and with the closing line. When `COUNTS_FILE` names a
 * file, the counts go there for `scripts/test.ts`, which has more to count.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const counts = count(modules, unhandled.length);
    const file = process.env.COUNTS_FILE;
    for (const line of skips(modules)) console.log(line);
    if (file) writeFileSync(file, JSON.stringify(counts));
    else process.once('exit', () => console.log(closingLine(counts)));
  }
}
