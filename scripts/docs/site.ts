/** What the parts of the docs site share: `scripts/docs.ts` puts them together. */

/** The groups of the site's navigation, in their order. */
export const sections = [
  'First steps',
  'Guides',
  'API references',
  'TypeScript',
  'Project',
] as const;
export type Section = (typeof sections)[number];

/** A heading inside a page, which can be linked to. */
export interface Heading {
  readonly id: string;
  readonly text: string;
  /** 2 or 3: the title is the only one of level 1. */
  readonly level: 2 | 3;
}

/** A stretch of text that search finds, from one heading to the next. */
export interface Passage {
  /** Where it is: the path of its page, with the heading's id behind `#` if there is one. */
  readonly path: string;
  readonly title: string;
  readonly text: string;
}

/** A page that gets the site's frame: header, navigation, table of contents. */
export interface Page {
  /** Below the site's root, with slashes: `guides/dates.html`. */
  readonly path: string;
  readonly section: Section;
  readonly title: string;
  /** One sentence. */
  readonly description: string;
  /** What is between header and footer, as HTML, its <h1> included; its links are relative to the page. */
  readonly body: string;
  readonly headings: readonly Heading[];
  /** Left out of the navigation, e.g. one of a hundred types. Default false. */
  readonly isHidden?: boolean;
  /** Its own scripts, below the site's root. */
  readonly scripts?: readonly string[];
}

/** Where a build of the site goes. */
export interface Site {
  /** The folder, absolute. It is there, and empty but for what other parts have written. */
  readonly folder: string;
  /** Of the package. */
  readonly version: string;
}

/** What one part of the site brings: pages to be framed, and what search finds in what is not framed. */
export interface Part {
  readonly pages: readonly Page[];
  /** For what is written by the part itself, whole. What is framed is found by its body. */
  readonly passages?: readonly Passage[];
  /** Links to what is written by the part itself, for the navigation. */
  readonly links?: readonly {
    readonly section: Section;
    readonly title: string;
    readonly path: string;
  }[];
}

/** Makes a part. It may write files of its own below the site's folder. */
export type Builder = (site: Site) => Promise<Part>;
