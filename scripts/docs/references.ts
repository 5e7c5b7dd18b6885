/** One page per API, made by Redoc: everything is inside it, so that it needs neither network nor server. */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun, root } from '../lib/run.ts';
import { documents, operationsOf, readDocument, type Document } from './documents.ts';
import { escapeHtml } from './html.ts';
import { headerFor, headFor } from './layout.ts';
import type { Builder, Page, Passage } from './site.ts';

const pathOf = (name: string): string => `reference/${name}.html`;

/** Redoc's place for the schemas, so that each can be linked to. */
const schemasTag = 'Schemas';

const optionsFor = (name: string): object => ({
  // As high as the header bar.
  scrollYOffset: 52,
  schemaDefinitionsTagName: schemasTag,
  sortRequiredPropsFirst: true,
  downloadUrls: [{ title: 'Download the document', url: `../openapi/${name}.yaml` }],
});

/** Replaces what has to be there, or this Redoc is not the one that we know. */
const replaceIn = (html: string, text: string, by: string): string => {
  if (!html.includes(text)) throw new Error(`Redoc's page has no ${text}`);
  return html.replace(text, () => by);
};

/** Redoc's name in place of its logo, which it would fetch. */
const logo =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='36' height='14'%3E%3Ctext y='11' font-family='system-ui,sans-serif' font-size='10' fill='%237a7f88'%3ERedoc%3C/text%3E%3C/svg%3E";

/** Redoc has its dark colours where <html> has the class `dark`; the site has one switch for all. */
const followTheme = `<script>
(() => {
  const { classList, dataset } = document.documentElement;
  const follow = () => {
    classList.toggle('dark', dataset.theme === 'dark');
    classList.toggle('light', dataset.theme !== 'dark');
  };
  follow();
  document.addEventListener('themechange', follow);
  // Redoc sets it too, by what it remembers itself.
  new MutationObserver(follow).observe(document.documentElement, { attributeFilter: ['class'] });
})();
</script>`;

/** Redoc's page as one of this site. */
const dress = async (html: string, { name, title }: Document): Promise<string> => {
  const sheet = await readFile(join(root, 'src/site/reference/redoc.css'), 'utf8');
  const [prerendered = '', script = ''] = html.split(/(?=<script type="module">)/, 2);
  // Redoc prerenders links to paths; in a page without a server they lead to places behind its #.
  const linked = prerendered.replaceAll('href="/', 'href="#/');
  const head = `${headFor(pathOf(name))}\n${followTheme}\n<style>\n${sheet}</style>\n</head>`;
  const body = `<body class="standalone">\n${headerFor(pathOf(name), title)}`;
  const framed = replaceIn(replaceIn(linked, '</head>', head), '<body>', body);
  const logos = ['logo-mini-full', 'logo-mini'].map(
    (file) => `https://cdn.redoc.ly/redoc/${file}.svg`,
  );
  return framed + logos.reduce((code, url) => replaceIn(code, url, logo), script);
};

const writePage = async (document: Document, folder: string): Promise<void> => {
  const { name, title } = document;
  const file = join(folder, pathOf(name));
  await mustRun(process.execPath, [
    'node_modules/@redocly/cli/bin/cli.js',
    'build-docs',
    name,
    // Without it the page loads a script from the network, and shows nothing without.
    '--inlineBundle',
    '--openapi',
    JSON.stringify(optionsFor(name)),
    '--title',
    `${title} · tallywire`,
    '--output',
    file,
  ]);
  await writeFile(file, await dress(await readFile(file, 'utf8'), document));
};

/** As Redoc names its places: `#/customer-integrations/listcustomerintegrations`. */
const placeOf = (name: string, group: string, item: string): string =>
  `${pathOf(name)}#/${[group, item].map((part) => part.toLowerCase().replaceAll(' ', '-')).join('/')}`;

/** What search finds of a reference: its operations, then its schemas. */
export const passagesOf = async ({ name }: Document): Promise<readonly Passage[]> => {
  const document = await readDocument(name);
  const operations = operationsOf(document).map(
    ({ tags: [tag], operationId, summary, method, path, description = '' }) => ({
      path: placeOf(name, tag, operationId),
      title: summary,
      text: `${operationId} ${method} ${path} ${description}`,
    }),
  );
  const schemas = Object.entries(document.components.schemas).map(
    ([schema, { description = '' }]) => ({
      path: placeOf(name, schemasTag, schema),
      title: schema,
      text: description,
    }),
  );
  return [...operations, ...schemas];
};

const overview = (files: readonly string[]): Page => {
  const rows = documents.map(({ name, title, description }) => {
    const own = files.filter((file) => file.startsWith(`${name}.`));
    const downloads = own.map((file) => `<a href="../openapi/${file}" download>${file}</a>`);
    return `<tr><td><a href="${name}.html">${escapeHtml(title)}</a><br>${escapeHtml(description)}</td>
<td><a href="../console/${name}.html">Try it</a></td><td>${downloads.join('<br>')}</td></tr>`;
  });
  return {
    path: 'reference/index.html',
    section: 'API references',
    title: 'The three APIs',
    description:
      'The APIs that tallywire speaks, each with its reference, its console and its OpenAPI document.',
    body: `<h1>The three APIs</h1>
<p>Each has a reference, a console to try it in, and the OpenAPI document that both are made from.</p>
<p>The documents are written by hand, and say of each fact where it is from: <em>vendor</em> (their public
documents), <em>seen</em> (working integrations) or <em>unknown</em>. They are unofficial. The Arazzo
documents beside them are workflows: which calls follow each other, and what each has to answer.</p>
<div class="wide"><table>
<thead><tr><th>Reference</th><th>Console</th><th>Documents</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>
`,
    headings: [],
  };
};

/** The references, and the documents that they are made from. */
export const buildReferences: Builder = async ({ folder }) => {
  const source = join(root, 'openapi');
  const files = (await readdir(source)).filter((file) => file.endsWith('.yaml')).toSorted();
  await mkdir(join(folder, 'reference'), { recursive: true });
  await Promise.all([
    cp(source, join(folder, 'openapi'), { recursive: true }),
    cp(
      join(root, 'node_modules/@redocly/cli/THIRD_PARTY_NOTICES'),
      join(folder, 'reference/licenses.txt'),
    ),
    ...documents.map((document) => writePage(document, folder)),
  ]);
  const passages = await Promise.all(documents.map(passagesOf));
  return {
    pages: [overview(files)],
    passages: passages.flat(),
    links: documents.map(({ name, title }) => ({
      section: 'API references',
      title,
      path: pathOf(name),
    })),
  };
};
