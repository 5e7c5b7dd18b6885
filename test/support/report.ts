/** Reports for the tests of how they are rendered. */
import { decodeMetric } from '../../src/reportei/results/decode.ts';
import type { Metric, Report } from '../../src/cli/report/model.ts';
import type { WireQuery } from '../../src/reportei/index.ts';

export const INTEGRATION = '4addc0da-8583-4dbb-a0e9-c7e2e8470f50';

/** A metric with the result of an answer, as Connect writes it. */
export const metric = (
  name: string,
  component: string,
  answer: unknown,
  wire: Partial<WireQuery> = {},
): Metric => {
  const query: WireQuery = { reference_key: name, component, metrics: ['value'], ...wire };
  const decoded = decodeMetric(name, { wire: query }, answer);
  return { name, wire: query, outcome: 'ok' in decoded ? decoded : { ok: true, ...decoded } };
};

export const report = (metrics: readonly Metric[], more: Partial<Report> = {}): Report => ({
  name: 'dashboard',
  period: { start: '2024-08-01', end: '2024-08-31' },
  timeZone: null,
  createdAt: new Date('2024-09-01T10:20:30Z'),
  integrations: [{ integration: { uuid: INTEGRATION, title: null }, metrics }],
  ...more,
});

const days = Array.from({ length: 31 }, (_, i) => `2024-08-${String(i + 1).padStart(2, '0')}`);

/** One of each kind. */
export const sample: Report = report(
  [
    metric('ig:replies', 'number_v1', {
      values: 120,
      comparison: { values: 100, difference: 20, absoluteDifference: 20 },
      trend: { data: [1, 2, null, 8] },
    }),
    metric('ig:exits', 'number_v1', {
      values: '1.5',
      comparison: { values: 3, difference: -50, absoluteDifference: -1.5 },
    }),
    metric('ig:same', 'number_v1', {
      values: 7,
      comparison: { values: 7, difference: 0, absoluteDifference: 0 },
    }),
    metric('ig:nothing', 'number_v1', { values: null, comparison: null }),
    metric('ig:none', 'number_v1', { type: 'expired_token', message: 'connect again' }),
    metric('ig:none_either', 'number_v1', { type: 'expired_token', message: 'connect again' }),
    metric(
      'ig:over_time',
      'chart_v1',
      {
        labels: days,
        values: [{ data: days.map((_, i) => i) }, { data: days.map((_, i) => 31 - i) }],
      },
      { metrics: ['reach', 'impressions'], dimensions: ['date'] },
    ),
    metric(
      'ig:gender',
      'chart_v1',
      { labels: ['female', 'male', ''], values: [{ data: [10, 5, null] }] },
      { metrics: ['followers'], dimensions: ['gender'] },
    ),
    metric(
      'ig:gender_age',
      'chart_v1',
      {
        labels: ['18-24', '25-34'],
        values: [
          { name: 'female', data: [1, 2] },
          { name: 'male', data: [3, 4] },
        ],
      },
      { metrics: ['followers'], dimensions: ['age', 'gender'], chart_type: 'bar' },
    ),
    metric(
      'ig:clicks',
      'datatable_v1',
      {
        values: [
          ['Email', 2, 0.0002],
          ['Websites', '428', null],
          ['Total', 430, 0.048],
        ],
        warning: 'The rates are estimates.',
      },
      { metrics: ['count', 'ctr'], dimensions: ['clicks_breakdown'] },
    ),
    metric(
      'ig:media',
      'datatable_v1',
      {
        values: [
          [{ id: '1', text: 'A post', url: 'https://example.com/p/1', cdn_image: 'x' }, 5],
          [
            { id: '2', text: 'A trap', url: 'javascript:alert(1)' },
            { value: 6, title: 'six' },
          ],
        ],
      },
      { metrics: ['likes'], dimensions: ['media'] },
    ),
    metric('ig:pipeline', 'pipeline_v1', { steps: [{ name: 'seen', value: 3 }] }),
  ],
  {
    period: {
      start: '2024-08-01',
      end: '2024-08-31',
      compare: { start: '2024-07-01', end: '2024-07-31' },
    },
  },
);

/** A report in which every text is the given one. */
export const everywhere = (text: string): Report => {
  const wire = { metrics: [text], dimensions: [text], reference_key: text };
  const failed = metric(text, 'number_v1', { type: text, message: text });
  const metrics = [
    metric(text, 'number_v1', { values: 1, warning: text }, wire),
    metric(text, 'chart_v1', { labels: [text, 'b'], values: [{ data: [1, 2] }] }, wire),
    metric(
      text,
      'chart_v1',
      {
        labels: [text],
        values: [
          { name: text, data: [1] },
          { name: text, data: [2] },
        ],
      },
      { ...wire, dimensions: [text, text] },
    ),
    metric(
      text,
      'datatable_v1',
      {
        values: [
          [text, text],
          [{ text, url: `https://x.example/${text}` }, { title: text }],
          [{ [text]: text }, 3],
        ],
        warning: text,
      },
      wire,
    ),
    metric(text, 'pipeline_v1', { [text]: [text, { text }] }, wire),
    failed.outcome.ok
      ? failed
      : { ...failed, outcome: { ok: false as const, reason: text, message: text } },
  ];
  return report(metrics, {
    name: text,
    title: text,
    timeZone: text,
    integrations: [{ integration: { uuid: text, title: text }, metrics }],
  });
};
