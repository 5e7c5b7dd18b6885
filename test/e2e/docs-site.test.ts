import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serveDocs } from '../../scripts/docs/serve.ts';
import { publish } from '../../scripts/docs/versions.ts';
import { filesBelow } from '../../scripts/lib/declarations.ts';
import { axe, rulesOf } from '../support/axe.ts';
import { chromiumPath, launchChromium, noChromium } from '../support/chromium.ts';
import { buildDocs, fileUrl, openDocs, siteFolder } from '../support/docs.ts';

let browser: Browser;
/** All pages but those of the TypeScript reference, which are alike: a sample stands for them. */
let pages: readonly string[] = [];

const guide = 'guides/sending-usage.html';

/** References and consoles are other people's pages in our frame, with a test of their own. */
const isFramed = (path: string): boolean => !/^(reference|console)\/(?!index)/.test(path);

const overflowOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

const themeOf = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { colorScheme, backgroundColor } = getComputedStyle(document.body);
    return `${document.documentElement.dataset.theme} ${colorScheme} ${backgroundColor}`;
  });
const [light, dark] = ['light light rgb(255, 255, 255)', 'dark dark rgb(26, 28, 32)'];

const search = async (page: Page, query: string): Promise<readonly string[]> => {
  await page.keyboard.press('/');
  await page.getByRole('combobox', { name: 'Search the documentation' }).fill(query);
  return page.getByRole('option').locator('b').allInnerTexts();
};

describe('the docs site in Chromium', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    await buildDocs();
    const manifest = JSON.parse(await readFile(join(siteFolder, 'site.json'), 'utf8')) as {
      readonly pages: readonly string[];
    };
    const typescript = (await filesBelow(join(siteFolder, 'typescript')))
      .filter((file) => file.endsWith('.html'))
      .map((file) => relative(siteFolder, file))
      .toSorted();
    pages = [...manifest.pages, ...typescript.filter((_, i) => i % 30 === 0)];
    if (chromiumPath) browser = await launchChromium();
  }, 300_000);
  afterAll(() => browser?.close());
  beforeEach(({ skip }) => skip(!chromiumPath, noChromium));

  it('fits a phone and a desk on every page, says nothing on the console, asks nobody', async () => {
    const { width, height } = { width: 390, height: 800 };
    await using reader = await openDocs(browser, { viewport: { width, height } });
    const { page, complaints } = reader;
    const wide: string[] = [];
    for (const path of pages.filter(isFramed)) {
      await page.goto(fileUrl(path));
      for (const width of [390, 1280]) {
        await page.setViewportSize({ width, height });
        if ((await overflowOf(page)) > 0) wide.push(`${path} at ${width}`);
      }
    }
    expect(pages).toContain(guide);
    expect(wide).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('is accessible, light and dark, on a phone and a desk', { timeout: 600_000 }, async () => {
    await using reader = await openDocs(browser);
    const { page } = reader;
    const few = ['index.html', guide, 'reference/index.html'];
    const found: Record<string, readonly string[]> = {};
    const look = async (path: string, colorScheme: 'light' | 'dark', width: number) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      const problems = await axe(page, rulesOf(colorScheme));
      if (problems.length > 0) found[`${path} ${colorScheme} ${width}`] = problems;
    };
    for (const path of process.env.LONG ? pages.filter(isFramed) : few) {
      await page.goto(fileUrl(path));
      await look(path, 'light', 1280);
      await look(path, 'dark', 390);
      if (process.env.LONG) {
        await look(path, 'dark', 1280);
        await look(path, 'light', 390);
      }
    }
    expect(found).toEqual({});
  });

  it('weighs little', async () => {
    const sizeOf = async (path: string): Promise<number> =>
      (await stat(join(siteFolder, path))).size;
    const shared = (await sizeOf('assets/site.css')) + (await sizeOf('assets/site.js'));
    for (const path of pages.filter(isFramed)) {
      expect((await sizeOf(path)) + shared, path).toBeLessThan(150_000);
    }
    expect(await sizeOf('assets/search-index.js')).toBeLessThan(2_500_000);
  });

  it('finds guides, operations, names and changes by keyboard alone', async () => {
    await using reader = await openDocs(browser);
    const { page, complaints } = reader;
    await page.goto(fileUrl('changelog.html'));
    expect((await search(page, 'agregation'))[0]).toBe('Aggregation');
    expect(await axe(page)).toEqual([]);
    const input = page.getByRole('combobox');
    const firstFor = async (query: string): Promise<string | null> => {
      await input.fill(query);
      return page.getByRole('option').first().getAttribute('href');
    };
    expect(await firstFor('sendUsage')).toMatch(/reference\/reo\.html#/);
    expect(await firstFor('getDataAsync')).toMatch(/reference\/reportei\.html#/);
    expect(await firstFor('Unreleased')).toMatch(/changelog\.html#unreleased$/);
    await input.fill('zzzzzz');
    expect(await page.getByRole('status').innerText()).toBe('Nothing found for “zzzzzz”');
    // Up from the first is the last; what is chosen is told to whoever cannot see it.
    await input.fill('retries');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowDown');
    const chosen = page.getByRole('option', { selected: true });
    expect(await chosen.getAttribute('id')).toBe('found-1');
    expect(await input.getAttribute('aria-activedescendant')).toBe('found-1');
    expect(await chosen.locator('mark').first().innerText()).toMatch(/^retr/i);
    const address = await chosen.getAttribute('href');
    await page.keyboard.press('Enter');
    await page.waitForURL(address ?? '');
    expect(complaints).toEqual([]);
  });

  it.each([
    ['EADDRINUSE', 'logins-from-express.html#the-app'],
    ['tsc', 'logins-from-express.html#check-the-types'],
    ['shutdown', 'durability.html#at-the-end-of-a-process'],
    ['restart', 'durability.html#what-happens-when'],
    ['crash', 'durability.html#what-happens-when'],
  ])('finds the guide for %s among the first four', async (word, path) => {
    await using reader = await openDocs(browser);
    const { page } = reader;
    await page.goto(fileUrl('index.html'));
    await search(page, word);
    const options = await page.getByRole('option').all();
    const first = await Promise.all(
      options.slice(0, 4).map((option) => option.getAttribute('href')),
    );
    expect(first).toContainEqual(expect.stringMatching(new RegExp(`guides/${path}$`)));
  });

  it('opens search by Ctrl-K, closes it by Esc, and goes back to where one was', async () => {
    await using reader = await openDocs(browser);
    const { page } = reader;
    await page.goto(fileUrl(guide));
    const link = page.getByRole('link', { name: 'One count', exact: true });
    await link.focus();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Search' }).waitFor();
    await page.keyboard.type('/ is no shortcut here');
    expect(await page.getByRole('combobox').inputValue()).toBe('/ is no shortcut here');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    expect(await link.evaluate((one) => one === document.activeElement)).toBe(true);
    // A console has fields of its own.
    await page.evaluate(() =>
      document.querySelector('main')?.prepend(document.createElement('input')),
    );
    await page.locator('main input').pressSequentially('a/b');
    expect(await page.locator('main input').inputValue()).toBe('a/b');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('is as dark as the system, or as the switch says, which is remembered', async () => {
    await using reader = await openDocs(browser, { colorScheme: 'dark' });
    const { page } = reader;
    await page.goto(fileUrl('index.html'));
    expect(await themeOf(page)).toBe(dark);
    const button = page.getByRole('button', { name: 'Dark theme' });
    expect(await button.getAttribute('aria-pressed')).toBe('true');
    await button.click();
    expect(await themeOf(page)).toBe(light);
    await page.goto(fileUrl(guide));
    expect(await themeOf(page)).toBe(light);
    expect(await button.getAttribute('aria-pressed')).toBe('false');
    // Back to what the system says: it is followed again.
    await button.click();
    await page.reload();
    expect(await themeOf(page)).toBe(dark);
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(() => themeOf(page)).toBe(light);
    await page.reload();
    expect(await themeOf(page)).toBe(light);
  });

  it('has its navigation behind a button on a phone, and beside the page on a desk', async () => {
    await using reader = await openDocs(browser, { viewport: { width: 390, height: 800 } });
    const { page } = reader;
    await page.goto(fileUrl('changelog.html'));
    const navigation = page.getByRole('navigation', { name: 'Documentation' });
    const button = page.getByRole('button', { name: 'Menu' });
    expect(await navigation.isVisible()).toBe(false);
    await button.click();
    expect(await navigation.isVisible()).toBe(true);
    expect(await button.getAttribute('aria-expanded')).toBe('true');
    expect(await axe(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await navigation.isVisible()).toBe(false);
    await button.click();
    await navigation.getByRole('link', { name: 'Contributing' }).click();
    await page.waitForURL(fileUrl('contributing.html'));
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(await navigation.isVisible()).toBe(true);
    expect(await navigation.locator('[aria-current]').innerText()).toBe('Contributing');
  });

  it('skips to the content, copies code, and prints without its frame', async () => {
    await using reader = await openDocs(browser);
    const { page } = reader;
    await page.goto(fileUrl(guide));
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
    const code = page.locator('.code').first();
    await code.hover();
    await code.getByRole('button', { name: 'Copy code' }).click();
    // Where the clipboard is refused, the code is selected.
    await expect.poll(() => code.getByRole('button').innerText()).toMatch(/^(Copied|Selected)$/);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.getByRole('banner').isVisible()).toBe(false);
    expect(await page.getByRole('navigation').first().isVisible()).toBe(false);
    expect(await themeOf(page)).toContain(' light rgb(255, 255, 255)');
  });

  it('shows everything without scripts', async () => {
    await using reader = await openDocs(browser, {
      javaScriptEnabled: false,
      viewport: { width: 390, height: 800 },
      colorScheme: 'dark',
    });
    const { page } = reader;
    await page.goto(fileUrl(guide));
    expect(await page.getByRole('button').count()).toBe(0);
    await page.getByRole('link', { name: 'Changelog' }).click();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Changelog');
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(ground).toBe('rgb(26, 28, 32)');
  });

  it('works below a path of a server', async () => {
    const served = await serveDocs({ folder: siteFolder, base: '/some/sub/path' });
    const site = `${served.url}/some/sub/path/`;
    await using reader = await openDocs(browser, {}, site);
    const { page, complaints } = reader;
    try {
      await page.goto(site);
      await page.getByRole('main').getByRole('link', { name: 'Sending usage' }).first().click();
      await page.waitForURL(`${site}${guide}`);
      await search(page, 'durability');
      await page.keyboard.press('Enter');
      await page.waitForURL(`${site}guides/durability.html`);
      expect(await themeOf(page)).toBe(light);
      expect(complaints).toEqual([]);
    } finally {
      await served.close();
    }
  });

  it('offers the other published versions, and stays on the page that both have', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tallywire-published-'));
    const into = join(folder, 'sub/docs');
    const put = async (version: string, has: readonly string[]): Promise<void> => {
      const site = join(folder, version);
      const copied = ['assets', ...has];
      for (const path of copied) {
        await cp(join(siteFolder, path), join(site, path), { recursive: true });
      }
      await writeFile(join(site, 'site.json'), JSON.stringify({ version, pages: has }));
      await publish(site, into);
    };
    try {
      await put('0.8.0', ['index.html']);
      await put('0.9.0', ['index.html', guide]);
      await put('1.0.0-rc.1', ['index.html', guide]);
      const root = pathToFileURL(`${into}/`).href;
      await using reader = await openDocs(browser, {}, root);
      const { page, complaints } = reader;
      await page.goto(`${root}index.html`);
      await page.waitForURL(`${root}latest/index.html`);
      await page.goto(`${root}latest/${guide}`);
      const versions = page.getByRole('combobox', { name: 'Version' });
      await versions.waitFor();
      expect(await versions.locator('option').allInnerTexts()).toEqual([
        '1.0.0-rc.1',
        '0.9.0 (latest)',
        '0.8.0',
      ]);
      expect(await versions.inputValue()).toBe('0.9.0');
      await versions.selectOption('1.0.0-rc.1');
      await page.waitForURL(`${root}1.0.0-rc.1/${guide}`);
      expect(await versions.inputValue()).toBe('1.0.0-rc.1');
      await versions.selectOption('0.8.0');
      await page.waitForURL(`${root}0.8.0/index.html`);
      expect(complaints).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
