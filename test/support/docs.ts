import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { mustRun, root } from '../../scripts/lib/run.ts';

export const siteFolder = join(root, 'site');

/** Sees to it that site/ is what the sources make. `npm test` has done so already. */
export const buildDocs = async (): Promise<void> => {
  if (process.env.IS_BUILT !== undefined) return;
  await mustRun(process.execPath, ['--import', 'tsx', 'scripts/docs.ts', '--if-needed']);
};

/** Where a page of the site is when it is opened as a file. */
export const fileUrl = (path: string): string => pathToFileURL(join(siteFolder, path)).href;

export interface Reader extends AsyncDisposable {
  readonly page: Page;
  /** Errors on the console, and every request that leaves the site. Has to stay empty. */
  readonly complaints: readonly string[];
}

/** A browser at a site, which gets nothing from elsewhere. */
export const openDocs = async (
  browser: Browser,
  options: BrowserContextOptions = {},
  site = fileUrl(''),
): Promise<Reader> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const complaints: string[] = [];
  await context.route('**/*', (route) => {
    const url = route.request().url();
    if (url.startsWith(site) || /^(data|blob):/.test(url)) return route.continue();
    complaints.push(url);
    return route.abort();
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error.stack)));
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
};
