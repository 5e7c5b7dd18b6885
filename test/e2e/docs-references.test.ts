import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { documents, operationsOf, readDocument } from '../../scripts/docs/documents.ts';
import { passagesOf } from '../../scripts/docs/references.ts';
import { axe, rulesOf } from '../support/axe.ts';
import { chromiumPath, launchChromium, noChromium } from '../support/chromium.ts';
import { buildDocs, fileUrl, openDocs, siteFolder } from '../support/docs.ts';

let browser: Browser;

/** A place behind a page's #, which `fileUrl` would take for a part of a name. */
const placeUrl = (path = ''): string => new URL(path, fileUrl('index.html')).href;

/** What a reader sees at once, below the header bar. */
const shownHeadings = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('#api-content :is(h1, h2, h3)')]
      .filter((heading) => {
        const { top } = heading.getBoundingClientRect();
        return top >= 52 && top < innerHeight;
      })
      .map((heading) => heading.innerText.trim()),
  );

/** What Redoc does and a page around it cannot mend. */
const known: readonly string[] = [
  // The button that chooses an example is named "Example", and shows which one is chosen.
  'label-content-name-mismatch: <button data-component-name="Button/Button" type="button" aria-label="Example"',
];

beforeAll(async () => {
  await buildDocs();
  if (chromiumPath) browser = await launchChromium();
}, 300_000);
afterAll(() => browser?.close());

describe('the references in Chromium, from files', { timeout: 120_000 }, () => {
  beforeEach(({ skip }) => skip(!chromiumPath, noChromium));

  it.each(documents)('show each operation of $name where search leads to it', async (document) => {
    await using reader = await openDocs(browser);
    const { page, complaints } = reader;
    const operations = operationsOf(await readDocument(document.name));
    const places = (await passagesOf(document)).slice(0, operations.length);
    expect(operations.length).toBeGreaterThan(1);
    for (const [i, { summary }] of operations.entries()) {
      await page.goto(placeUrl(places[i]?.path));
      // The page is there already, and follows the hash, as it does for a link.
      await expect
        .poll(() => shownHeadings(page), { message: places[i]?.path ?? summary, timeout: 5_000 })
        .toContain(summary);
    }
    expect(complaints).toEqual([]);
  });

  it('lead to schemas, and to the documents as they are', async () => {
    await using reader = await openDocs(browser);
    const { page } = reader;
    const [reo] = documents;
    const schema = (await passagesOf(reo as (typeof documents)[number])).at(-1);
    await page.goto(placeUrl(schema?.path));
    await expect.poll(() => shownHeadings(page), { timeout: 5_000 }).toContain(schema?.title);
    await page.goto(fileUrl('reference/reo.html'));
    const link = page.getByRole('link', { name: 'Download the document' });
    expect(await link.getAttribute('href')).toBe('../openapi/reo.yaml');
    for (const file of ['reo.yaml', 'reportei.arazzo.yaml']) {
      const published = await readFile(join(siteFolder, 'openapi', file), 'utf8');
      expect(published).toBe(await readFile(join('openapi', file), 'utf8'));
    }
  });

  it('follow the switch of the site, and remember', async () => {
    await using reader = await openDocs(browser, { colorScheme: 'light' });
    const { page } = reader;
    await page.goto(fileUrl('reference/reo.html'));
    const ground = (): Promise<string> =>
      page.evaluate(() => {
        const menu = document.querySelector('#redoc .menu-content') as Element;
        return `${document.documentElement.classList.contains('dark')} ${getComputedStyle(menu).backgroundColor}`;
      });
    await expect.poll(ground).toBe('false rgb(255, 255, 255)');
    await page.getByRole('button', { name: 'Dark theme' }).click();
    await expect.poll(ground).toBe('true rgb(26, 28, 32)');
    await page.goto(fileUrl('reference/reportei.html'));
    await expect.poll(ground).toBe('true rgb(26, 28, 32)');
  });

  it.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)('are accessible, %s and %i pixels wide', async (colorScheme, width) => {
    await using reader = await openDocs(browser, { colorScheme, viewport: { width, height: 900 } });
    const { page } = reader;
    for (const api of documents.filter(({ name }) => process.env.LONG || name === 'reportei')) {
      const [first] = await passagesOf(api);
      await page.goto(placeUrl(first?.path));
      await page.getByRole('heading', { name: first?.title ?? '' }).waitFor();
      const found = await axe(page, rulesOf(colorScheme));
      expect(found.filter((one) => !known.some((start) => one.startsWith(start)))).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `${api.name} is too wide`).toBeLessThanOrEqual(0);
    }
  });
});

describe('the TypeScript reference', { timeout: 120_000 }, () => {
  it('says what each entry exports, with defaults and errors', async () => {
    const read = (path: string): Promise<string> =>
      readFile(join(siteFolder, 'typescript', path), 'utf8');
    const options = await read('interfaces/tallywire_tracker.TrackerOptions.html');
    expect(options).toContain('id="maxage"');
    expect(options).toContain("Default <code>'7d'</code>");
    const create = await read('functions/tallywire_tracker.createTracker.html');
    expect(create).toContain('ConfigError for options that cannot work.');
    const entry = await read('modules/tallywire_tracker.html');
    expect(entry).toContain('href="../functions/tallywire_tracker.createTracker.html"');
  });

  it('is accessible, light and dark', async ({ skip }) => {
    skip(!chromiumPath, noChromium);
    const paths = [
      'typescript/interfaces/tallywire_reo.ReoOptions.html',
      'typescript/modules/tallywire_tracker.html',
    ];
    await using reader = await openDocs(browser, { viewport: { width: 390, height: 900 } });
    const { page, complaints } = reader;
    for (const path of paths) {
      await page.goto(fileUrl(path));
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await axe(page, rulesOf(colorScheme))).toEqual([]);
      }
    }
    expect(complaints).toEqual([]);
  });
});
