/** `npm run docs`: the docs site, complete offline. See `--help`. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeAssets } from './docs/assets.ts';
import { buildConsole } from './docs/console.ts';
import { buildGuides } from './docs/guides.ts';
import { buildLanding } from './docs/landing.ts';
import { navigationFor, navigationMark, renderPage } from './docs/layout.ts';
import { checkLinks } from './docs/links.ts';
import { createMarkdown } from './docs/markdown.ts';
import { navigationOf, neighboursOf } from './docs/navigation.ts';
import { buildPapers } from './docs/papers.ts';
import { buildReferences } from './docs/references.ts';
import { foundIn, writeIndex } from './docs/search.ts';
import type { Builder, Part, Site } from './docs/site.ts';
import { buildTypescript } from './docs/typescript.ts';
import { writeManifest } from './docs/versions.ts';
import { isFresh, replaceFolder } from './lib/folders.ts';
import { root } from './lib/run.ts';

const help = `npm run docs -- [options]

Builds the docs site, which works offline and from any address.

  --out DIR     another folder than site/: a new one, an empty one, or one that holds a site, which is replaced
  --if-needed   does nothing when the site is newer than everything it is made from
  --help        this text
`;

const options = {
  out: { type: 'string' },
  'if-needed': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const madeFrom = `
  src openapi scripts/docs scripts/docs.ts scripts/lib
  README.md CHANGELOG.md SECURITY.md CONTRIBUTING.md LICENSE
  package.json package-lock.json redocly.yaml typedoc.json tsconfig.json
`
  .trim()
  .split(/\s+/);

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string;
};

const timed = async <T>(what: string, work: Promise<T>): Promise<T> => {
  const started = performance.now();
  const result = await work;
  console.log(`${what} (${((performance.now() - started) / 1_000).toFixed(1)} s)`);
  return result;
};

/** As `Promise.all`, but nobody still writes when it fails. */
const allOf = async <T>(works: readonly Promise<T>[]): Promise<readonly T[]> => {
  await Promise.allSettled(works);
  return Promise.all(works);
};

/** Parts of the site in the order in which their pages are listed. */
const buildParts = async (site: Site): Promise<readonly Part[]> => {
  const markdown = await createMarkdown();
  const builders: readonly (readonly [string, Builder])[] = [
    ['guides', () => buildGuides(markdown)],
    ['references', buildReferences],
    ['consoles', buildConsole],
    ['typescript', buildTypescript],
    ['papers', () => buildPapers(markdown)],
  ];
  const parts = await allOf(builders.map(([what, build]) => timed(what, build(site))));
  const front = await buildLanding(markdown, navigationOf(parts));
  return [...parts, { pages: [front] }];
};

const writePages = async ({ folder }: Site, parts: readonly Part[]): Promise<void> => {
  const groups = navigationOf(parts);
  const pages = parts.flatMap((part) => part.pages);
  for (const page of pages) {
    const file = join(folder, page.path);
    const neighbours = neighboursOf(page, pages);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, renderPage(page, { version, groups, neighbours }));
  }
  const standalone = parts.flatMap(({ links = [] }) => links);
  for (const { path } of standalone) {
    const file = join(folder, path);
    const html = await readFile(file, 'utf8');
    await writeFile(
      file,
      html.replace(navigationMark, () => navigationFor(path, groups)),
    );
  }
};

/** A site takes the place of a site, never of somebody's files. */
const checkPlace = async (out: string): Promise<void> => {
  if (!existsSync(out)) return;
  const isFolder = (await stat(out)).isDirectory();
  if (!isFolder) throw new Error(`${out} is a file: name a folder`);
  const isSite = existsSync(join(out, 'assets/site.css'));
  if (!isSite && (await readdir(out)).length > 0) {
    throw new Error(`${out} holds other files, which would be lost: name another folder`);
  }
};

const build = async (site: Site, out: string): Promise<void> => {
  await mkdir(site.folder, { recursive: true });
  await timed('assets', writeAssets(site));
  const parts = await buildParts(site);
  await writePages(site, parts);
  const found = foundIn(parts);
  await writeIndex(site.folder, found);
  console.log(`search finds ${found.length} passages`);
  const fromSearch = found.map(({ path }) => path);
  const faults = await timed('links', checkLinks(site.folder, fromSearch));
  for (const fault of faults) console.error(fault);
  // A site with broken links can be looked at, but it is neither fresh nor can it be published.
  if (faults.length === 0) await writeManifest(site);
  else process.exitCode = 1;
  await replaceFolder(site.folder, out);
  console.log(`built ${out}${faults.length > 0 ? `, with ${faults.length} broken links` : ''}`);
};

const start = async (): Promise<void> => {
  const { values } = parseArgs({ options });
  if (values.help) return console.log(help);
  const out = resolve(root, values.out ?? 'site');
  await checkPlace(out);
  if (values['if-needed'] && (await isFresh(join(out, 'site.json'), madeFrom))) return;
  // Another folder may be on another disk, to which nothing can be renamed.
  const drafts = values.out === undefined ? join(root, '.cache') : dirname(out);
  const folder = join(drafts, `.site-${process.pid}`);
  try {
    await build({ folder, version }, out);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

start().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
