import { words } from './words.ts';

/** The metrics that a rate is the quotient of, and what to multiply it by. */
export interface Bases {
  readonly over: string;
  readonly under: string;
  readonly factor: number;
}

/** Names of one figure as the networks write them, the most usual one first. */
type Names = readonly string[];

const SPEND: Names = ['spend', 'cost', 'amount_spent', 'total_spend', 'cost_micros'];
const CLICKS: Names = ['clicks', 'link_clicks', 'inline_link_clicks', 'total_clicks'];
const IMPRESSIONS: Names = ['impressions', 'total_impressions'];
const REACH: Names = ['reach', 'total_reach'];
const CONVERSIONS: Names = ['conversions', 'keyEvents', 'results', 'purchases'];
const ENGAGEMENT: Names = ['engagement', 'engagements', 'total_interactions', 'interactions'];
const SESSIONS: Names = ['sessions', 'visits'];
/** Not the total ones, though they may stand beside: so Google defines what is per user. */
const USERS: Names = ['activeUsers'];
const TRANSACTIONS: Names = ['transactions', 'ecommercePurchases', 'purchases', 'orders'];
const REVENUE: Names = [
  'revenue',
  'purchase_value',
  'conversion_value',
  'conversions_value',
  'totalRevenue',
  'purchaseRevenue',
];
const AD_COST: Names = ['advertiserAdCost'];
const AD_CLICKS: Names = ['advertiserAdClicks'];

interface Rate {
  /** The words of its name. */
  readonly name: RegExp;
  /** The words of the network, where the same name is something else in others. */
  readonly network?: RegExp;
  readonly over: Names;
  readonly under: Names;
  readonly factor?: number;
}

/** The first row that fits wins. */
const RATES: readonly Rate[] = [
  { name: /^((inline )?link click )?ctr$/, over: CLICKS, under: IMPRESSIONS },
  { name: /^click through rate$/, over: CLICKS, under: IMPRESSIONS },
  {
    name: /^organic google search click through rate$/,
    over: ['organicGoogleSearchClicks'],
    under: ['organicGoogleSearchImpressions'],
  },
  { name: /^((average|avg) )?cpc$|^cost per( link)? click$/, over: SPEND, under: CLICKS },
  { name: /^((average|avg) )?cpm$/, over: SPEND, under: IMPRESSIONS, factor: 1000 },
  { name: /^cost per( one)? thousand impressions$/, over: SPEND, under: IMPRESSIONS, factor: 1000 },
  { name: /^cpa$|^cost per conversions?$/, over: SPEND, under: CONVERSIONS },
  { name: /^cost per results?$/, over: SPEND, under: ['results', ...CONVERSIONS] },
  { name: /^cpl$|^cost per leads?$/, over: SPEND, under: ['leads', 'lead'] },
  { name: /^cost per purchases?$/, over: SPEND, under: TRANSACTIONS.toReversed() },
  { name: /^advertiser ad cost per click$/, over: AD_COST, under: AD_CLICKS },
  { name: /^advertiser ad cost per conversion$/, over: AD_COST, under: CONVERSIONS },
  { name: /^return on ad spend$/, over: ['totalRevenue', ...REVENUE], under: AD_COST },
  { name: /^((website )?purchase )?roas$/, over: REVENUE, under: SPEND },
  { name: /^conversions? value per cost$/, over: ['conversions_value', ...REVENUE], under: SPEND },
  { name: /^conversions? rate$/, network: /\bads\b/, over: CONVERSIONS, under: CLICKS },
  { name: /^conversions? rate$/, over: CONVERSIONS, under: [...SESSIONS, ...CLICKS] },
  { name: /^frequency$/, over: IMPRESSIONS, under: REACH },
  {
    name: /^engagement rate$/,
    network: /\b(ga|ga4|google analytics( 4)?)\b/,
    over: ['engagedSessions'],
    under: SESSIONS,
  },
  {
    name: /^engagement rate$/,
    over: [...ENGAGEMENT, 'engagedSessions'],
    under: [...REACH, ...SESSIONS],
  },
  {
    name: /^((screen )?page ?views|pages) per (session|visit)$/,
    over: ['screenPageViews', 'pageviews', 'page_views'],
    under: SESSIONS,
  },
  { name: /^events per session$/, over: ['eventCount'], under: SESSIONS },
  { name: /^event count per user$/, over: ['eventCount'], under: USERS },
  { name: /^engaged sessions by users$/, over: ['engagedSessions'], under: USERS },
  { name: /^sessions to transactions?$/, over: SESSIONS, under: TRANSACTIONS },
  { name: /^average purchase revenue$/, over: ['purchaseRevenue'], under: TRANSACTIONS },
  {
    name: /^average purchase revenue per paying user$/,
    over: ['purchaseRevenue'],
    under: ['totalPurchasers'],
  },
  { name: /^average revenue per user$/, over: ['totalRevenue'], under: USERS },
  { name: /^cart to view rate$/, over: ['addToCarts'], under: ['itemViewEvents'] },
];

/** In what a rate stands: the other metrics of its query, and what its network has. */
export interface Surroundings {
  readonly network: string;
  readonly asked: readonly string[];
  readonly isDefined: (metric: string) => boolean;
}

/** What a rate is made of, if it is a known one: its row has to agree with those. */
export function basesOf(metric: string, around: Surroundings): Bases | undefined {
  // `metrics.ctr` is made of `metrics.clicks`.
  const prefix = /^(?:metrics\.|ga:)/.exec(metric)?.[0] ?? '';
  const name = words(metric.slice(prefix.length));
  const network = words(around.network);
  const rate = RATES.find((one) => one.name.test(name) && (one.network?.test(network) ?? true));
  if (rate === undefined) return undefined;
  const { over, under, factor = 1 } = rate;
  return { over: pick(over, prefix, around), under: pick(under, prefix, around), factor };
}

/** The name that is asked for as well, or one that the network has, or the most usual. */
function pick(names: Names, prefix: string, { asked, isDefined }: Surroundings): string {
  const full = names.map((name) => prefix + name);
  for (const name of full) {
    const same = asked.find((one) => words(one) === words(name));
    if (same !== undefined) return same;
  }
  return full.find(isDefined) ?? full[0] ?? '';
}
