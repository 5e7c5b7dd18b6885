import { remember } from './remember.ts';
import { words } from './words.ts';

/** What a reference key says about whose figures are asked for. */
export interface Scope {
  readonly network: string;
  /** The kinds of content that are meant; `''` for the whole account. */
  readonly content: string;
}

/**
 * Kinds of content that share the names of their metrics with the account: its reach is not that
 * of its stories. Campaigns, events, pages and products are no such kinds: in the catalogues they
 * say what a table lists (`campaign_results`) or a metric counts (`event_count`), and each table
 * has to come to the total that the card of the metric shows.
 */
const CONTENT: readonly (readonly [string, RegExp])[] = [
  ['igtv', /\bigtv\b/],
  ['post', /\b(posts?|feeds?|(?<!social )media(?! sources?\b))\b/],
  ['reel', /\breels?\b/],
  ['short', /\bshorts\b/],
  ['story', /\b(story|stories)\b/],
  ['video', /\bvideos?\b/],
];

/** Networks of which nothing is seen but videos. */
const VIDEO_NETWORK = /\b(youtube|yt|tiktok|vimeo)\b/;

/** After these words a key says how something is shown. */
const SHOWN = /\b(by|per|over)\b.*/;

/** What only one kind of content has is the same whether a key names the kind or not. */
const ONLY: ReadonlyMap<string, RegExp> = new Map([
  ['post', /\b(likes?|comments?|saved|saves)\b/],
  ['story', /\b(repl(y|ies)|exits?|taps?|swipe|answers|automatic forward|retention)\b/],
]);

/**
 * The part of a reference key that figures depend on. The catalogues give a number and its chart
 * different keys (`ig:reach`, `ig:reach_over_time`), so most of its words must not count.
 */
export const scopeOf = remember((referenceKey): Scope => {
  const colon = referenceKey.indexOf(':');
  // Without one no word is known to be the network; whose data it is, the integration tells.
  const network = colon < 0 ? '' : referenceKey.slice(0, colon);
  const text = words(referenceKey.slice(colon + 1)).replace(SHOWN, '');
  const content = CONTENT.flatMap(([name, pattern]) => (pattern.test(text) ? [name] : []));
  const isVideos = VIDEO_NETWORK.test(words(network));
  return { network, content: content.filter((one) => one !== 'video' || !isVideos).join(' ') };
});

/** The content that one of the metrics of a query is about. */
export function contentOf({ content }: Scope, metric: string): string {
  return ONLY.get(content)?.test(words(metric)) ? '' : content;
}
