import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const path = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds serious, each with the first element that it is about. */
export const axe = async (page: Page): Promise<readonly string[]> => {
  // Not as a script element: the page's own policy would refuse it, as it should.
  await page.evaluate(await readFile(path, 'utf8'));
  const { violations } = await page.evaluate((): Promise<AxeResults> =>
    (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
};
