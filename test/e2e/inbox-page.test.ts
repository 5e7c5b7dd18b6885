import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startMockServer } from '../../src/mock/index.ts';
import { axe, rulesOf } from '../support/axe.ts';
import { chromiumPath, launchChromium, noChromium } from '../support/chromium.ts';
import { buildPackage } from '../support/build.ts';
import { type Inbox, openInbox } from '../support/inbox.ts';

const METRICS = [
  {
    id: '6f1c9f9e-0d1b-4f5e-9a53-1f0a4f0b0001',
    reference_key: 'ig:reach_over_time',
    component: 'chart_v1',
    metrics: ['reach'],
    dimensions: ['date'],
  },
];

/** Shown in the long run; enough of them in the short one to be more than the page draws. */
const MANY = process.env.LONG === undefined ? 2_000 : 10_000;

const VIEWS = [
  'requests',
  'requests/1',
  'requests/2',
  'usage',
  'webhooks',
  'webhooks/1',
  'faults',
  'emulator',
];

let browser: Browser | undefined;

const open = (options?: BrowserContextOptions): Promise<Inbox> =>
  openInbox(browser as Browser, options);

describe('the inbox as a page in Chromium', () => {
  beforeAll(async () => {
    if (!chromiumPath) return;
    await buildPackage();
    browser = await launchChromium();
  }, 180_000);
  afterAll(() => browser?.close());
  beforeEach(({ skip }) => skip(!browser, noChromium));

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
  ] as const)(
    'is accessible, %s and %i pixels wide',
    { timeout: 90_000 },
    async (colorScheme, width) => {
      await using inbox = await open({
        colorScheme,
        viewport: { width, height: 800 },
      });
      const { mock, page, complaints } = inbox;
      await inbox.sendUsage({ user_id: 17 });
      await inbox.getData(METRICS);
      await inbox.getData(METRICS, '/api/metrics/get-data-async', {
        metrics_webhook_url: `${mock.url}/hook`,
      });
      await inbox.sendUsage();
      await page.request.post(`${mock.url}/__mock/faults`, { data: { status: 503, times: 1 } });
      const found: Record<string, readonly string[]> = {};
      for (const view of VIEWS) {
        await page.goto(`${mock.url}/__mock/#/${view}`);
        await page.locator('main h2, .row').filter({ visible: true }).first().waitFor();
        // The body of what is open comes a moment later.
        await page.waitForLoadState('networkidle').catch(() => undefined);
        const problems = await axe(page, rulesOf(colorScheme));
        if (problems.length > 0) found[view] = problems;
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - innerWidth,
        );
        expect(overflow, `${view} is too wide`).toBeLessThanOrEqual(0);
      }
      expect(found).toEqual({});
      expect(complaints).toEqual([]);
    },
  );

  it('is dark where the system is, and where somebody wants it', async () => {
    await using inbox = await open({ colorScheme: 'dark' });
    const { page, mock } = inbox;
    const ground = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const dark = await ground();
    await page.getByRole('button', { name: 'Switch between light and dark' }).click();
    const light = await ground();
    expect(light).not.toBe(dark);
    await page.goto(`${mock.url}/__mock/`);
    await expect.poll(ground).toBe(light);
    await page.getByRole('button', { name: 'Switch between light and dark' }).click();
    expect(await ground()).toBe(dark);
  });

  it('runs no script but its own, and speaks to nobody else', async () => {
    await using inbox = await open();
    const refused = await inbox.page.evaluate(async () => {
      const seen: string[] = [];
      addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
      document.body.append(
        Object.assign(document.createElement('script'), { textContent: 'window.hacked = 1' }),
        Object.assign(document.createElement('img'), { src: 'http://127.0.0.1:1/x.png' }),
      );
      document.body.insertAdjacentHTML('beforeend', '<i style="color: red" onclick="1"></i>');
      await fetch('http://127.0.0.1:1/').catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { seen, hacked: 'hacked' in window };
    });
    expect(refused.hacked).toBe(false);
    expect(refused.seen.map((one) => one.split('-')[0])).toEqual(
      expect.arrayContaining(['script', 'img', 'style', 'connect']),
    );
  });

  it('works where nothing can be remembered', async () => {
    await using inbox = await open();
    const { page, mock } = inbox;
    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get: () => {
          throw new Error('denied');
        },
      });
    });
    await page.goto(`${mock.url}/__mock/?again`);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Switch between light and dark' }).click();
    expect(inbox.complaints).toEqual([]);
  });

  it('says that the emulator has stopped, and goes on with the next one', async () => {
    await using inbox = await open();
    const { mock, page } = inbox;
    await inbox.sendUsage();
    await page.locator('.row').waitFor();
    await mock.close();
    await page.getByRole('alert').getByText('Emulator stopped; trying again').waitFor();
    await using next = await startMockServer({ port: mock.port });
    await page.getByRole('alert').waitFor({ state: 'hidden' });
    // The other emulator has no requests yet: what was there is not of it.
    await page.getByText('No requests yet').waitFor();
    await fetch(`${next.url}/api/product/usage`, { method: 'POST' });
    await page.locator('.row').waitFor();
  });

  it(`holds ${MANY} requests without stuttering`, { timeout: 120_000 }, async () => {
    await using inbox = await open();
    const { mock, page } = inbox;
    await page.evaluate(() => {
      const tasks: number[] = [];
      Object.assign(window, { tasks });
      new PerformanceObserver((list) =>
        tasks.push(...list.getEntries().map((one) => one.duration)),
      ).observe({
        type: 'longtask',
      });
    });
    // Without a socket and without a key, for here it is the page that is measured.
    const send = async (): Promise<void> => {
      for (let count = 0; count < MANY / 16; count += 1) {
        await mock.fetch(`${mock.url}/api/product/usage`, { method: 'POST' });
        // Or the stream would be written at the end of all of them.
        await new Promise(setImmediate);
      }
    };
    await Promise.all(Array.from({ length: 16 }, send));
    await expect
      .poll(() => page.locator('.count').innerText(), { timeout: 20_000 })
      .toBe(MANY.toLocaleString('en'));
    const live = await page.evaluate(() => [...(window as unknown as { tasks: number[] }).tasks]);

    const frames = await page.evaluate(async () => {
      const list = document.querySelector('.rows') as HTMLElement;
      const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      const gaps: number[] = [];
      let last = await frame();
      let most = 0;
      for (let step = 0; step < 150; step += 1) {
        list.scrollTop = (list.scrollHeight * step) / 150;
        const now = await frame();
        gaps.push(now - last);
        last = now;
        most = Math.max(most, document.querySelectorAll('.row').length);
      }
      return { longest: Math.max(...gaps), mean: gaps.reduce((a, b) => a + b) / gaps.length, most };
    });
    const started = Date.now();
    await page.goto(`${mock.url}/__mock/?again`);
    await expect
      .poll(() => page.locator('.count').innerText(), { timeout: 20_000 })
      .toBe(MANY.toLocaleString('en'));
    const opened = Date.now() - started;
    console.log(
      `longest task ${Math.round(Math.max(0, ...live))} ms of ${live.length} while ${MANY} arrived; ` +
        `scrolling: longest frame ${Math.round(frames.longest)} ms, mean ${frames.mean.toFixed(1)} ms, ` +
        `${frames.most} rows in the DOM; opened with all of them in ${opened} ms`,
    );
    expect(Math.max(0, ...live)).toBeLessThan(500);
    expect(frames.longest).toBeLessThan(500);
    expect(frames.most).toBeLessThan(200);
    expect(opened).toBeLessThan(10_000);
  });

  it('opens a body of a megabyte', async () => {
    await using inbox = await open();
    const { page, complaints } = inbox;
    const meta = Object.fromEntries(
      Array.from({ length: 25_000 }, (_, index) => [
        `key ${index}`,
        { index, text: 'x'.repeat(8) },
      ]),
    );
    await inbox.sendUsage({ meta });
    await page.locator('.row').click();
    const started = Date.now();
    await page.getByRole('region', { name: 'Body of the request' }).waitFor();
    expect(Date.now() - started).toBeLessThan(3_000);
    await page.getByRole('button', { name: 'Show more lines' }).click();
    await page.getByText('"key 200"').waitFor();
    expect(complaints).toEqual([]);
  });
});
