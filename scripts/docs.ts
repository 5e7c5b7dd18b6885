/** The three API references as pages that need no network, in site/: `npm run docs`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun, root } from './lib/run.ts';

const references = {
  reo: 'Reo.Dev product usage',
  reportei: 'Reportei Connect',
  emulator: 'The emulator: control API',
};

const site = join(root, 'site');
await mkdir(site, { recursive: true });

for (const [name, title] of Object.entries(references)) {
  const page = join('site', `${name}.html`);
  // Without --inlineBundle the page loads a script from the network, and shows nothing without.
  await mustRun('npx', [
    'redocly',
    'build-docs',
    name,
    '--inlineBundle',
    '--title',
    title,
    '--output',
    page,
  ]);
  console.log(`${title}: ${page}`);
}

const links = Object.entries(references).map(
  ([name, title]) => `<li><a href="${name}.html">${title}</a></li>`,
);
await writeFile(
  join(site, 'index.html'),
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>tallywire</title>
<h1>tallywire: API references</h1>
<ul>
${links.join('\n')}
</ul>
`,
);
