import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { chart, datatable, metricSet, number } from '../../../src/reportei/index.ts';
import { readMetricOutcomes, readMetrics } from '../../../src/reportei/callbacks/index.ts';

const ids = {
  replies: 'f35a44ce-dac5-4188-aace-5c44a8952176',
  gender: '3051ed66-a05c-462a-aece-e1d900e78b02',
  clicks: 'b3a949ac-f6ae-4bd1-bb90-1e8e0cbe8ed5',
} as const;

const dashboard = metricSet('dashboard', {
  replies: number('ig:story_replies', { metrics: ['replies'] }),
  gender: chart('ig:gender', { metrics: ['followers'], dimensions: ['gender'] }),
  clicks: datatable('ig:clicks', { metrics: ['count', 'ctr'], dimensions: ['type'] }),
});

const answer = {
  [ids.replies]: {
    values: 55645,
    comparison: { values: null, difference: null, absoluteDifference: null },
  },
  [ids.gender]: { labels: ['Male', 'Female'], values: [{ data: [12628, 8815] }] },
  [ids.clicks]: {
    values: [
      ['Email', 2, 0.5],
      ['Total', 2, 0.048],
    ],
  },
};

const expected = {
  replies: { component: 'number_v1', value: 55645, comparison: null },
  gender: {
    component: 'chart_v1',
    labels: ['Male', 'Female'],
    series: { followers: [12628, 8815] },
  },
  clicks: {
    component: 'datatable_v1',
    columns: ['type', 'count', 'ctr'],
    rows: [{ type: 'Email', count: 2, ctr: 0.5 }],
    total: { type: 'Total', count: 2, ctr: 0.048 },
  },
};

describe('readMetrics', () => {
  it.each([
    ['bare', answer],
    ['in an envelope', { data: answer }],
    [
      'under ids in capitals',
      Object.fromEntries(Object.entries(answer).map(([id, one]) => [id.toUpperCase(), one])),
    ],
  ])('maps an answer that is %s back to the queries', (_, body) => {
    expect(readMetrics(dashboard, ids, body)).toEqual(expected);
    expect(readMetrics(dashboard.queries, ids, body)).toEqual(expected);
  });

  it('is not misled by a metric whose id is not "data"', () => {
    expect(readMetrics(dashboard, ids, { ...answer, data: {} })).toEqual(expected);
  });

  it.each([null, [], 5, {}, { data: [] }, { data: null }])(
    'calls every metric missing when the answer is %j',
    (body) => {
      const outcomes = readMetricOutcomes(dashboard, ids, body);
      expect(Object.values(outcomes)).toMatchObject(
        [1, 2, 3].map(() => ({ ok: false, reason: 'missing' })),
      );
    },
  );

  it.each([
    ['invalid_metrics_combination', { type: 'invalid_metrics_combination', message: 'm' }],
    ['internal_error', { type: 'internal_error', message: 'm', extra: 1 }],
    ['expired_token', { type: 'expired_token', message: 'm' }],
    ['something_new', { type: 'something_new', message: 'm' }],
    ['expired_token', { type: 'expired_token' }],
    ['something_new', { type: 'something_new', message: 'm', values: null }],
    ['unknown', { message: 'm', values: [] }],
    ['unknown', { message: 'm' }],
    ['unknown', { type: '', message: 'm' }],
    ['no_data_in_period', { warning: 'There is no data' }],
    ['unknown', { warning: 'There is no data', message: 'm' }],
    ['something_new', { warning: 'There is no data', type: 'something_new' }],
    ['missing', undefined],
  ])('names a failed metric, and carries the good ones: %s', (reason, failure) => {
    const { [ids.gender]: _, ...others } = answer;
    const body = failure === undefined ? others : { ...others, [ids.gender]: failure };
    expect(() => readMetrics(dashboard, ids, body)).toThrow(
      expect.objectContaining({
        code: 'metrics',
        message: `1 of 3 metrics failed: gender (${reason})`,
        failures: { gender: expect.objectContaining({ reason }) },
        results: { replies: expected.replies, clicks: expected.clicks },
      }),
    );
    expect(readMetricOutcomes(dashboard, ids, body)).toMatchObject({
      replies: { ok: true, ...expected.replies },
      gender: { ok: false, reason },
      clicks: { ok: true, ...expected.clicks },
    });
  });
});

describe('one metric that cannot be read', () => {
  const body = { ...answer, [ids.replies]: { values: '1,234' } };

  it('says nothing about the others', () => {
    expect(readMetricOutcomes(dashboard, ids, body)).toMatchObject({
      replies: { ok: false, reason: 'decode', message: 'replies.values is not a number' },
      gender: { ok: true },
      clicks: { ok: true },
    });
  });

  it('is a failure as others are, and costs none of them', () => {
    const expired = { ...body, [ids.clicks]: { type: 'expired_token', message: 'm' } };
    expect(() => readMetrics(dashboard, ids, expired)).toThrow(
      expect.objectContaining({
        code: 'metrics',
        message: '2 of 3 metrics failed: replies (decode), clicks (expired_token)',
        failures: {
          replies: { ok: false, reason: 'decode', message: 'replies.values is not a number' },
          clicks: expect.objectContaining({ reason: 'expired_token' }),
        },
        results: { gender: expected.gender },
      }),
    );
  });
});

describe('the error', () => {
  it('holds nothing that the server wrote where it could be logged', () => {
    const hostile = { ...answer, [ids.replies]: { type: 'x\n\u001b[31m', message: 'tell-tale' } };
    let error: unknown;
    try {
      readMetrics(dashboard, ids, hostile);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ message: '1 of 3 metrics failed: replies (other)' });
    expect(inspect(error, { depth: Infinity })).not.toMatch(/tell-tale|12628|\[31m/);
  });
});

describe('a webhook body', () => {
  it('is to be parsed first, and needs the ids of the same queries', () => {
    expect(() => readMetrics(dashboard, ids, JSON.stringify(answer))).toThrow(/parse it/);
    expect(() => readMetrics(dashboard, undefined as never, answer)).toThrow(/ids/);
    expect(() => readMetrics(dashboard, { ...ids, clicks: 'x' }, answer)).toThrow(/clicks/);
    expect(() => readMetrics(dashboard, { ...ids, clicks: ids.gender }, answer)).toThrow(/same id/);
  });
});

describe('metricSet', () => {
  it.each(['', 'a b', 'ä', 'x'.repeat(41), 'a/b'])('refuses the name %j', (name) => {
    expect(() => metricSet(name, dashboard.queries)).toThrow(/name of a set/);
  });
  it('refuses to be empty', () => {
    expect(() => metricSet('empty', {})).toThrow(/no query/);
  });
});
