import { remember } from './remember.ts';
import { words } from './words.ts';

/** The values of a dimension and how often they occur, in any unit. */
export interface Values {
  readonly labels: readonly string[];
  readonly shares: readonly number[];
}

type Row = readonly [pattern: RegExp, labels: readonly string[], shares?: readonly number[]];

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
// Few at night, most in the evening.
const BY_HOUR = [
  14, 8, 5, 4, 4, 7, 18, 32, 42, 48, 52, 55, 60, 56, 50, 48, 50, 55, 64, 72, 74, 66, 46, 26,
];

/**
 * The vendor's catalogues name dimensions differently from source to source (`gender`,
 * `userGender`, `ga:gender`), so a name is recognised by its words; the first row that fits wins.
 * Labels without shares come by their frequency, the most frequent first.
 */
const VALUES: readonly Row[] = [
  [/gender|\bsex\b/, ['Male', 'Female', 'Unknown'], [46, 48, 6]],
  [
    /\bage( (bracket|range|group)s?)?$/,
    ['18-24', '25-34', '35-44', '45-54', '55-64', '65+'],
    [14, 33, 26, 14, 8, 5],
  ],
  [/country|countries/, ['Brazil', 'United States', 'Portugal', 'Mexico', 'Argentina', 'Spain']],
  [/cit(y|ies)$/, ['São Paulo', 'Rio de Janeiro', 'Lisbon', 'New York', 'Mexico City', 'Madrid']],
  [/region|\bstate\b|province/, ['São Paulo', 'Rio de Janeiro', 'Minas Gerais', 'Paraná', 'Bahia']],
  [/continent/, ['Americas', 'Europe', 'Asia', 'Africa', 'Oceania']],
  [/language|locale/, ['pt-br', 'en-us', 'es-es', 'en-gb']],
  [/\bhour$|\bhours\b/, HOURS, BY_HOUR],
  [/browser/, ['Chrome', 'Safari', 'Samsung Internet', 'Edge', 'Firefox']],
  [/operating system|\bos\b/, ['Android', 'iOS', 'Windows', 'Macintosh', 'Linux']],
  [/resolution|screen size/, ['360x800', '390x844', '1920x1080', '1366x768', '412x915']],
  [/publisher platform/, ['instagram', 'facebook', 'audience_network', 'messenger']],
  [/source platform/, ['Manual', 'Google Ads', 'Shopping Free Listings']],
  [
    /placement|position/,
    ['feed', 'instagram_stories', 'instagram_reels', 'search', 'right_hand_column'],
  ],
  [/device|platform/, ['mobile', 'desktop', 'tablet'], [66, 30, 4]],
  [/clicks? ?breakdown|click types?/, ['Email', 'Websites'], [12, 88]],
  [/channel/, ['Organic Search', 'Direct', 'Organic Social', 'Paid Search', 'Referral', 'Email']],
  [
    /source medium/,
    [
      'google / organic',
      '(direct) / (none)',
      'google / cpc',
      'instagram / social',
      'newsletter / email',
    ],
  ],
  [/medium/, ['organic', '(none)', 'cpc', 'social', 'email', 'referral']],
  [/source|referrer/, ['google', '(direct)', 'instagram', 'newsletter', 'bing']],
  [
    /keyword|\bterm\b|\bquery$|\bqueries\b/,
    ['running shoes', 'trail shoes', 'shoes online', 'best running shoes', 'shoe sale'],
  ],
  [/event/, ['page_view', 'session_start', 'scroll', 'click', 'add_to_cart', 'purchase']],
  [/\bpage (title|name)|screen (name|class)/, ['Home', 'Pricing', 'Blog', 'About us', 'Contact']],
  [
    /\burls?$|permalink/,
    ['', 'pricing', 'blog', 'about', 'contact'].map((page) => `https://example.invalid/${page}`),
  ],
  [/landing page|\bpage\b|path$/, ['/', '/pricing', '/blog', '/about', '/contact']],
  [/item|product/, ['Trail Shoes', 'Running Shirt', 'Rain Jacket', 'Cap', 'Water Bottle']],
  [
    /\bad ?sets?\b|ad group/,
    ['Lookalike 1%', 'Interests', 'Visitors 30 days', 'Customers', 'Broad'],
  ],
  [
    /\bads?\b( (name|content))?$|creative/,
    ['Video 15s', 'Carousel', 'Static A', 'Static B', 'Testimonial'],
  ],
  [/campaign/, ['Brand', 'Launch', 'Retargeting', 'Newsletter', 'Black Friday']],
  [/account/, ['Main account', 'Second account']],
  [/status/, ['ACTIVE', 'PAUSED', 'ARCHIVED']],
  [/objective/, ['OUTCOME_SALES', 'OUTCOME_TRAFFIC', 'OUTCOME_LEADS']],
  [/type$|types$|format/, ['IMAGE', 'VIDEO', 'CAROUSEL_ALBUM']],
  [/reason/, ['Price', 'No answer', 'Competitor', 'Timing']],
  [/stage|pipeline|funnel/, ['Contact', 'Qualified', 'Proposal', 'Negotiation', 'Won']],
  [/owner|delegate|seller|agent|\buser\b/, ['Ana', 'Bruno', 'Carla', 'Diego']],
];

/** The values of a dimension, always the same ones and in the same order. */
export const valuesOf = remember((dimension): Values => {
  const name = words(dimension);
  const [, labels, shares] = VALUES.find(([pattern]) => pattern.test(name)) ?? [];
  if (labels === undefined) return falling([1, 2, 3, 4, 5].map((n) => `${dimension} ${n}`));
  return shares === undefined ? falling(labels) : { labels, shares };
});

/** The first is the most frequent, as in every list of cities or campaigns. */
function falling(labels: readonly string[]): Values {
  return { labels, shares: labels.map((_, i) => Math.round(100 / (i + 1.4))) };
}
