/** The TypeScript reference: a page for each exported thing, out of the declarations that users get. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { filesBelow } from '../lib/declarations.ts';
import { mustRun, root } from '../lib/run.ts';
import { escapeHtml } from './html.ts';
import type { Builder, Page } from './site.ts';
import { describe, type Described } from './typedoc.ts';

const folderName = 'typescript';

/** What the reference depends on; making it takes ten seconds. */
const keyOf = async (): Promise<string> => {
  const declarations = (await filesBelow(join(root, 'dist'))).filter((file) =>
    file.endsWith('.d.ts'),
  );
  const tools = ['typedoc.json', 'package-lock.json', 'scripts/docs/typedoc.ts'];
  const files = [...declarations.toSorted(), ...tools.map((file) => join(root, file))];
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
};

const describeOnce = async (): Promise<readonly Described[]> => {
  const file = join(root, '.cache', 'typescript-reference', `${await keyOf()}.json`);
  if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8')) as readonly Described[];
  const described = await describe();
  await mkdir(dirname(file), { recursive: true });
  // In one step, or another build would read half of it.
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, JSON.stringify(described));
  await rename(draft, file);
  return described;
};

/** What each entry is for. */
const purposes: Readonly<Record<string, string>> = {
  tallywire: 'Both clients and the errors.',
  'tallywire/reo': 'The client for Reo.Dev product usage, and the errors of both clients.',
  'tallywire/reportei': 'The client for Reportei Connect: metric sets, dates, results.',
  'tallywire/reportei/callbacks': 'Metrics by webhook.',
  'tallywire/tracker': 'Usage, sent in the background.',
  'tallywire/tracker/lmdb': 'An outbox on disk.',
  'tallywire/tracker/bullmq': 'A queue on Redis, and its workers.',
  'tallywire/tracker/exit': 'Drains a tracker when the process ends.',
  'tallywire/tracker/domain': 'The company of an email address.',
  'tallywire/tracker/otel': 'Metrics and spans of a tracker for OpenTelemetry.',
  'tallywire/mock': 'The emulator, for tests.',
  'tallywire/testing': 'A hostile server, a fake clock and the outbox contract, for tests.',
};

const purposeOf = (module: string): string => {
  const purpose = purposes[module];
  if (purpose === undefined) throw new Error(`What is ${module} for? Say so in typescript.ts`);
  return purpose;
};

/** Links to Markdown code and line breaks are of no use in one line of text. */
const plain = (markdown: string): string => markdown.replaceAll(/[`\s]+/g, ' ').trim();

const sheet = (path: string): string =>
  `<link rel="stylesheet" href="${'../'.repeat(path.split('/').length - 2)}typescript.css">`;

const pageOf = ({ url, name, kind, module, summary, html, headings }: Described): Page => {
  const path = `${folderName}/${url}`;
  const isModule = kind === 'module';
  const lead = isModule ? `<p>${escapeHtml(purposeOf(name))}</p>` : '';
  return {
    path,
    section: 'TypeScript',
    title: name,
    description: isModule ? purposeOf(name) : plain(summary) || `The ${kind} ${name} of ${module}.`,
    body: `${sheet(path)}\n<div class="tsd">\n${html.replace('</h1>', `</h1>\n${lead}`)}\n</div>`,
    headings: headings.map((heading) => ({ ...heading, level: 2 })),
    isHidden: !isModule,
  };
};

const overview = (modules: readonly Described[]): Page => ({
  path: `${folderName}/index.html`,
  section: 'TypeScript',
  title: 'All entry points',
  description: 'Everything that the package exports, by entry point.',
  body: `<h1>TypeScript reference</h1>
<p>Everything that the package exports, by entry point.</p>
<div class="wide"><table>
<thead><tr><th>Import from</th><th>What it is for</th></tr></thead>
<tbody>
${modules
  .map(
    ({ name, url }) =>
      `<tr><td><a href="${url}"><code>${name}</code></a></td><td>${escapeHtml(purposeOf(name))}</td></tr>`,
  )
  .join('\n')}
</tbody>
</table></div>
`,
  headings: [],
});

export const buildTypescript: Builder = async ({ folder }) => {
  await mustRun(process.execPath, [
    join(root, 'node_modules/tsx/dist/cli.mjs'),
    'scripts/build.ts',
    '--if-needed',
  ]);
  const described = (await describeOnce()).filter(({ kind }) => kind !== 'project');
  await mkdir(join(folder, folderName), { recursive: true });
  const style = await readFile(join(root, 'src/site/typescript/typescript.css'), 'utf8');
  await writeFile(join(folder, folderName, 'typescript.css'), style);
  const places = Object.keys(purposes);
  const modules = described
    .filter(({ kind }) => kind === 'module')
    .toSorted((a, b) => places.indexOf(a.name) - places.indexOf(b.name));
  const others = described.filter(({ kind }) => kind !== 'module');
  return { pages: [overview(modules), ...[...modules, ...others].map(pageOf)] };
};
