import { words } from './words.ts';

/**
 * What is usual for an account of middling size, so that a table of clicks, impressions and
 * purchases has them in a believable proportion. In each list the first row that fits wins.
 */

/** Happenings a day; a name that is not here gets a size by chance. */
const PER_DAY: readonly (readonly [RegExp, number])[] = [
  [/\b(profile|website|bio)\b/, 46],
  [/\babandoned\b/, 22],
  [/\b(carts?|wishlist)\b/, 36],
  [/\bcheckouts?\b/, 19],
  [/\b(first time|new) (purchasers?|buyers?|customers?)\b/, 2],
  [/\b(purchases?|purchased|purchasers|buyers|transactions|orders|sold)\b/, 9],
  [/\b(product|items?) view|\bitems viewed|\bviewed\b/, 240],
  [/\b(conversions?|leads?|results|key events|registrations?)\b/, 14],
  [/\b(new|gained) .*(users|visitors)\b|\bnew users\b/, 100],
  [/\b(new|gained)\b|\bfollows\b|\badds\b/, 12],
  [/\b(lost|removes?|unfollows?|unsubscribed|unsubscribes|exits)\b/, 4],
  [/\b(taps?|swipes?|swipe|answers)\b/, 95],
  [/\bimpressions\b/, 2600],
  [/\b(reach|reached)\b/, 1700],
  [/\bclicks?\b/, 110],
  [/\b(views?|plays|visualizations)\b/, 1300],
  [/\bengaged sessions\b/, 540],
  [/\b(sessions|visits)\b/, 900],
  // Far enough apart that every row has more sessions than users, however they vary.
  [/\bactive users\b/, 470],
  [/\b(users|visitors|people|viewers)\b/, 580],
  [/\bevents?\b/, 5200],
  [/\blikes?\b|\breactions\b/, 118],
  [/\b(comments?|repl(y|ies)|dislikes)\b/, 11],
  [/\bshares?\b/, 14],
  [/\b(saves?|saved)\b/, 17],
  [/\b(engagements?|interactions)\b/, 165],
];

/** Cents a day. */
const CENTS_PER_DAY: readonly (readonly [RegExp, number])[] = [
  [/\b(spend|spent|cost|costs|budget)\b/, 6500],
  [/\b(ad|advertising) revenue\b/, 5400],
  [/\b(revenue|sales|purchase|gmv|income)\b/, 27_000],
  [/\bvalues?\b/, 22_000],
];

/** What there is at a time. */
const STANDING: readonly (readonly [RegExp, number])[] = [
  [/\b(followers?|fans?|subscribers?|members?)\b/, 18_400],
  [/\bviews?\b/, 940_000],
  [/\b(posts?|videos?|media)\b/, 320],
];

type Range = readonly [low: number, high: number];

/** Parts of ten thousand: of one with four decimals as of a hundred with two. */
const SHARES: readonly (readonly [RegExp, Range])[] = [
  [/\b(roas|return on)\b/, [15_000, 52_000]],
  [/\b(ctr|click|clicks)\b/, [60, 420]],
  [/\bbounce\b/, [3200, 5400]],
  [/\bopens?\b/, [1800, 3400]],
  [/\b(conversion|purchase|cart|lead|deals)\b/, [90, 480]],
  [/\bengagement\b/, [350, 1100]],
  [/\b(retention|completion|viewability|measurability)\b/, [4200, 5600]],
  [/\b(unsubscribe|complaint|spam|invalid|error)\b/, [5, 60]],
];

const CENTS: readonly (readonly [RegExp, Range])[] = [
  [/\bcpm\b|\bthousand\b/, [350, 1400]],
  [/\b(cpv|cpe)\b|\bper (view|engagement|interaction)\b/, [3, 24]],
  [/\b(cpc|ecpc)\b|\bper( \S+)* clicks?\b|^spend.*\bclicks?\b/, [28, 170]],
  [/\barppu\b|\bpaying\b|\b(order|purchase|ticket|cart|aov)\b/, [5600, 13_500]],
  [/\barpu\b|\bper (active )?user\b/, [60, 240]],
  [/./, [480, 3900]],
];

const HUNDREDTHS: readonly (readonly [RegExp, Range])[] = [
  [/\bfrequency\b/, [115, 290]],
  [/\b(roas|return on|value per cost)\b/, [190, 620]],
  [/\bscore\b/, [480, 890]],
  [/\bto (transaction|purchase|order)s?\b/, [4200, 11_500]],
  [/\bsessions (by|per)\b/, [108, 190]],
  [/\bper\b/, [160, 640]],
];

const ANY_SHARE: Range = [400, 3000];
const ANY_MEAN: Range = [130, 1900];
const SECONDS: Range = [38, 185];
const TENTHS: Range = [24, 340];

/** The usual size of a flow or stock in units, if the name is known. */
export function usualSize(
  kind: 'count' | 'unique' | 'money' | 'stock',
  metric: string,
): number | undefined {
  const table = { count: PER_DAY, unique: PER_DAY, money: CENTS_PER_DAY, stock: STANDING }[kind];
  return find(table, words(metric));
}

/** Between which values a ratio lies from day to day and account to account, in units. */
export function usualRange(
  kind: 'fraction' | 'percent' | 'cost' | 'mean' | 'seconds' | 'milliseconds' | 'position',
  metric: string,
): Range {
  const name = words(metric);
  switch (kind) {
    case 'fraction':
    case 'percent':
      return find(SHARES, name) ?? ANY_SHARE;
    case 'cost':
      return find(CENTS, name) ?? ANY_MEAN;
    case 'seconds':
      return SECONDS;
    case 'milliseconds':
      return [SECONDS[0] * 100, SECONDS[1] * 100];
    case 'position':
      return TENTHS;
    case 'mean': {
      const size = /\b(average|avg|mean)\b/.test(name) ? find(PER_DAY, name) : undefined;
      // The mean of a post or story: a few of them make a day.
      return size === undefined ? (find(HUNDREDTHS, name) ?? ANY_MEAN) : [size * 15, size * 40];
    }
  }
}

function find<T>(table: readonly (readonly [RegExp, T])[], name: string): T | undefined {
  return table.find(([pattern]) => pattern.test(name))?.[1];
}
