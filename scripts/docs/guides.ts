/** The guides: `src/site/guides/*.md`. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../lib/run.ts';
import type { Markdown, Rendered } from './markdown.ts';
import { guideOrder } from './navigation.ts';
import type { Page, Part, Section } from './site.ts';

const folder = join(root, 'src/site/guides');

/** Guides link to each other as files, so that this works where the repository is read too. */
const toPage = (href: string): string => href.replace(/^([\w-]+)\.md(?=#|$)/, '$1.html');

const guide = async (markdown: Markdown, section: Section, name: string): Promise<Page> => {
  const text = await readFile(join(folder, `${name}.md`), 'utf8');
  const render = (): Rendered => {
    try {
      return markdown.render(text, toPage);
    } catch (cause) {
      throw new Error(`${name}.md cannot be shown`, { cause });
    }
  };
  const rendered = render();
  if (!rendered.title || !rendered.description) {
    throw new Error(`${name}.md does not begin with a title and a sentence`);
  }
  return { path: `guides/${name}.html`, section, ...rendered };
};

export const buildGuides = async (markdown: Markdown): Promise<Part> => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.md'));
  const listed = Object.entries(guideOrder).flatMap(([section, names]) =>
    names.map((name) => ({ section: section as Section, name })),
  );
  const unlisted = files.filter((file) => !listed.some(({ name }) => file === `${name}.md`));
  if (unlisted.length > 0) throw new Error(`not in navigation.ts: ${unlisted.join(', ')}`);
  return {
    pages: await Promise.all(listed.map(({ section, name }) => guide(markdown, section, name))),
  };
};
