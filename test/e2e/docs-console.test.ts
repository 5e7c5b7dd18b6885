import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkedBase, serveDocs } from '../../scripts/docs/serve.ts';
import { root } from '../../scripts/lib/run.ts';
import { axe, rulesOf } from '../support/axe.ts';
import { chromiumPath, launchChromium, noChromium } from '../support/chromium.ts';
import { buildDocs, fileUrl, openDocs, siteFolder } from '../support/docs.ts';

let browser: Browser;

beforeAll(async () => {
  await buildDocs();
  if (chromiumPath) browser = await launchChromium();
}, 300_000);
afterAll(() => browser?.close());

/** What Elements does and a page around it cannot mend. */
const known: readonly string[] = [
  // A choice of types is a <div> that says whether it is open, without the role of a button.
  'aria-allowed-attr: <div aria-label="Pick a type"',
  // The tab of a status names the panel of each, of which only the chosen one is there.
  'aria-valid-attr-value: <div tabindex="0" data-key=',
  // The button that chooses a media type is named by what it chooses, and shows the chosen one.
  'label-content-name-mismatch: <button aria-label="Re',
  // What folds "Body" has the choice of an example inside.
  'nested-interactive: <div aria-expanded="true" tabindex="0" class="sl-panel__titlebar',
];

/** An old library inside of Elements warns of its own future, once for each page. */
const isComplaint = (text: string): boolean => !text.includes('React Router Future Flag Warning');

const stateOf = (page: Page): Promise<string> => page.locator('.console-state').innerText();

describe('the console in Chromium', { timeout: 120_000 }, () => {
  beforeEach(({ skip }) => skip(!chromiumPath, noChromium));

  it.each([
    ['reo', 'sendUsage', '/api/product/usage'],
    ['reportei', 'getData', '/api/metrics/get-data'],
    ['reportei', 'listCustomers', '/api/customers'],
    ['emulator', 'getState', '/__mock/state'],
  ])('tries %s %s, served with the emulator', async (api, operation, path) => {
    const served = await serveDocs({ folder: siteFolder });
    try {
      await using reader = await openDocs(browser, {}, served.url);
      const { page, complaints } = reader;
      await page.goto(`${served.url}/docs/console/${api}.html#/operations/${operation}`);
      await expect.poll(() => stateOf(page)).toContain('The emulator answers');
      const answer = page.waitForResponse(`${served.url}${path}`);
      await page.getByRole('button', { name: 'Send API Request' }).click();
      expect((await answer).status()).toBe(200);
      await page.getByText('200 OK').waitFor();
      expect(complaints.filter(isComplaint)).toEqual([]);
    } finally {
      await served.close();
    }
  });

  it('says from a file how to start, and asks nobody', async () => {
    await using reader = await openDocs(browser);
    const { page, complaints } = reader;
    await page.goto(fileUrl('console/reo.html'));
    await page.locator('h1', { hasText: 'Reo.Dev product usage (unofficial)' }).waitFor();
    const state = await stateOf(page);
    expect(state).toContain('npm run docs:serve');
    expect(state).toContain('npx tallywire mock --cors');
    expect(state).toContain('X-API-KEY: test_reo_key');
    await page.goto(fileUrl('console/emulator.html'));
    expect(await stateOf(page)).not.toContain('--cors');
    expect(complaints.filter(isComplaint)).toEqual([]);
  });

  it('says when the emulator has stopped', async () => {
    const served = await serveDocs({ folder: siteFolder });
    await using reader = await openDocs(browser, {}, served.url);
    const { page } = reader;
    await page.goto(`${served.url}/docs/console/reo.html`);
    await expect.poll(() => stateOf(page)).toContain('The emulator answers');
    // The page stays as it is: what it asks for next is not answered.
    await page.route('**/__mock/health', (route) => route.abort());
    await page.reload();
    await expect.poll(() => stateOf(page)).toContain('No emulator answers this page');
    await page.unroute('**/__mock/health');
    await page.getByRole('button', { name: 'Check again' }).click();
    await expect.poll(() => stateOf(page)).toContain('The emulator answers');
    await served.close();
  });

  it.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)('is accessible, %s and %i pixels wide', async (colorScheme, width) => {
    await using reader = await openDocs(browser, { colorScheme, viewport: { width, height: 900 } });
    const { page } = reader;
    const all = ['reportei.html#/operations/getData', 'reo.html#/operations/sendUsage'];
    for (const place of process.env.LONG ? all : all.slice(0, 1)) {
      await page.goto(new URL(`console/${place}`, fileUrl('index.html')).href);
      await page.getByRole('button', { name: 'Send API Request' }).waitFor();
      // Names are mended with the next frame.
      await page.locator('textarea[aria-label]').first().waitFor();
      const found = await axe(page, rulesOf(colorScheme));
      expect(found.filter((one) => !known.some((start) => one.startsWith(start)))).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `${place} is too wide`).toBeLessThanOrEqual(0);
    }
  });
});

describe('npm run docs:serve', { timeout: 120_000 }, () => {
  /** As it is: `fetch` would tidy the path, and sets the host itself. */
  const get = (
    url: string,
    path: string,
    options: http.RequestOptions = {},
  ): Promise<{ readonly status: number; readonly body: string; readonly type: string }> =>
    new Promise((resolve, reject) => {
      const request = http.request(url, { path, ...options }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body,
            type: response.headers['content-type'] ?? '',
          }),
        );
      });
      request.on('error', reject).end();
    });

  it('serves what is in the folder, and nothing beside it', async () => {
    const outer = await mkdtemp(join(tmpdir(), 'tallywire-docs-'));
    const folder = join(outer, 'site');
    await mkdir(join(folder, 'guides'), { recursive: true });
    await writeFile(join(outer, 'secret.txt'), 'secret');
    await writeFile(join(folder, 'index.html'), '<h1>front</h1>');
    await writeFile(join(folder, 'guides/a b.html'), 'spaced');
    const served = await serveDocs({ folder, base: '/some/path/' });
    try {
      const { url } = served;
      expect(await get(url, '/some/path/')).toMatchObject({
        status: 200,
        body: '<h1>front</h1>',
        type: 'text/html; charset=utf-8',
      });
      expect((await get(url, '/some/path/guides/a%20b.html')).body).toBe('spaced');
      expect((await get(url, '/some/path')).status).toBe(307);
      for (const path of [
        '/some/path/../secret.txt',
        '/some/path/%2e%2e/secret.txt',
        '/some/path/..%2fsecret.txt',
        '/some/path/guides/..%2f..%2fsecret.txt',
        '/some/path/..%5csecret.txt',
        '/some/path/%00',
        '/some/path/%zz',
        '/some/path/guides',
        `/some/path/${join(outer, 'secret.txt')}`,
      ]) {
        const { status, body } = await get(url, path);
        expect([307, 404], path).toContain(status);
        expect(body, path).not.toContain('secret');
      }
      expect((await get(url, '/some/path/', { method: 'POST' })).status).toBe(405);
      const head = await get(url, '/some/path/', { method: 'HEAD' });
      expect(head).toMatchObject({ status: 200, body: '' });
    } finally {
      await served.close();
      await rm(outer, { recursive: true });
    }
  });

  it('answers no other name, and no page of another origin', async () => {
    await using served = await serveDocs({ folder: siteFolder });
    const { url } = served;
    const headers = { host: 'evil.example' };
    expect((await get(url, '/docs/index.html', { headers })).status).toBe(403);
    expect((await get(url, '/__mock/state', { headers })).status).toBe(403);
    const foreign = { headers: { origin: 'http://evil.example' } };
    expect((await get(url, '/__mock/state', foreign)).status).toBe(403);
    expect((await get(url, '/__mock/state')).status).toBe(200);
  });

  it('passes on what faults do to a connection', async () => {
    await using served = await serveDocs({ folder: siteFolder });
    const fault = { operation: 'sendUsage', connection: 'reset' };
    const added = await fetch(`${served.url}/__mock/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault),
    });
    expect(added.status).toBe(201);
    const sent = fetch(`${served.url}/api/product/usage`, { method: 'POST', body: '{}' });
    await expect(sent).rejects.toThrow('fetch failed');
  });

  it('has no path that is the emulator’s, or none', () => {
    expect(checkedBase('/docs/')).toBe('/docs');
    for (const base of ['/', '', 'docs', '/__mock/docs', '/api', '/a/../b', '/a?b']) {
      expect(() => checkedBase(base), base).toThrow(/path|emulator/);
    }
  });

  it('prints where everything is, and ends when it is told to', async () => {
    const args = ['--import', 'tsx', 'scripts/docs-serve.ts', '--port', '0', '--site', siteFolder];
    const child = spawn(process.execPath, args, { cwd: root });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    try {
      await expect.poll(() => output, { timeout: 30_000 }).toMatch(/emulator +http/);
      const docs = /docs +(\S+)/.exec(output)?.[1] ?? '';
      expect((await fetch(docs)).status).toBe(200);
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
