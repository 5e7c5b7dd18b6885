/**
 * The frame around every page. A page that a tool writes whole (Redoc, Elements, typedoc) joins in with
 * three pieces: `headFor(path)` in its <head>, `headerFor(path, title)` as the first thing in its <body>,
 * and the class `standalone` on <body>. It brings the header bar with search, versions and the switch of
 * the theme; the navigation comes in when all parts are known (see `navigationMark`).
 *
 * `assets/site.js` keeps `data-theme` of <html> at `light` or `dark`, whatever has decided it, and tells of
 * each change by the event `themechange` on `document`. The sheet sets `color-scheme` and the colours of
 * `src/look/tokens.css` on :root; of a standalone page it styles nothing but the header.
 */
import { icon } from '../lib/page.ts';
import { escapeHtml } from './html.ts';
import type { NavigationGroup } from './navigation.ts';
import type { Heading, Page } from './site.ts';

/** From a page up to the site's root: `../` for each folder. */
export const rootOf = (path: string): string => '../'.repeat(path.split('/').length - 1);

/** Tags for the <head> of the page at this path. The script is first: it sets the theme before a paint. */
export const headFor = (path: string): string => {
  const root = rootOf(path);
  return `<link rel="icon" href="${icon}">
<script src="${root}assets/site.js"></script>
<link rel="stylesheet" href="${root}assets/site.css">`;
};

/** Stands where the build puts the navigation of a standalone page. */
export const navigationMark = '<!--navigation-->';

const brand =
  '<svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true"><path d="M3 2v12M6 2v12M9 2v12M12 2v12M1 12 14 4" stroke="currentColor" stroke-width="1.5" fill="none"/></svg>';
const lens =
  '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9m3.3 7.8 3.7 3.7" stroke="currentColor" stroke-width="1.5" fill="none"/></svg>';
const halfMoon =
  '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M8 2.25a5.75 5.75 0 0 1 0 11.5z" fill="currentColor"/></svg>';
const bars =
  '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M2 4h12M2 8h12M2 12h12" stroke="currentColor" stroke-width="1.5"/></svg>';

const bar = (path: string, title: string): string => `<header class="bar">
<a class="bar-brand" href="${rootOf(path)}index.html">${brand}tallywire</a>${
  title ? `<span class="bar-title">${escapeHtml(title)}</span>` : ''
}
<span class="bar-space"></span>
<button type="button" class="bar-search" data-search aria-keyshortcuts="/ Control+K">${lens}<span>Search</span><kbd>/</kbd></button>
<span data-versions></span>
<button type="button" class="bar-icon" data-theme-switch aria-pressed="false" aria-label="Dark theme">${halfMoon}</button>
<button type="button" class="bar-icon bar-menu" data-menu aria-expanded="false" aria-controls="navigation" aria-label="Menu">${bars}</button>
</header>`;

/** The header bar of a standalone page. */
export const headerFor = (path: string, title = ''): string =>
  `${bar(path, title)}\n${navigationMark}`;

/** The list of all pages, as seen from one. */
export const navigationFor = (path: string, groups: readonly NavigationGroup[]): string => {
  const root = rootOf(path);
  const link = (to: string, title: string): string =>
    `<li><a href="${root}${to}"${to === path ? ' aria-current="page"' : ''}>${escapeHtml(title)}</a></li>`;
  const lists = groups.map(
    ({ section, links }) =>
      `<p>${section}</p>\n<ul>\n${links.map(({ path: to, title }) => link(to, title)).join('\n')}\n</ul>`,
  );
  return `<nav class="navigation" id="navigation" aria-label="Documentation">\n${lists.join('\n')}\n</nav>`;
};

const contentsOf = (headings: readonly Heading[]): string => {
  if (headings.length < 2) return '';
  const items = headings.map(
    ({ id, text, level }) =>
      `<li class="level-${level}"><a href="#${escapeHtml(id)}">${escapeHtml(text)}</a></li>`,
  );
  return `<nav class="contents" aria-label="On this page"><p>On this page</p>\n<ul>\n${items.join('\n')}\n</ul></nav>`;
};

/** Pages to go on with; the titles are the links. */
export interface Neighbours {
  readonly previous?: { readonly path: string; readonly title: string } | undefined;
  readonly next?: { readonly path: string; readonly title: string } | undefined;
}

const pagerFor = (path: string, { previous, next }: Neighbours): string => {
  if (!previous && !next) return '';
  const link = (to: Neighbours['next'], rel: string, label: string): string =>
    to
      ? `<a rel="${rel}" href="${rootOf(path)}${to.path}"><small>${label}</small>${escapeHtml(to.title)}</a>`
      : '<span></span>';
  return `<nav class="pager" aria-label="Next and previous page">${link(previous, 'prev', 'Previous')}${link(next, 'next', 'Next')}</nav>`;
};

/** What the frame needs beside the page. */
export interface Frame {
  readonly version: string;
  readonly groups: readonly NavigationGroup[];
  readonly neighbours?: Neighbours;
}

/** A framed page, whole. The body brings its own <h1>. */
export const renderPage = (page: Page, { version, groups, neighbours = {} }: Frame): string => {
  const { path, title, description, body, headings, scripts = [] } = page;
  const isFront = path === 'index.html';
  const contents = isFront ? '' : contentsOf(headings);
  const root = rootOf(path);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(isFront ? title : `${title} · tallywire`)}</title>
<meta name="description" content="${escapeHtml(description)}">
${headFor(path)}
${scripts.map((script) => `<script src="${root}${script}" defer></script>\n`).join('')}</head>
<body class="framed${isFront ? ' front' : ''}">
<a class="skip" href="#content">Skip to content</a>
${bar(path, '')}
<div class="frame${contents ? ' has-contents' : ''}">
${navigationFor(path, groups)}
${contents}
<main id="content" tabindex="-1">
<div class="prose">
${body}
</div>
${pagerFor(path, neighbours)}
<footer>tallywire ${escapeHtml(version)}. Unofficial: not affiliated with Reo.Dev or Reportei, nor endorsed by them. <a href="${root}assets/licenses.txt">Licences</a></footer>
</main>
</div>
</body>
</html>
`;
};
