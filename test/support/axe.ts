import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const path = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds serious, by all rules or the named ones, each with the first element it is about. */
export const axe = async (page: Page, rules?: readonly string[]): Promise<readonly string[]> => {
  // Not as a script element: the page's own policy would refuse it, as it should.
  await page.evaluate(await readFile(path, 'utf8'));
  // Preloading would fetch the style sheets, which no page from a file may.
  const options: RunOptions = { preload: false, ...(rules && { runOnly: [...rules] }) };
  const { violations } = await page.evaluate(
    (options): Promise<AxeResults> =>
      (globalThis as unknown as { axe: { run: (options: object) => Promise<AxeResults> } }).axe.run(
        options,
      ),
    options,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
};

/** A page in the dark is the same but for its colours, so only these are looked at again. */
export const rulesOf = (scheme: 'light' | 'dark'): readonly string[] | undefined =>
  scheme === 'dark' ? ['color-contrast'] : undefined;
