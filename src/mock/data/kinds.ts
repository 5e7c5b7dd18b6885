import { remember } from './remember.ts';
import { words } from './words.ts';

/** What a metric measures, and so how its values of many days become one. */
export type Kind = keyof typeof KINDS;

/**
 * - `sum`: days and rows add up to the whole.
 * - `ratio`: two hidden sums, of which only the quotient is seen; nothing of it adds up.
 * - `unique`: people who come back count once, so that days add up to too many.
 * - `stock`: there at the end of a day, so that a period has the value of its last day.
 * - `label`: no number at all.
 */
export type Family = 'sum' | 'ratio' | 'unique' | 'stock' | 'label';

/** Values are whole numbers of units inside; a unit is one at the last of the decimals shown. */
export const KINDS = {
  count: { family: 'sum', decimals: 0 },
  money: { family: 'sum', decimals: 2 },
  /** A part of one, such as 0.048. */
  fraction: { family: 'ratio', decimals: 4 },
  /** A part of a hundred, such as 4.8. */
  percent: { family: 'ratio', decimals: 2 },
  /** Money for one of something. */
  cost: { family: 'ratio', decimals: 2 },
  /** Things for one of something else. */
  mean: { family: 'ratio', decimals: 2 },
  seconds: { family: 'ratio', decimals: 0 },
  milliseconds: { family: 'ratio', decimals: 0 },
  /** The place in a list of results. */
  position: { family: 'ratio', decimals: 1 },
  stock: { family: 'stock', decimals: 0 },
  unique: { family: 'unique', decimals: 0 },
  date: { family: 'label', decimals: 0 },
  text: { family: 'label', decimals: 0 },
} as const satisfies Readonly<Record<string, { family: Family; decimals: number }>>;

/** The words that tell a kind; the first row that fits wins, and what fits none is a count. */
const GUESSES: readonly (readonly [Kind, RegExp])[] = [
  // Counts and sums of money by action: what follows is the action's name, which says nothing.
  ['count', /^(unique )?actions /],
  ['money', /^action values /],
  ['cost', /^spend (?!total$)/],

  [
    'date',
    /(^| )(created|updated|published|posted|start|started|stop|end|ended)( at| time| date)$/,
  ],
  ['date', /^(date|last sent|timestamp)$/],
  ['text', /(^| )(name|types?|titles?|status|objective|permalink|urls?|caption|thumbnail|path)$/],
  ['text', /^(description|utm .*|username|targeting location)$/],

  ['cost', /(^| )(e?cp[acelmv]|cpcv|arpp?u|aov|average ticket)($| )/],
  ['mean', /(^| )(roas|frequency|ratio|return on)($| )|(^| )value per cost$/],
  ['cost', /(^| )(cost|revenue|value|spend|spent|price|amount|profit)s?( \S+)* per($| )/],
  ['cost', /(^| )(average|avg|mean)( \S+)* (cost|revenue|value|price|amount|ticket|spend)s?($| )/],
  [
    'fraction',
    /(^| )ctr($| )|(^| )(ptr|rates?|retention|percent|percentage|pct|conversion|margin)$/,
  ],
  ['fraction', /(^| )(click|impression|voice|market) share$|(^| )(viewability|measurability)$/],
  [
    'fraction',
    /(^| )(percent new|(open|click|bounce|conversion|engagement|lost|won|closed) rate) /,
  ],
  ['position', /(^| )(position|rank|ranking)($| average$)/],
  [
    'count',
    /(^| )(minutes|hours) |(^| )(watch time|time (watched|played)|(total|sum)( \S+)* (time|duration))$/,
  ],
  ['seconds', /(^| )(duration|time on (site|page)|(avg|average)( \S+)* time|avg time)($| )/],
  ['mean', /(^| )(average|avg|mean|median|score)($| )|(^| )per($| )/],
  ['mean', /^(sessions|visits|clicks) to |(^| )sessions by users?$/],

  // People who came, went or are there for a moment are counted by the day.
  [
    'count',
    /(^| )(new|gained|lost|online|first time|adds?|removes?)( \S+)* (follower|fan|subscriber|user|member|visitor|purchaser|buyer)s?($| )/,
  ],
  [
    'count',
    /(^| )(follower|fan|subscriber|member)s? (gained|lost|added|removed|adds?|removes?|variation|growth)($| )/,
  ],
  [
    'stock',
    /(^| )(followers|fans|subscribers|members|inventory|backlog|balance)($| total$| count$)/,
  ],
  ['stock', /(^| )(follower|fan|subscriber|member|list|video|view|media) count$/],
  ['stock', /^total \S+( \S+)* count$|^current |(^| )posts total$|^lifetime /],
  ['unique', /(^| )(reach|reached|uniques?|users?|visitors|people|viewers|audience)($| )/],
  ['unique', /(^| )(purchasers|buyers|customers|accounts engaged)$/],
  [
    'money',
    /(^| )(revenue|spend|spent|cost|costs|gmv|profit|income|earnings|budget|commission)($| )/,
  ],
  ['money', /(^| )(amount|price|micros|sales total|invoiced|refunded)($| )|. values?($| )/],
];

/** The kind of a metric of which nothing but the name is known. */
export const guessKind = remember((metric): Kind => {
  const name = words(metric);
  return GUESSES.find(([, pattern]) => pattern.test(name))?.[0] ?? 'count';
});
