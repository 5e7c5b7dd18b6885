import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumPath, launchChromium, noChromium } from '../support/chromium.ts';
import { buildPackage } from '../support/build.ts';
import { type Inbox, openInbox } from '../support/inbox.ts';

const shell = promisify(execFile);

const IDS = {
  replies: '6f1c9f9e-0d1b-4f5e-9a53-1f0a4f0b0001',
  gender: '6f1c9f9e-0d1b-4f5e-9a53-1f0a4f0b0002',
  clicks: '6f1c9f9e-0d1b-4f5e-9a53-1f0a4f0b0003',
};

const METRICS = [
  {
    id: IDS.replies,
    reference_key: 'ig:story_replies',
    component: 'number_v1',
    metrics: ['replies'],
  },
  {
    id: IDS.gender,
    reference_key: 'ig:followers_gender',
    component: 'chart_v1',
    metrics: ['followers'],
    dimensions: ['gender'],
  },
  {
    id: IDS.clicks,
    reference_key: 'ig:clicks_breakdown',
    component: 'datatable_v1',
    metrics: ['count', 'ctr'],
    dimensions: ['clicks_breakdown'],
  },
];

let browser: Browser | undefined;
let inbox: Inbox;
let page: Page;

const rows = (): Locator => page.locator('.rows').getByRole('option');
const row = (text: string | RegExp): Locator => rows().filter({ hasText: text });

const view = (name: string): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name }).click();

describe('the inbox in Chromium', () => {
  beforeAll(async () => {
    if (!chromiumPath) return;
    await buildPackage();
    browser = await launchChromium();
  }, 180_000);
  afterAll(() => browser?.close());
  beforeEach(async ({ skip }) => {
    if (!browser) return skip(noChromium);
    inbox = await openInbox(browser);
    page = inbox.page;
  });
  afterEach(async () => {
    if (!browser) return;
    await inbox[Symbol.asyncDispose]();
    expect(inbox.complaints).toEqual([]);
  });

  it('shows a request as it arrives, and in words what is wrong with it', async () => {
    await page.getByText('No requests yet').waitFor();
    await inbox.sendUsage({ user_id: 17 });
    await row('sendUsage').click();
    const problems = page.getByRole('region', { name: 'What is wrong' });
    await problems.getByText('payload.user_id').waitFor();
    expect(await problems.innerText()).toMatch(/payload\.user_id must be .*string|text/i);
    expect(await row('sendUsage').innerText()).toMatch(/status\s+400/);
    const body = page.getByRole('region', { name: 'Body of the request' });
    expect(await body.innerText()).toMatch(/"payload": \{\n+\s*"activity_type": "LOGIN"/);
    expect(page.url()).toMatch(/#\/requests\/1$/);
  });

  it('draws metrics as chart and table, with the numbers that were returned', async () => {
    const more = { comparison_start: '2024-07-01', comparison_end: '2024-07-31' };
    const answer = await inbox.getData(METRICS, undefined, more);
    const results = (await answer.json()) as Record<string, { values: unknown; labels: string[] }>;
    await row('getData').click();
    const metric = (name: string): Locator =>
      page.getByRole('region', { name: 'Metrics' }).locator('li.metric').filter({ hasText: name });

    await metric('ig:story_replies').getByText(String(results[IDS.replies]?.values)).waitFor();
    expect(await metric('ig:story_replies').innerText()).toMatch(
      /[▲▼＝]\s+(up|down|unchanged)\s.*%/,
    );

    const gender = results[IDS.gender] as { labels: string[]; values: [{ data: number[] }] };
    const chart = metric('ig:followers_gender');
    expect(await chart.locator('figure .bar').count()).toBe(gender.labels.length);
    expect(await chart.locator('figure .bar-value').allInnerTexts()).toEqual(
      gender.values[0].data.map(String),
    );
    expect(await chart.locator('tbody tr').allInnerTexts()).toEqual(
      gender.labels.map((label, index) => `${label}\t${gender.values[0].data[index]}`),
    );

    const rows = results[IDS.clicks]?.values as (string | number)[][];
    expect(await metric('ig:clicks_breakdown').locator('tbody tr').allInnerTexts()).toEqual(
      rows.map((cells) => cells.join('\t')),
    );
  });

  it('sets a null, a failure and a missing metric apart from a 0', async () => {
    const [replies, gender, clicks] = METRICS as [object, object, object];
    for (const metrics of [{ as: 'null' }, { type: 'expired_token' }, { as: 'missing' }] as const) {
      const fault = { operation: 'getData', times: 1, metrics };
      await page.request.post(`${inbox.mock.url}/__mock/faults`, { data: fault });
      await inbox.getData([replies, gender, clicks]);
    }
    const expected = [/null in its place|no value/, /Failed: expired_token/, /Missing/];
    for (const [index, text] of expected.entries()) {
      await page.goto(`${inbox.mock.url}/__mock/#/requests/${index + 1}`);
      await page.locator('li.metric').filter({ hasText: text }).first().waitFor();
    }
  });

  it('charts usage by activity and time, and counts by domain', async () => {
    const now = Math.floor(Date.now() / 1_000);
    for (const [index, activity_type] of ['LOGIN', 'LOGIN', 'EXPORT'].entries()) {
      await inbox.sendUsage({ activity_type, event_at: now - index * 3_600 });
    }
    await view('Usage');
    await page.getByRole('img', { name: /over time/i }).waitFor();
    await expect.poll(() => page.locator('svg rect.stack').count()).toBeGreaterThan(1);
    expect(await page.getByRole('row', { name: 'LOGIN' }).innerText()).toMatch(/LOGIN\s+2\s+0/);
    expect(await page.getByLabel('Events and counts by domain').innerText()).toMatch(
      /example\.com\s+3/,
    );
    await inbox.sendUsage({ activity_type: 'LOGIN' });
    await expect
      .poll(() => page.getByRole('row', { name: 'LOGIN' }).innerText())
      .toMatch(/LOGIN\s+3\s+0/);
  });

  it('delivers a webhook again', async () => {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        bodies.push(body);
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await inbox.getData(METRICS, '/api/metrics/get-data-async', {
        metrics_webhook_url: `http://127.0.0.1:${port}/hook`,
      });
      await view('Webhooks');
      await page.getByText('delivered').first().waitFor();
      await page.getByRole('button', { name: 'Redeliver webhook 1' }).click();
      await expect.poll(() => bodies.length).toBe(2);
      expect(bodies[1]).toBe(bodies[0]);
      await page.getByText('2 attempts').waitFor();
      await page.getByRole('link', { name: '#1', exact: true }).click();
      await page.locator('li.metric').filter({ hasText: 'ig:followers_gender' }).waitFor();
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('switches faults on and off, and the next call notices', async () => {
    await view('Faults');
    await page.getByRole('button', { name: '503 unavailable' }).click();
    await page.getByLabel('Operation').selectOption('sendUsage');
    await page.getByText('sendUsage answers 503, Retry-After 2, next 3 calls').waitFor();
    await page.getByRole('button', { name: 'Add fault' }).click();
    const control = page.getByRole('switch', { name: /sendUsage answers 503/ });
    await control.waitFor();
    const failed = await inbox.sendUsage();
    expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, '2']);
    await page.getByText('(used 1)').waitFor();
    await control.click();
    await expect.poll(() => control.getAttribute('aria-checked')).toBe('false');
    expect((await inbox.sendUsage()).status).toBe(200);
    await control.click();
    await expect.poll(() => control.getAttribute('aria-checked')).toBe('true');
    expect((await inbox.sendUsage()).status).toBe(503);
    await page.getByRole('button', { name: 'Remove', exact: false }).last().click();
    await page.getByText('None: every call works').waitFor();
    expect((await inbox.sendUsage()).status).toBe(200);
  });

  it('fails the next call like one that is open', async () => {
    await inbox.sendUsage();
    await row('sendUsage').click();
    await page.getByRole('button', { name: 'Fail the next one like this' }).click();
    await page.getByText('The next sendUsage answers 503').waitFor();
    expect((await inbox.sendUsage()).status).toBe(503);
    expect((await inbox.sendUsage()).status).toBe(200);
    await row('fault').waitFor();
  });

  it('copies a request as a command that a shell runs', async () => {
    const { mock } = inbox;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await inbox.sendUsage({ meta: { note: `it's "here" \`$HOME\` \\ 日本` } });
    await row('sendUsage').click();
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('Copied as curl').waitFor();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    expect(command).not.toContain(mock.keys.reo);
    const { stdout } = await shell('/bin/sh', ['-c', command], {
      env: { PATH: process.env.PATH ?? '', REO_API_KEY: mock.keys.reo },
    });
    expect(JSON.parse(stdout)).toMatchObject({ status: 'success' });
    const [first, second] = mock.usage.events();
    expect(second?.payload).toEqual(first?.payload);
  });

  it('finds requests, also by what their bodies hold', async () => {
    await inbox.sendUsage({ user_id: 'needle@example.com' });
    await inbox.sendUsage();
    await inbox.getData(METRICS);
    await expect.poll(() => rows().count()).toBe(3);
    await page.keyboard.press('/');
    await page.keyboard.type('needle@');
    await expect.poll(() => rows().count()).toBe(1);
    expect(await rows().getAttribute('id')).toBe('request-1');
    await page.getByLabel('Search requests').fill('');
    await page.getByLabel('API', { exact: true }).selectOption('reportei');
    await expect.poll(() => rows().count()).toBe(1);
  });

  it('is driven by the keyboard', async () => {
    for (let count = 0; count < 3; count += 1) await inbox.sendUsage();
    await expect.poll(() => rows().count()).toBe(3);
    for (const key of ['j', 'ArrowDown', 'k', 'j', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: /200 POST\s+sendUsage/ }).waitFor();
    expect(page.url()).toMatch(/requests\/2$/);
    await page.keyboard.press('j');
    await expect.poll(() => page.url()).toMatch(/requests\/1$/);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.url()).toMatch(/requests$/);
    for (const [key, name] of ['Requests', 'Usage', 'Webhooks', 'Faults', 'Emulator'].entries()) {
      await page.keyboard.press(String(key + 1));
      const current = page.locator('nav [aria-current=page]');
      await expect.poll(() => current.innerText()).toContain(name);
    }
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  it('takes what a body says for text', async () => {
    const hostile = '</script><img src=x onerror="window.hacked=1"><b>bold</b>';
    await inbox.sendUsage({ activity_type: hostile, meta: { [hostile]: hostile } });
    await fetch(`${inbox.mock.url}/api/<img src=x>`, { method: 'POST', body: hostile });
    await row('sendUsage').click();
    await page
      .getByRole('region', { name: 'Body of the request' })
      .getByText('<b>bold</b>')
      .first()
      .waitFor();
    await view('Usage');
    await page.getByRole('row', { name: hostile }).waitFor();
    expect(await page.locator('img, b:text-is("bold")').count()).toBe(0);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  });

  it('moves the clock, changes settings and starts over', async () => {
    await view('Emulator');
    await page.getByRole('button', { name: '+ 8d' }).click();
    await page.getByText('8 d ahead').waitFor();
    const envelope = page.getByRole('switch', { name: 'Metrics inside data' });
    await envelope.click();
    await expect.poll(() => envelope.getAttribute('aria-checked')).toBe('true');
    expect(await (await inbox.getData(METRICS)).json()).toHaveProperty('data');
    const everything = page.getByRole('button', { name: 'everything' });
    await everything.click();
    await everything.click();
    await page.getByText("the machine's time").first().waitFor();
    await expect.poll(() => envelope.getAttribute('aria-checked')).toBe('false');
    await view('Requests');
    await page.getByText('No requests yet').waitFor();
  });

  it('keeps still while it is paused', async () => {
    await inbox.sendUsage();
    await row('sendUsage').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await inbox.sendUsage();
    await page.getByRole('button', { name: 'Resume (1 new)' }).waitFor();
    expect(await rows().count()).toBe(1);
    await page.getByRole('button', { name: /Resume/ }).click();
    await expect.poll(() => rows().count()).toBe(2);
  });
});
