import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answer, type Query } from '../../../src/mock/data/answers.ts';
import { contentOf, scopeOf } from '../../../src/mock/data/scope.ts';
import { anyPeriod, chartOf, numberOf, sumOf, tableOf } from './data-support.ts';

/** A query as the emulator makes it of a request. */
const asked = (referenceKey: string, metrics: string[], dimensions: string[] = []): Query => ({
  component: 'number_v1',
  metrics,
  dimensions,
  sort: [],
  basis: ['1', 'integration', referenceKey, '', ''],
  referenceKey,
});
const YEAR = { first: 19_723, last: 20_088 };

/** The total that a query without a catalogue shows, whatever its component. */
function totalOf(query: Query, period = YEAR): unknown {
  const component = query.dimensions.length > 0 ? 'datatable_v1' : 'number_v1';
  const { values } = answer({ ...query, component }, { asked: period, compared: null });
  return Array.isArray(values) ? (values as unknown[][]).at(-1)?.at(-1) : values;
}

describe('the scope of a reference key', () => {
  it.each([
    ['ig:reach', 'ig', ''],
    ['ig:reach_over_time', 'ig', ''],
    ['ig:followers_gender_age', 'ig', ''],
    ['ig:organic_reach', 'ig', ''],
    ['ig:stories_reach_total', 'ig', 'story'],
    ['ig:story_views', 'ig', 'story'],
    ['ig:reelsPlays', 'ig', 'reel'],
    ['ig:media_datatable', 'ig', 'post'],
    ['ig:feed_reach', 'ig', 'post'],
    ['ig:post_reach', 'ig', 'post'],
    ['ig:posts_and_stories', 'ig', 'post story'],
    ['ig:stories_and_posts', 'ig', 'post story'],
    ['ig:reach_by_post', 'ig', ''],
    ['fb:video_impressions', 'fb', 'video'],
    ['youtube:top_videos', 'youtube', ''],
    ['ga4:media_source_by_event', 'ga4', ''],
    ['ga4:social_media_sessions', 'ga4', ''],
    ['ga4:event_count', 'ga4', ''],
    ['ga4:postal_codes', 'ga4', ''],
    ['meta_ads:campaigns', 'meta_ads', ''],
    ['stories_reach', '', 'story'],
    ['', '', ''],
    [':', '', ''],
  ])('%s is %s, %s', (key, network, content) => {
    expect(scopeOf(key)).toEqual({ network, content });
  });

  it('leaves out the content that alone has such a metric', () => {
    const of = (key: string, metric: string): string => contentOf(scopeOf(key), metric);
    expect(of('ig:stories_grid', 'replies')).toBe(of('ig:replies', 'replies'));
    expect(of('ig:media_table', 'likes')).toBe(of('ig:like_count', 'likes'));
    expect(of('ig:stories_grid', 'likes')).toBe('story');
    expect(of('ig:media_table', 'reach')).toBe('post');
  });
});

describe('a metric has one value under all keys of a scope', () => {
  it.each<[string, string, [key: string, dimensions?: string[]][]]>([
    [
      'sessions',
      'sessions',
      [
        ['ga4:all_sessions'],
        ['ga4:sessions_by_device', ['deviceCategory']],
        ['ga4:countries', ['country']],
        ['ga4:campaign_results', ['sessionCampaignName']],
        ['ga4:google_ads_campaign', ['googleAdsCampaignName']],
        ['ga4:daily', ['date', 'channel']],
      ],
    ],
    ['events', 'eventCount', [['ga4:event_count'], ['ga4:top_events', ['eventName']], ['ga4:x']]],
    [
      'followers',
      'followers',
      [
        ['ig:followers'],
        ['ig:followers_gender', ['gender']],
        ['ig:followers_gender_age', ['age', 'gender']],
        ['ig:followers_chart', ['date']],
      ],
    ],
    ['people', 'reach', [['ig:reach'], ['ig:reach_over_time', ['date']], ['ig:total_reach']]],
    [
      'stories',
      'reach',
      [
        ['ig:stories_reach', ['stories']],
        ['ig:story_table', ['story']],
      ],
    ],
    [
      'likes',
      'likes',
      [
        ['ig:like_count', ['media']],
        ['ig:media_table', ['media']],
      ],
    ],
    ['keys of one word', 'spend', [['spend'], ['spend_by_campaign', ['campaign']], ['campaigns']]],
  ])('%s', (_what, metric, queries) => {
    const totals = queries.map(([key, dimensions]) => totalOf(asked(key, [metric], dimensions)));
    expect(totals).toEqual(totals.map(() => expect.any(Number)));
    expect(new Set(totals)).toHaveLength(1);
  });

  it('whatever is asked for with it, and a chart by whatever sums to the number', () => {
    const keys = fc.constantFrom('ig:clicks', 'ig:clicks_over_time', 'ig:total_clicks', 'ig:table');
    const dimension = fc.constantFrom('date', 'month', 'gender', 'country', 'media', 'campaign');
    fc.assert(
      fc.property(keys, keys, dimension, anyPeriod, (one, other, by, period) => {
        const number = numberOf(asked(one, ['count_clicks']), period);
        const { values } = chartOf(asked(other, ['count_clicks'], [by]), period);
        expect(sumOf(values[0]?.data ?? [], 'count')).toBe(number);
        const table = asked(other, ['unique_reach', 'count_clicks'], [by]);
        expect(tableOf(table, period).total.at(-1)).toBe(number);
      }),
    );
  });

  it('but not those of another network, content, entity or metric', () => {
    const base = totalOf(asked('ig:reach', ['reach']));
    for (const key of ['fb:reach', 'ig:stories_reach', 'ig:post_reach', 'reach']) {
      expect([key, totalOf(asked(key, ['reach']))]).not.toEqual([key, base]);
    }
    const query = asked('ig:reach', ['reach']);
    expect(totalOf({ ...query, basis: query.basis.with(4, '1') })).not.toBe(base);
  });
});

it('what is at least as large is so over all keys, in each row', () => {
  const order = ['impressions', 'reach'];
  const visits = ['sessions', 'totalUsers', 'activeUsers'];
  const basis = fc.string();
  const by = fc.constantFrom('date', 'gender', 'deviceCategory', 'month');
  fc.assert(
    fc.property(
      basis,
      by,
      anyPeriod,
      fc.constantFrom(order, visits),
      (seed, one, period, names) => {
        const columns = names.map((metric, i) => {
          const query = asked(`net:key${i}`, [metric], [one]);
          const changed = { ...query, component: 'datatable_v1', basis: query.basis.with(0, seed) };
          const { values } = answer(changed, { asked: period, compared: null });
          return (values as unknown[][]).map((row) => Number(row.at(-1)));
        });
        for (const [i, column] of columns.entries()) {
          // Users are nearer to each other than rows vary: they keep their order over all of them.
          const rows = names[i] === 'activeUsers' && one !== 'date' ? column.length - 1 : 0;
          for (let row = rows; row < column.length; row += 1) {
            expect(columns[i - 1]?.[row] ?? Infinity).toBeGreaterThanOrEqual(column[row] ?? NaN);
          }
        }
      },
    ),
  );
});

it('content is a part of the account', () => {
  fc.assert(
    fc.property(fc.string(), anyPeriod, (seed, period) => {
      const of = (key: string): number => {
        const query = asked(key, ['reach']);
        return Number(totalOf({ ...query, basis: query.basis.with(0, seed) }, period));
      };
      expect(of('ig:stories_reach')).toBeLessThan(of('ig:reach'));
      expect(of('ig:reels_reach')).toBeLessThan(of('ig:reach'));
    }),
  );
});
