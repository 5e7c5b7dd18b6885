import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCalendar } from '../../../src/mock/data/calendar.ts';
import type { Condition } from '../../../src/mock/data/conditions.ts';
import { valuesOf } from '../../../src/mock/data/dimensions.ts';
import { isMedia } from '../../../src/mock/data/media.ts';
import {
  anyPeriod,
  anyQuery,
  chartOf,
  kindOf,
  lineOf,
  NUMBERS,
  numberOf,
  sumOf,
  tableOf,
  type Cell,
} from './data-support.ts';

const QUERY = {
  component: 'datatable_v1',
  metrics: ['count'],
  dimensions: ['gender'],
  sort: [],
  basis: ['1', 'ig:x'],
};
// A Saturday to a Friday, over the end of a year whose week 1 begins before it.
const TURN = { first: 20_085, last: 20_091 };

describe('the calendar', () => {
  it.each([
    ['date', ['2024-12-28', '2024-12-29', '2024-12-30']],
    ['ga:date', ['2024-12-28', '2024-12-29', '2024-12-30']],
    ['segments.date', ['2024-12-28', '2024-12-29', '2024-12-30']],
    ['day', ['2024-12-28', '2024-12-29', '2024-12-30']],
    ['week', ['2024-W52', '2025-W01']],
    ['yearWeek', ['202452', '202501']],
    ['month', ['2024-12', '2025-01']],
    ['yearMonth', ['202412', '202501']],
    ['quarter', ['2024-Q4', '2025-Q1']],
    ['ga:year', ['2024', '2025']],
    ['dayOfWeek', ['Monday', 'Tuesday', 'Wednesday']],
    ['week_day', ['Monday', 'Tuesday', 'Wednesday']],
    ['day_of_month', ['28', '29', '30']],
  ])('%s has the values of the days asked for', (dimension, first) => {
    expect(isCalendar(dimension)).toBe(true);
    const { labels } = chartOf({ ...QUERY, dimensions: [dimension] }, TURN);
    expect(labels.slice(0, 3)).toEqual(first);
  });

  it.each(['hour', 'userAgeBracket', 'update', 'holiday', 'dayparting', 'gender', ''])(
    'is not meant by %j',
    (dimension) => {
      expect(isCalendar(dimension)).toBe(false);
    },
  );

  it('gives a weekday the values of its days', () => {
    const daily = lineOf(QUERY, TURN, 'date');
    // From Monday on, where the period starts on a Saturday.
    expect(lineOf(QUERY, TURN, 'weekday')).toEqual([...daily.slice(2), ...daily.slice(0, 2)]);
  });

  it('groups days by two names at once, and leaves out what never was', () => {
    const { rows } = tableOf({ ...QUERY, dimensions: ['weekday', 'month'] }, TURN);
    expect(rows.map((row) => row.slice(0, 2))).toEqual([
      ['Monday', '2024-12'],
      ['Tuesday', '2024-12'],
      ['Wednesday', '2025-01'],
      ['Thursday', '2025-01'],
      ['Friday', '2025-01'],
      ['Saturday', '2024-12'],
      ['Sunday', '2024-12'],
    ]);
    const { labels, values } = chartOf({ ...QUERY, dimensions: ['weekday', 'month'] }, TURN);
    expect(labels).toHaveLength(7);
    expect(values.map(({ name }) => name)).toEqual(['2024-12', '2025-01']);
    expect(values[1]?.data[0]).toBe(0);
    expect(
      sumOf(
        values.flatMap(({ data }) => data),
        'count',
      ),
    ).toBe(numberOf(QUERY, TURN));
  });
});

describe('dimensions', () => {
  it('have the same cells in whatever order they are asked for', () => {
    for (const metric of ['count', 'mean', 'stock']) {
      const query = { ...QUERY, metrics: [metric] };
      const a = tableOf({ ...query, dimensions: ['gender', 'age'] }, TURN).rows;
      const b = tableOf({ ...query, dimensions: ['age', 'gender'] }, TURN).rows;
      const swapped = b.map(([age, gender, value]) => JSON.stringify([gender, age, value]));
      expect(swapped.toSorted()).toEqual(a.map((row) => JSON.stringify(row)).toSorted());
    }
  });
});

describe('the values of a dimension', () => {
  it.each([
    ['userGender', 'Male'],
    ['ga:userAgeBracket', '18-24'],
    ['ageGroup', '18-24'],
    ['country', 'Brazil'],
    ['city', 'São Paulo'],
    ['deviceCategory', 'mobile'],
    ['sessionDefaultChannelGroup', 'Organic Search'],
    ['sessionSourceMedium', 'google / organic'],
    ['firstUserSource', 'google'],
    ['sessionSourcePlatform', 'Manual'],
    ['utm_medium', 'organic'],
    ['manualAdContent', 'Video 15s'],
    ['googleAdsKeyword', 'running shoes'],
    ['manualTerm', 'running shoes'],
    ['firstUserCampaignName', 'Brand'],
    ['campaign.name', 'Brand'],
    ['adset_name', 'Lookalike 1%'],
    ['ad_group.name', 'Lookalike 1%'],
    ['ad_name', 'Video 15s'],
    ['eventName', 'page_view'],
    ['pageTitle', 'Home'],
    ['pagePath', '/'],
    ['landingPagePlusQueryString', '/'],
    ['itemName', 'Trail Shoes'],
    ['browser', 'Chrome'],
    ['operatingSystem', 'Android'],
    ['language', 'pt-br'],
    ['publisher_platform', 'instagram'],
    ['clicks_breakdown', 'Email'],
    ['hour', '00'],
    ['posts_type', 'IMAGE'],
    ['deal', 'deal 1'],
  ])('%s begin with %s', (dimension, first) => {
    expect(valuesOf(dimension).labels[0]).toBe(first);
  });

  it('have a share each', () => {
    for (const name of ['gender', 'age', 'hour', 'city', 'clicks_breakdown', 'whatever']) {
      const { labels, shares } = valuesOf(name);
      expect(shares).toHaveLength(labels.length);
      expect(shares.every((share) => Number.isInteger(share) && share > 0)).toBe(true);
      expect(new Set(labels).size).toBe(labels.length);
    }
  });
});

describe('posts', () => {
  it('are objects in a table and texts in a chart', () => {
    for (const dimension of ['media', 'reels', 'post', 'video', 'stories', 'story', 'page_posts']) {
      expect(isMedia(dimension)).toBe(true);
      const { rows, total } = tableOf({ ...QUERY, dimensions: [dimension] }, TURN);
      for (const [cell] of rows) {
        const { id, text, url, cdn_image } = cell as Record<string, string>;
        expect([id, text].every((one) => typeof one === 'string' && one !== '')).toBe(true);
        expect(url).toMatch(/^https:\/\/example\.invalid\//);
        expect(cdn_image).toMatch(/^data:image\/gif;base64,/);
      }
      expect(new Set(rows.map(([cell]) => (cell as { id: string }).id)).size).toBe(rows.length);
      expect(total[0]).toBe('Total');
      const { labels } = chartOf({ ...QUERY, dimensions: [dimension] }, TURN);
      expect(labels).toEqual(rows.map(([cell]) => (cell as { text: string }).text));
    }
    expect(isMedia('social media channel')).toBe(false);
  });

  it('are the same in every query, and another kind of post is another', () => {
    const first = (dimension: string, basis: string[]): Cell | undefined =>
      tableOf({ ...QUERY, dimensions: [dimension], basis }, TURN).rows[0]?.[0];
    expect(first('reels', ['1'])).toEqual(first('reel', ['2']));
    expect(first('reels', ['1'])).not.toEqual(first('media', ['1']));
  });
});

describe('a dimension that picks a part', () => {
  const part = (dimension: string, key: string, metric = 'count'): number =>
    numberOf(
      {
        ...QUERY,
        metrics: [metric],
        dimensions: [dimension],
        basis: ['1', key],
        referenceKey: key,
      },
      TURN,
    );

  it('has parts that sum to the total, over the keys of the catalogues too', () => {
    for (const metric of ['count', 'money', 'unique', 'stock']) {
      const total = part('total', 'ig:total_reach', metric);
      const sum = (...parts: number[]): number => sumOf(parts, kindOf(metric));
      expect(
        sum(part('organic', 'ig:organic_reach', metric), part('ad', 'ig:paid_reach', metric)),
      ).toBe(total);
      expect(
        sum(
          part('follower', 'ig:follower_reach', metric),
          part('non_follower', 'ig:non_follower_reach', metric),
        ),
      ).toBe(total);
      expect(part('organic', 'ig:reach', metric)).toBeLessThan(total);
      expect(part('gender', 'ig:reach', metric)).toBe(total);
    }
  });

  it('keeps different things apart', () => {
    const reach = part('organic', 'ig:organic_reach');
    expect(part('organic', 'ig:organic_stories_reach')).not.toBe(reach);
    expect(part('organic', 'fb:organic_reach')).not.toBe(reach);
    expect(part('organic', 'ig:organic_reach', 'count_2')).not.toBe(reach);
  });

  it('goes on over the days', () => {
    const query = { ...QUERY, dimensions: ['date', 'organic'] };
    expect(sumOf(lineOf(query, TURN, 'date', 'organic'), 'count')).toBe(numberOf(query, TURN));
  });

  it('lists advertisements where `ad` stands in a table', () => {
    expect(tableOf({ ...QUERY, dimensions: ['ad'] }, TURN).rows).toHaveLength(5);
    expect(tableOf({ ...QUERY, dimensions: ['paid'] }, TURN).rows).toHaveLength(1);
  });
});

describe('conditions', () => {
  const rowsWith = (...conditions: Condition[]): Cell[][] =>
    tableOf({ ...QUERY, conditions }, TURN).rows;
  const all = rowsWith();
  const genders = (rows: Cell[][]): unknown[] => rows.map(([label]) => label);

  it.each([
    [{ operator: '=', value: 'Male' }, ['Male']],
    [{ value: 'male' }, ['Male']],
    [{ operator: 'IN', value: ['Male', 'Unknown'] }, ['Male', 'Unknown']],
    [{ operator: '!=', value: 'Male' }, ['Female', 'Unknown']],
    [{ operator: 'not in', value: ['Male', 'Unknown'] }, ['Female']],
    [{ operator: 'contains', value: 'male' }, ['Male', 'Female']],
    [{ operator: '=', value: 'Lisbon' }, []],
    [{ operator: 'nobody knows', value: 'Male' }, ['Male', 'Female', 'Unknown']],
    [{ operator: '=' }, ['Male', 'Female', 'Unknown']],
    [{ operator: '=', value: null }, ['Male', 'Female', 'Unknown']],
  ])('%j keep %j', (condition, expected) => {
    const rows = rowsWith({ field: 'gender', ...condition });
    expect(genders(rows)).toEqual(expected);
    // What is kept stays as it was.
    expect(rows).toEqual(all.filter(([label]) => (expected as unknown[]).includes(label)));
  });

  it('say nothing about other dimensions', () => {
    expect(rowsWith({ field: 'city', operator: '=', value: 'Lisbon' })).toEqual(all);
  });

  it('take days out of the calendar', () => {
    const conditions = [{ field: 'date', operator: 'in', value: ['2024-12-28', '2025-01-01'] }];
    const query = { ...QUERY, dimensions: ['date'], conditions };
    const [first, last] = [
      { first: 20_085, last: 20_085 },
      { first: 20_089, last: 20_089 },
    ];
    expect(chartOf(query, TURN)).toEqual({
      labels: ['2024-12-28', '2025-01-01'],
      values: [{ data: [numberOf(QUERY, first), numberOf(QUERY, last)] }],
    });
    expect(numberOf(query, TURN)).toBe(numberOf(QUERY, first) + numberOf(QUERY, last));
  });

  it('make the Total and the number those of what is kept, for every kind', () => {
    const condition = fc.record({
      field: fc.constantFrom('gender', 'country', 'weekday'),
      operator: fc.constantFrom('=', 'in', '!='),
      value: fc.constantFrom<unknown>('Male', ['Spain', 'Female'], ['Sunday', 'Brazil', 'Unknown']),
    });
    const queries = anyQuery(NUMBERS, ['gender', 'country', 'weekday', 'age']);
    fc.assert(
      fc.property(queries, anyPeriod, fc.array(condition), (parts, period, conditions) => {
        fc.pre(parts.dimensions.length > 0);
        const query = { ...parts, conditions };
        const { rows, total } = tableOf(query, period);
        for (const [m, metric] of query.metrics.entries()) {
          const at = query.dimensions.length + m;
          const values = rows.map((row) => row[at]);
          expect(total[at]).toBe(numberOf(query, period, metric));
          if (['count', 'money'].includes(kindOf(metric))) {
            expect(sumOf(values, kindOf(metric))).toBe(total[at]);
          } else if (values.length > 0 && !['unique', 'stock'].includes(kindOf(metric))) {
            expect(total[at]).toBeGreaterThanOrEqual(Math.min(...values.map(Number)));
            expect(total[at]).toBeLessThanOrEqual(Math.max(...values.map(Number)));
          }
        }
      }),
    );
  });
});

describe('metrics that are no numbers', () => {
  const of = (metrics: string[], dimensions: string[]): Cell[][] => {
    const { rows, total } = tableOf({ ...QUERY, metrics, dimensions }, TURN);
    return [...rows, total];
  };

  it('are dates within the period, of the day where the rows are days', () => {
    const rows = of(['date'], ['media']);
    for (const [, value] of rows.slice(0, -1)) {
      expect(value).toMatch(/^202[45]-\d\d-\d\d \d\d:\d\d:\d\d$/);
      expect(String(value) >= '2024-12-28' && String(value) < '2025-01-04').toBe(true);
    }
    expect(rows.at(-1)).toEqual(['Total', null]);
    for (const [day, value] of of(['date'], ['date']).slice(0, -1)) {
      expect(String(value).slice(0, 10)).toBe(day);
    }
  });

  it('are texts, and nothing where only a number fits', () => {
    const rows = of(['text'], ['media']).slice(0, -1);
    expect(rows.every(([, value]) => typeof value === 'string')).toBe(true);
    expect(numberOf({ ...QUERY, metrics: ['text'] }, TURN)).toBeNull();
    expect(chartOf({ ...QUERY, metrics: ['date'] }, TURN).values[0]?.data).toEqual([
      null,
      null,
      null,
    ]);
  });
});
