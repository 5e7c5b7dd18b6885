/** The project's papers as pages: changelog, security, contributing. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../lib/run.ts';
import type { Markdown } from './markdown.ts';
import type { Page, Part } from './site.ts';

const papers = {
  'CHANGELOG.md': 'changelog.html',
  'SECURITY.md': 'security.html',
  'CONTRIBUTING.md': 'contributing.html',
} as const;

/** To another paper, to a guide, or to the front page, which stands for the README. */
const toPage = (href: string): string => {
  const [file = '', hash = ''] = href.split(/(?=#)/);
  if (file === 'README.md') return 'index.html';
  if (file in papers) return papers[file as keyof typeof papers] + hash;
  return href.replace(/^src\/site\/(guides\/[\w-]+)\.md(?=#|$)/, '$1.html');
};

export const buildPapers = async (markdown: Markdown): Promise<Part> => {
  const there = Object.entries(papers).filter(([file]) => existsSync(join(root, file)));
  const pages = there.map(async ([file, path]): Promise<Page> => {
    const text = await readFile(join(root, file), 'utf8');
    // The changelog has its versions in brackets, as Keep a Changelog has them.
    const rendered = markdown.render(text.replaceAll(/^## \[([^\]]+)\](?!\()/gm, '## $1'), toPage);
    return { path, section: 'Project', ...rendered };
  });
  return { pages: await Promise.all(pages) };
};
