import type { Values } from './dimensions.ts';
import { words } from './words.ts';

/** A dimension that does not break down but picks: `organic` is one part of what `total` is. */
export interface Selector {
  /** What it picks from; parts of one whole sum to it. */
  readonly name: string;
  readonly values: Values;
  readonly picks: string;
}

const WHOLE: Values = { labels: ['Total'], shares: [1] };
const PAID: Values = { labels: ['Organic', 'Paid'], shares: [72, 28] };
const FOLLOWER: Values = { labels: ['Follower', 'Non-follower'], shares: [38, 62] };

const SELECTORS: ReadonlyMap<string, Selector> = new Map([
  ['total', { name: 'total', values: WHOLE, picks: 'Total' }],
  ['organic', { name: 'paid', values: PAID, picks: 'Organic' }],
  ['paid', { name: 'paid', values: PAID, picks: 'Paid' }],
  ['follower', { name: 'follower', values: FOLLOWER, picks: 'Follower' }],
  ['non follower', { name: 'follower', values: FOLLOWER, picks: 'Non-follower' }],
]);

/** In a table or chart, `ad` lists the advertisements. */
const IN_NUMBERS: ReadonlyMap<string, string> = new Map([
  ['ad', 'paid'],
  ['ads', 'paid'],
  ['non ad', 'organic'],
]);

/** The part that a dimension picks, if it is one that does. */
export function selectorOf(dimension: string, component: string): Selector | undefined {
  const name = words(dimension);
  return SELECTORS.get((component === 'number_v1' ? IN_NUMBERS.get(name) : undefined) ?? name);
}
