import { expect, it } from 'vitest';
import { ALL_KINDS, chartOf, tableOf } from './data-support.ts';

// Written down, so that every machine and every version of Node agrees: a change of these changes
// everybody's data.
const QUERY = {
  component: 'datatable_v1',
  metrics: ALL_KINDS,
  dimensions: ['gender'],
  sort: [],
  basis: ['1', '4addc0da', 'ig:golden', '', ''],
};
const QUARTER = { first: 19_723, last: 19_813 };

it('each kind is the same on every machine', () => {
  const { rows, total } = tableOf(QUERY, QUARTER);
  const columns = ALL_KINDS.map((kind, i) => [kind, ...[...rows, total].map((row) => row[i + 1])]);
  expect(columns).toEqual([
    ['count', 37_553, 36_269, 4920, 78_742],
    ['money', 2064.71, 1930.57, 333.26, 4328.54],
    ['fraction', 0.2893, 0.2675, 0.318, 0.2814],
    ['percent', 30.27, 22.89, 26.55, 26.56],
    ['cost', 13.05, 10.3, 13.17, 11.76],
    ['mean', 18.23, 17.1, 18.25, 17.72],
    ['seconds', 144, 186, 165, 165],
    ['milliseconds', 14_648, 13_546, 15_826, 14_256],
    ['position', 5.8, 7.9, 6.1, 6.8],
    ['stock', 1881, 1915, 303, 4099],
    ['unique', 2673, 2634, 428, 5735],
    ['date', '2024-01-24 10:15:13', '2024-02-03 20:17:04', '2024-01-21 14:31:52', null],
    ['text', 'text 5', 'text 3', 'text 1', null],
  ]);
});

it('so are metrics of a known size, which rise and fall together', () => {
  const metrics = ['count_impressions', 'count_clicks', 'money_revenue', 'stock_followers'];
  const { labels, values } = chartOf({ ...QUERY, metrics, dimensions: ['month'] }, QUARTER);
  expect([labels, ...values.map(({ data }) => data)]).toEqual([
    ['2024-01', '2024-02', '2024-03'],
    [103_023, 91_882, 100_866],
    [4942, 4388, 4832],
    [10_697.59, 9656.98, 10_468.02],
    [24_534, 24_738, 24_933],
  ]);
});

it('so are posts', () => {
  const { rows } = tableOf({ ...QUERY, metrics: ['count'], dimensions: ['media'] }, QUARTER);
  const id = 'eaf1e3e2-0b21-4a0f-afb7-8ae24b76b77a';
  expect(rows[0]).toEqual([
    {
      id,
      text: 'Five things we learned this year',
      url: `https://example.invalid/media/${id}`,
      cdn_image: expect.any(String),
    },
    16_927,
  ]);
});
