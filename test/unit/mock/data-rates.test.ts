import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answer } from '../../../src/mock/data/answers.ts';
import type { Catalog } from '../../../src/mock/data/catalog.ts';
import type { Period } from '../../../src/mock/data/daily.ts';
import type { Kind } from '../../../src/mock/data/kinds.ts';
import { basesOf } from '../../../src/mock/data/rates.ts';
import { anyPeriod } from './data-support.ts';

const MONTH = { first: 19_723, last: 19_753 };

interface Asked {
  readonly key?: string;
  readonly metrics: readonly string[];
  readonly dimensions?: readonly string[];
  readonly seed?: string;
  readonly period?: Period;
  readonly catalog?: Catalog;
}

/** The metrics' columns of a table, the Total last, or without a dimension the values alone. */
function rowsOf({
  key = 'net:key',
  metrics,
  dimensions = [],
  seed = '1',
  ...rest
}: Asked): number[][] {
  const query = {
    component: 'datatable_v1',
    metrics,
    dimensions,
    sort: [],
    basis: [seed, 'integration', key, '', ''],
    referenceKey: key,
  };
  const { values } = answer(query, { asked: rest.period ?? MONTH, compared: null }, rest.catalog);
  return (values as unknown[][]).map((row) => row.slice(dimensions.length).map(Number));
}

const divided = (over: number, under: number, factor: number, decimals: number): number =>
  Math.round((over / under) * factor * 10 ** decimals) / 10 ** decimals;

/** Rate, what is divided, by what, times what, decimals, and between which values it is sane. */
type Row = readonly [string, string, string, number, number, number, number];
const RATES: readonly Row[] = [
  ['ctr', 'clicks', 'impressions', 1, 4, 0.005, 0.2],
  ['ctr', 'link_clicks', 'impressions', 1, 4, 0.005, 0.2],
  ['metrics.ctr', 'metrics.clicks', 'metrics.impressions', 1, 4, 0.005, 0.2],
  ['cpc', 'spend', 'clicks', 1, 2, 0.1, 5],
  ['average_cpc', 'cost', 'clicks', 1, 2, 0.1, 5],
  ['cpm', 'amount_spent', 'impressions', 1000, 2, 2, 60],
  ['cost_per_conversion', 'spend', 'conversions', 1, 2, 1, 60],
  ['cost_per_result', 'spend', 'results', 1, 2, 1, 60],
  ['roas', 'revenue', 'spend', 1, 2, 1, 15],
  ['purchase_roas', 'purchase_value', 'spend', 1, 2, 1, 15],
  ['conversion_rate', 'conversions', 'sessions', 1, 4, 0.002, 0.3],
  ['conversion_rate', 'conversions', 'clicks', 1, 4, 0.002, 0.3],
  ['frequency', 'impressions', 'reach', 1, 2, 1, 20],
  ['engagement_rate', 'engagement', 'reach', 1, 4, 0.01, 0.9],
  ['engagementRate', 'engagedSessions', 'sessions', 1, 4, 0.3, 0.9],
  ['screenPageViewsPerSession', 'screenPageViews', 'sessions', 1, 2, 1, 9],
  ['pagesPerVisit', 'screenPageViews', 'sessions', 1, 2, 1, 9],
  ['eventsPerSession', 'eventCount', 'sessions', 1, 2, 1, 12],
  ['engagedSessionsByUsers', 'engagedSessions', 'activeUsers', 1, 2, 0.8, 9],
  ['averagePurchaseRevenue', 'purchaseRevenue', 'transactions', 1, 2, 5, 200],
  ['returnOnAdSpend', 'totalRevenue', 'advertiserAdCost', 1, 2, 1, 15],
  [
    'organicGoogleSearchClickThroughRate',
    'organicGoogleSearchClicks',
    'organicGoogleSearchImpressions',
    1,
    4,
    0.005,
    0.2,
  ],
];

describe('a rate is made of what stands beside it', () => {
  const by = fc.uniqueArray(
    fc.constantFrom('date', 'month', 'gender', 'country', 'hour', 'media'),
    {
      minLength: 1,
      maxLength: 2,
    },
  );
  const keys = fc.constantFrom('net:key', 'net:stories', 'plain');

  it.each(RATES)('%s = %s ÷ %s × %d', (rate, over, under, factor, decimals, low, high) => {
    fc.assert(
      fc.property(fc.string(), by, keys, anyPeriod, (seed, dimensions, key, period) => {
        const rows = rowsOf({ metrics: [over, under, rate], dimensions, seed, key, period });
        for (const [a = NaN, b = NaN, value] of rows) {
          // Of nothing there is no rate; the services answer 0.
          const exact = b === 0 ? 0 : (a / b) * factor;
          expect(Math.abs((value ?? NaN) - exact)).toBeLessThan(0.5001 / 10 ** decimals);
        }
        const metrics = [over, under, rate];
        expect(rowsOf({ metrics, seed, key, period })).toEqual(rows.slice(-1));
        // The whole account on one day is enough to be a usual value.
        const [[, , whole] = []] = rowsOf({ metrics, seed, period });
        expect(whole).toBeGreaterThan(low);
        expect(whole).toBeLessThan(high);
      }),
      { numRuns: 30 },
    );
  });

  it('also of what stands elsewhere, under another key', () => {
    const [[clicks = NaN, impressions = NaN] = []] = rowsOf({ metrics: ['clicks', 'impressions'] });
    const card = rowsOf({ key: 'net:ctr', metrics: ['ctr'] });
    expect(card).toEqual([[divided(clicks, impressions, 1, 4)]]);
    const ads = rowsOf({ key: 'google_ads:a', metrics: ['conversions', 'clicks'] })[0] ?? [];
    expect(rowsOf({ key: 'google_ads:b', metrics: ['conversion_rate'] })).toEqual([
      [divided(ads[0] ?? NaN, ads[1] ?? NaN, 1, 4)],
    ]);
    const days = rowsOf({
      key: 'ga4:a',
      metrics: ['engagedSessions', 'sessions'],
      dimensions: ['date'],
    });
    expect(rowsOf({ key: 'ga4:b', metrics: ['engagementRate'], dimensions: ['date'] })).toEqual(
      days.map(([engaged = NaN, sessions = NaN]) => [divided(engaged, sessions, 1, 4)]),
    );
  });

  it('is never more clicks than impressions, even of the smallest rows', () => {
    const dimensions = ['date', 'hour', 'country'];
    const rows = rowsOf({ key: 'net:stories', metrics: ['ctr'], dimensions });
    expect(Math.max(...rows.flat())).toBeLessThanOrEqual(1);
    expect(rows.flat()).toContain(0);
  });
});

describe('the catalogue', () => {
  const catalogOf = (kinds: Record<string, Kind>): Catalog => ({
    kindOf: (metric) => kinds[metric],
    knows: () => true,
  });

  it('says which of the names there is, and whether it is a part of a hundred', () => {
    const catalog = catalogOf({ link_clicks: 'count', ctr: 'percent' });
    const [row = []] = rowsOf({ metrics: ['link_clicks', 'impressions'], catalog });
    expect(rowsOf({ metrics: ['ctr'], catalog })).toEqual([
      [divided(row[0] ?? NaN, row[1] ?? NaN, 100, 2)],
    ]);
  });

  it('may define something else by these names, which then is no quotient', () => {
    for (const kinds of [{ ctr: 'count' }, { clicks: 'text' }, { impressions: 'mean' }] as const) {
      const [[ctr] = []] = rowsOf({ metrics: ['ctr'], catalog: catalogOf(kinds) });
      expect(ctr).toBeGreaterThan(0);
    }
  });
});

describe('the names', () => {
  const around = { network: 'net', asked: [], isDefined: () => false };

  it('asked for come first, then those that the network has, then the usual ones', () => {
    const isDefined = (metric: string): boolean => metric === 'cost';
    const asked = ['amount_spent', 'Link Clicks', 'cpc'];
    expect(basesOf('cpc', { ...around, isDefined, asked })).toEqual({
      over: 'amount_spent',
      under: 'Link Clicks',
      factor: 1,
    });
    expect(basesOf('cpc', { ...around, isDefined })).toMatchObject({ over: 'cost' });
    expect(basesOf('cpc', around)).toMatchObject({ over: 'spend', under: 'clicks' });
  });

  it.each(['', 'bounce_rate', 'open_rate', 'replies:average', 'clicks', 'cpc_type', 'spend'])(
    'of anything else, as %j, mean nothing',
    (metric) => {
      expect(basesOf(metric, around)).toBeUndefined();
    },
  );
});
