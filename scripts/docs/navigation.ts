/** The order of the site: which guides there are, and what is beside them. */
import { type Page, type Part, type Section, sections } from './site.ts';

export interface NavigationGroup {
  readonly section: Section;
  readonly links: readonly { readonly path: string; readonly title: string }[];
}

/** The guides, by the names of their files, in the order in which they are offered. */
export const guideOrder = {
  'First steps': ['logins-from-express', 'weekly-report', 'testing-in-ci'],
  Guides: [
    'sending-usage',
    'aggregation',
    'durability',
    'scaling-out',
    'metrics',
    'dates',
    'webhooks',
    'errors-and-retries',
    'testing',
    'containers-and-ci',
    'serverless-and-edge',
    'migrating',
  ],
} as const satisfies Partial<Record<Section, readonly string[]>>;

/** Everything that is listed, by section; the pages come in the order of their parts. */
export const navigationOf = (parts: readonly Part[]): readonly NavigationGroup[] => {
  const all = parts.flatMap(({ pages, links = [] }) => [
    ...pages.filter(({ isHidden }) => !isHidden),
    ...links,
  ]);
  return sections
    .map((section) => ({
      section,
      links: all
        .filter((link) => link.section === section)
        .map(({ path, title }) => ({ path, title })),
    }))
    .filter(({ links }) => links.length > 0);
};

/** The pages before and behind one, among those that are read one after another. */
export const neighboursOf = (
  page: Page,
  pages: readonly Page[],
): { readonly previous?: Page | undefined; readonly next?: Page | undefined } => {
  const read = pages.filter(({ section, isHidden }) => section in guideOrder && !isHidden);
  const place = read.indexOf(page);
  return place === -1 ? {} : { previous: read[place - 1], next: read[place + 1] };
};
