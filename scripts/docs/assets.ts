/** What all pages load: `assets/` of the site. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { collectNotices } from '../lib/notices.ts';
import { bundleScript, bundleStyle } from '../lib/page.ts';
import { root } from '../lib/run.ts';
import type { Site } from './site.ts';

const sources = join(root, 'src/site');

/** Says which version a site is. Publishing writes it anew. */
export const versionScript = (version: string, published?: true): string =>
  `window.tallywireVersion=${JSON.stringify({ version, published })}\n`;

export const writeAssets = async ({ folder, version }: Site): Promise<void> => {
  const assets = join(folder, 'assets');
  const [style, site, search] = await Promise.all([
    bundleStyle(sources),
    bundleScript(join(sources, 'script/main.ts')),
    bundleScript(join(sources, 'script/search.ts')),
    mkdir(assets, { recursive: true }),
  ]);
  const notices = collectNotices();
  notices.add([...site.modules, ...search.modules]);
  const text = (await notices.text()).replace('this folder is', 'this site is');
  await Promise.all([
    writeFile(join(assets, 'site.css'), style),
    writeFile(join(assets, 'site.js'), site.code),
    writeFile(join(assets, 'search.js'), search.code),
    writeFile(join(assets, 'version.js'), versionScript(version)),
    writeFile(join(assets, 'licenses.txt'), text),
  ]);
};
