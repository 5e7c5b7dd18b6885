/** A page per API to try it in: Elements, with the document inside the page and the emulator as its server. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleScript } from '../lib/page.ts';
import { root } from '../lib/run.ts';
import { documents, readDocument, type Document } from './documents.ts';
import { elementsFolder } from './elements.ts';
import { escapeHtml } from './html.ts';
import { headerFor, headFor } from './layout.ts';
import type { Builder } from './site.ts';

const sources = join(root, 'src/site/console');

const pathOf = (name: string): string => `console/${name}.html`;

const titleOf = ({ title }: Document): string =>
  `Console: ${title.replace('The emulator: c', 'C')}`;

/** Nobody is here. Where `npm run docs:serve` answers for this file, its emulator is. */
const emulatorHere = 'window.tallywireEmulator = undefined;\n';

const choice = (current: string): string =>
  documents
    .map(
      ({ name, title }) =>
        `<a href="${name}.html"${name === current ? ' aria-current="page"' : ''}>${escapeHtml(title)}</a>`,
    )
    .join('\n');

const render = async (document: Document): Promise<string> => {
  const { name, base, description } = document;
  const path = pathOf(name);
  const title = titleOf(document);
  // Nothing in it may end the script that it is in.
  const json = JSON.stringify(await readDocument(name)).replaceAll('<', String.raw`\u003c`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · tallywire</title>
<meta name="description" content="${escapeHtml(description)}">
${headFor(path)}
<link rel="stylesheet" href="elements.css">
<link rel="stylesheet" href="console.css">
<script src="emulator-here.js"></script>
<script src="elements.js" defer></script>
<script src="console.js" defer></script>
</head>
<body class="standalone">
${headerFor(path, title)}
<main class="console" data-name="${name}" data-base="${base}">
<h1>${escapeHtml(title)}</h1>
<nav class="console-choice" aria-label="APIs">
${choice(name)}
</nav>
<div class="console-state" role="status"><noscript>The console needs JavaScript; the
<a href="../reference/${name}.html">reference</a> says the same.</noscript></div>
<div class="console-elements"></div>
</main>
<script type="application/json" id="document">${json}</script>
</body>
</html>
`;
};

export const buildConsole: Builder = async ({ folder }) => {
  const to = join(folder, 'console');
  const [elements, script] = await Promise.all([
    elementsFolder(),
    bundleScript(join(sources, 'main.ts')),
    mkdir(to, { recursive: true }),
  ]);
  const licences = await Promise.all(
    ['LICENSE', 'web-components.min.js.LICENSE.txt'].map((file) =>
      readFile(join(elements, file), 'utf8'),
    ),
  );
  await Promise.all([
    cp(join(elements, 'web-components.min.js'), join(to, 'elements.js')),
    cp(join(elements, 'styles.min.css'), join(to, 'elements.css')),
    cp(join(sources, 'console.css'), join(to, 'console.css')),
    writeFile(join(to, 'console.js'), script.code),
    writeFile(join(to, 'emulator-here.js'), emulatorHere),
    writeFile(join(to, 'licenses.txt'), licences.join('\n\n')),
    ...documents.map(async (document) =>
      writeFile(join(folder, pathOf(document.name)), await render(document)),
    ),
  ]);
  return {
    pages: [],
    passages: documents.map((document) => ({
      path: pathOf(document.name),
      title: titleOf(document),
      text: `Try it against the local emulator. ${document.description}`,
    })),
    links: documents.map((document) => ({
      section: 'API references',
      title: titleOf(document),
      path: pathOf(document.name),
    })),
  };
};
