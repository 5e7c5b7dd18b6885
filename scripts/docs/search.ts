/** The index for search, made here, so that the page only has to read it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import MiniSearch from 'minisearch';
import { type Found, searchOptions } from '../../src/site/script/search-options.ts';
import { textOf } from './html.ts';
import { keywords } from './keywords.ts';
import type { Page, Part, Passage } from './site.ts';

/** The passages of a framed page: its beginning, and what is below each heading. */
export const passagesOf = ({ path, title, body }: Page): readonly Passage[] => {
  const anchors = /<a class="anchor"[^>]*>#<\/a>/g;
  const pieces = body.replaceAll(anchors, '').split(/(?=<h[23] id=")/);
  return pieces.flatMap((piece) => {
    const heading = /^<h[23] id="([^"]*)">([^]*?)<\/h[23]>/.exec(piece);
    const [whole = '', id = '', html = ''] = heading ?? [];
    const rest = textOf(piece.slice(whole.length).replace(/<h1[^>]*>[^]*?<\/h1>/, ''));
    const passage = heading
      ? { path: `${path}#${id}`, title: textOf(html), text: rest }
      : { path, title, text: rest };
    return heading || rest ? [passage] : [];
  });
};

/** Everything that search finds. */
export const foundIn = (parts: readonly Part[]): readonly Found[] => {
  const titles = new Map(
    parts.flatMap(({ pages, links = [] }) =>
      [...pages, ...links].map(({ path, title }) => [path, title] as const),
    ),
  );
  return parts
    .flatMap(({ pages, passages = [] }) => [...pages.flatMap(passagesOf), ...passages])
    .map(({ path, title, text }, id) => {
      const page = titles.get(path.replace(/#.*$/, '')) ?? title;
      const shown = text.replaceAll(/\s+/g, ' ').trim();
      return { id, path, page, title, text: shown, keywords: keywords[path] ?? '' };
    });
};

/** A script, since a page from a file may not fetch. */
export const writeIndex = async (folder: string, found: readonly Found[]): Promise<void> => {
  const paths = new Set(found.map(({ path }) => path));
  const lost = Object.keys(keywords).filter((path) => !paths.has(path));
  if (lost.length > 0) throw new Error(`keywords.ts has no such place: ${lost.join(', ')}`);
  const index = new MiniSearch<Found>(searchOptions);
  index.addAll(found);
  const script = `window.tallywireSearchIndex=${JSON.stringify(index)}`;
  await writeFile(join(folder, 'assets/search-index.js'), script);
};
