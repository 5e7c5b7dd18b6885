import { readFile, writeFile } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/cli/report/html.ts';
import type { Report } from '../../src/cli/report/model.ts';
import { axe, rulesOf } from '../support/axe.ts';
import { chromiumPath, launchChromium, noChromium } from '../support/chromium.ts';
import { buildPackage } from '../support/build.ts';
import { everywhere, metric, report, sample } from '../support/report.ts';

let browser: Browser | undefined;
let folder: string;
let made = 0;

interface Shown extends AsyncDisposable {
  readonly page: Page;
  /** Errors on the console, and everything that was asked for beside the file. Has to stay empty. */
  readonly complaints: readonly string[];
}

const show = async (one: Report, options: BrowserContextOptions = {}): Promise<Shown> => {
  const template = fileURLToPath(new URL('../../dist/report.html', import.meta.url));
  const file = join(folder, `${(made += 1)}.html`);
  await writeFile(file, renderHtml(one, await readFile(template, 'utf8')));
  const url = pathToFileURL(file).href;
  const context = await (browser as Browser).newContext({
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    // The tests look into the canvases.
    if (!message.text().includes('getImageData')) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error.stack)));
  page.on('dialog', (dialog) => {
    complaints.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:')) complaints.push(request.url());
  });
  await page.goto(url);
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
};

/** How many pixels of each chart have a colour of the first series. */
const inked = (page: Page, canvases = '.canvas canvas'): Promise<readonly number[]> =>
  page.locator(canvases).evaluateAll((all) =>
    (all as HTMLCanvasElement[]).map((canvas) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        const blue = data[i + 2]!;
        if (data[i + 3]! > 200 && blue > data[i]! + 60 && blue > data[i + 1]! + 20) count += 1;
      }
      return count;
    }),
  );

/** That of one chart, counted from the end if below 0. */
const inkOf = async (page: Page, place: number): Promise<number | undefined> =>
  (await inked(page, `.canvas canvas >> nth=${place}`))[0];

const UNPRINTABLE = '\u2028\u0000\ud800';

const groundOf = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

describe('the page of a report in Chromium', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tallywire-'));
    if (!chromiumPath) return;
    await buildPackage();
    browser = await launchChromium();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(({ skip }) => skip(!browser, noChromium));

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)('is accessible and fits, %s and %i pixels wide', async (colorScheme, width) => {
    await using shown = await show(sample, { colorScheme, viewport: { width, height: 800 } });
    const { page, complaints } = shown;
    expect(await axe(page, rulesOf(colorScheme))).toEqual([]);
    for (const details of await page.locator('summary').all()) await details.click();
    expect(await axe(page, rulesOf(colorScheme))).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
  });

  it('draws every chart, asks nobody for anything, and says nothing on the console', async () => {
    await using shown = await show(sample);
    const { page, complaints } = shown;
    await expect.poll(async () => Math.min(...(await inked(page)))).toBeGreaterThan(100);
    expect(await inked(page)).toHaveLength(3);
    await page.locator('canvas').first().hover();
    await page.waitForLoadState('networkidle');
    expect(complaints).toEqual([]);
  });

  it('has the numbers of each chart in a table that opens', async () => {
    await using shown = await show(sample);
    const chart = shown.page.locator('article.chart', { hasText: 'Gender age' });
    const table = chart.getByRole('table');
    expect(await table.count()).toBe(0);
    await chart.locator('summary').click();
    expect(await table.getByRole('row').allInnerTexts()).toEqual([
      'age\tfemale\tmale',
      '18-24\t1\t3',
      '25-34\t2\t4',
    ]);
    expect(await chart.getByRole('img').getAttribute('aria-label')).toMatch(/^Chart of Gender age/);
  });

  it('is dark where the system is, charts included, also when that changes', async () => {
    await using shown = await show(sample, { colorScheme: 'light' });
    const { page } = shown;
    const [light, chart] = [await groundOf(page), await inked(page)];
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await groundOf(page)).not.toBe(light);
    const brightest = (): Promise<number> =>
      page.evaluate(() => {
        const canvas = document.querySelector('canvas') as HTMLCanvasElement;
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        return Math.max(...data.filter((_, i) => i % 4 === 2 && (data[i + 1] ?? 0) > 250));
      });
    await expect.poll(brightest).toBeGreaterThan(240);
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(() => inked(page)).toEqual(chart);
  });

  it('prints charts and tables whole, light on paper', async () => {
    await using shown = await show(sample, { colorScheme: 'dark' });
    const { page, complaints } = shown;
    await page.emulateMedia({ media: 'print' });
    expect(await groundOf(page)).toBe('rgb(255, 255, 255)');
    expect(await page.locator('canvas').first().isVisible()).toBe(false);
    const printed = page.locator('canvas.printed');
    expect(await printed.count()).toBe(3);
    expect(Math.min(...(await inked(page, '.printed')))).toBeGreaterThan(500);
    for (const chart of await printed.all()) {
      const box = await chart.boundingBox();
      // As wide as there is room, and in the proportions in which it was drawn.
      const drawn = await chart.evaluate(({ width, height }: HTMLCanvasElement) => width / height);
      expect(box?.width).toBeGreaterThan(500);
      expect((box?.width ?? 0) / (box?.height ?? 1)).toBeCloseTo(drawn, 1);
    }
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll('.tables .scroll')].map(
        (one) => one.scrollHeight - one.clientHeight,
      ),
    );
    expect(Math.max(...cut)).toBeLessThanOrEqual(0);
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
    expect(complaints).toEqual([]);
  });

  it('shows everything without scripts', async () => {
    await using shown = await show(sample, { javaScriptEnabled: false });
    for (const summary of await shown.page.locator('summary').all()) await summary.click();
    const text = await shown.page.locator('main').innerText();
    for (const word of ['120', 'expired_token', '2024-08-31', 'Websites', '18-24']) {
      expect(text).toContain(word);
    }
    expect(await shown.page.locator('canvas').first().isVisible()).toBe(false);
  });

  it.each([
    '</script><script>alert(1)</script><!--',
    '"><img src=x onerror=alert(1)>',
    "$&$'$`",
    '__proto__',
    UNPRINTABLE,
    ['wide', 'W'.repeat(3_000)].join(' '),
    // The test of the page as text has their like in the short run.
    ...(process.env.LONG
      ? ['<script>alert(1)</script>', "'-alert(1)-'", '<!--report-->', 'constructor']
      : []),
  ])('takes %# for text', async (hostile) => {
    await using shown = await show(everywhere(hostile), { viewport: { width: 390, height: 800 } });
    const { page, complaints } = shown;
    for (const [place, canvas] of (await page.locator('.canvas').all()).entries()) {
      await canvas.scrollIntoViewIfNeeded();
      await expect.poll(() => inkOf(page, place)).toBeGreaterThan(100);
    }
    expect(await page.locator('h1').innerText()).toBe(hostile === UNPRINTABLE ? '\ufffd' : hostile);
    expect(await page.locator('main script, main img').count()).toBe(0);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
  });

  it('would load nothing even if something were in it', async () => {
    await using shown = await show(sample);
    const refused = await shown.page.evaluate(async () => {
      const seen: string[] = [];
      addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
      document.body.append(
        Object.assign(document.createElement('script'), { textContent: 'window.hacked = 1' }),
        Object.assign(document.createElement('img'), { src: 'http://127.0.0.1:1/x.png' }),
      );
      await fetch('http://127.0.0.1:1/').catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return [...seen, String((window as { hacked?: unknown }).hacked)];
    });
    expect(refused.toSorted()).toEqual(['connect-src', 'img-src', 'script-src-elem', 'undefined']);
  });

  it(
    'bears a report with many charts, long courses and large tables',
    { timeout: 60_000 },
    async () => {
      const labels = Array.from({ length: 730 }, (_, i) =>
        new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10),
      );
      const values = Array.from({ length: 12 }, (_, s) => ({
        name: `channel ${s}`,
        data: labels.map((_, i) => (i % 7 === s ? null : (i * (s + 1)) % 97)),
      }));
      const charts = Array.from({ length: 40 }, (_, i) =>
        metric(`chart_${i}`, 'chart_v1', { labels, values }, { dimensions: ['date', 'channel'] }),
      );
      const rows = Array.from({ length: 2_000 }, (_, i) => [`/page/${i}`, i]);
      const table = metric('pages', 'datatable_v1', { values: rows }, { dimensions: ['page'] });
      const begun = performance.now();
      await using shown = await show(report([...charts, table]));
      await expect.poll(() => inkOf(shown.page, 0), { timeout: 10_000 }).toBeGreaterThan(100);
      expect(performance.now() - begun).toBeLessThan(15_000);
      expect(await inkOf(shown.page, -1)).toBe(0);
      await shown.page.locator('.canvas').last().scrollIntoViewIfNeeded();
      await expect.poll(() => inkOf(shown.page, -1), { timeout: 10_000 }).toBeGreaterThan(100);
      expect(shown.complaints).toEqual([]);
    },
  );
});
