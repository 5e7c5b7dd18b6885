/** How the index is made and asked: the build and the page must agree on it. */
import type { Options } from 'minisearch';

/** What is found, and shown. */
export interface Found {
  readonly id: number;
  readonly path: string;
  /** The title of the page that it is on. */
  readonly page: string;
  readonly title: string;
  readonly text: string;
  /** Words by which it is looked for that it does not have itself; not shown. */
  readonly keywords: string;
}

/** `createReoClient` is found by `client` too. */
const withParts = (term: string): string[] => {
  const parts = term.split(/(?<=[a-z\d])(?=[A-Z])/);
  return [...new Set([term, ...parts])].filter(Boolean).map((part) => part.toLowerCase());
};

export const searchOptions: Options<Found> = {
  fields: ['title', 'page', 'text', 'keywords'],
  storeFields: ['path', 'page', 'title', 'text'],
  // Code has more signs between its words than sentences have.
  tokenize: (text) => text.split(/[^\p{L}\p{N}]+/u),
  processTerm: withParts,
  searchOptions: {
    boost: { title: 4, keywords: 3, page: 2 },
    // There is a page for each of a thousand names: who searches for a word wants to know how first.
    boostDocument: (_id, _term, found) => (String(found?.path).startsWith('typescript/') ? 0.3 : 1),
    // Short words are not guessed at.
    prefix: (term) => term.length > 1,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    combineWith: 'AND',
    processTerm: (term) => term.toLowerCase(),
  },
};
