/** Every link of every page leads somewhere. Nothing is asked of the network: links out are checked by form. */
import { readFile } from 'node:fs/promises';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { filesBelow } from '../lib/declarations.ts';
import { unescapeHtml } from './html.ts';

interface Target {
  readonly ids: ReadonlySet<string>;
  readonly links: readonly string[];
}

const tag = /<[a-z][\w-]*((?:\s+[^\s=>/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+))?)*)\s*\/?>/gi;
const attribute = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/g;

/** What a page links to, and what in it can be linked to. */
const read = (html: string): Target => {
  const ids = new Set<string>();
  const links: string[] = [];
  const visible = html
    .replaceAll(/<!--[^]*?-->/g, '')
    .replaceAll(/(<(script|style)\b[^>]*>)[^]*?<\/\2>/gi, '$1');
  for (const [, attributes = ''] of visible.matchAll(tag)) {
    for (const [, name = '', a, b, c] of attributes.matchAll(attribute)) {
      const value = unescapeHtml(a ?? b ?? c ?? '');
      if (name === 'id' || name === 'name') ids.add(value);
      if (name === 'href' || name === 'src') links.push(value);
    }
  }
  return { ids, links };
};

const outward = /^(?:https?|mailto):/;

const isWellFormed = (link: string): boolean => {
  if (!URL.canParse(link)) return false;
  const { protocol, hostname, pathname } = new URL(link);
  return protocol === 'mailto:' ? pathname.includes('@') : /^localhost$|\./.test(hostname);
};

/**
 * What is wrong with the links below a folder, one line each: nothing, if all is well. Search leads to more
 * places, by their paths below the folder.
 */
export const checkLinks = async (
  folder: string,
  fromSearch: readonly string[] = [],
): Promise<readonly string[]> => {
  const files = new Set(
    (await filesBelow(folder)).map((file) => relative(folder, file).replaceAll(sep, '/')),
  );
  const paths = [...files].filter((file) => file.endsWith('.html'));
  const pages = new Map<string, Target>();
  for (const path of paths) pages.set(path, read(await readFile(join(folder, path), 'utf8')));

  const fault = (from: string, link: string): string | undefined => {
    if (link.startsWith('data:')) return undefined;
    if (outward.test(link)) return isWellFormed(link) ? undefined : 'is no address';
    if (/^[\w+.-]+:|^\//.test(link)) return 'would not work from a file or below a path';
    const [, path = '', hash = ''] = /^([^?#]*)(?:\?[^#]*)?#?(.*)$/.exec(link) ?? [];
    const to = path ? normalize(join(dirname(from), decodeURIComponent(path))) : from;
    if (!files.has(to)) return 'is not there';
    const target = pages.get(to);
    // A route of a page that finds its own way, as the console's.
    if (!target || hash === '' || hash.startsWith('/')) return undefined;
    return target.ids.has(decodeURIComponent(hash)) ? undefined : 'has no such place';
  };

  const faults = (from: string, links: readonly string[]): readonly string[] =>
    [...new Set(links)].flatMap((link) => {
      const reason = fault(from, link);
      return reason ? [`${from}: ${link || '(empty)'} ${reason}`] : [];
    });
  return [
    ...paths.flatMap((from) => faults(from, pages.get(from)?.links ?? [])),
    ...faults('search', fromSearch),
  ];
};
