import { describe, expect, it } from 'vitest';
import {
  assignIds,
  metricsRequest,
  readMetricOutcomes,
  readMetrics,
} from '../../../src/reportei/metrics.ts';
import type { MetricQuery } from '../../../src/reportei/queries.ts';

const ids = {
  replies: 'f35a44ce-dac5-4188-aace-5c44a8952176',
  gender: '3051ed66-a05c-462a-aece-e1d900e78b02',
  clicks: 'b3a949ac-f6ae-4bd1-bb90-1e8e0cbe8ed5',
} as const;

const queries = {
  replies: { reference_key: 'ig:story_replies', component: 'number_v1', metrics: ['replies'] },
  gender: {
    reference_key: 'ig:gender',
    component: 'chart_v1',
    metrics: ['followers'],
    dimensions: ['gender'],
  },
  clicks: {
    reference_key: 'ig:clicks',
    component: 'datatable_v1',
    metrics: ['count', 'ctr'],
    dimensions: [{ field: 'clicks_breakdown' }],
  },
} as const;

const answer = {
  [ids.replies]: {
    values: 55645,
    comparison: { values: null, difference: null, absoluteDifference: null },
  },
  [ids.gender]: { labels: ['Male', 'Female'], values: [{ data: [12628, 8815] }] },
  [ids.clicks]: {
    values: [
      ['Email', 2, '0.5'],
      ['Total', 430, 0.048],
    ],
  },
};

const expected = {
  replies: { component: 'number_v1', value: 55645, comparison: null },
  gender: {
    component: 'chart_v1',
    labels: ['Male', 'Female'],
    series: [{ name: 'followers', data: [12628, 8815] }],
  },
  clicks: {
    component: 'datatable_v1',
    columns: ['clicks_breakdown', 'count', 'ctr'],
    rows: [
      ['Email', 2, 0.5],
      ['Total', 430, 0.048],
    ],
  },
};

describe('readMetrics', () => {
  it.each([
    ['bare', answer],
    ['in an envelope', { data: answer }],
  ])('maps an answer that is %s back to the queries', (_, body) => {
    expect(readMetrics(queries, ids, body)).toEqual(expected);
  });

  it('is not misled by a metric whose id is not "data"', () => {
    expect(readMetrics(queries, ids, { ...answer, data: {} })).toEqual(expected);
  });

  it.each([null, [], 5, {}, { data: [] }, { data: null }])(
    'calls every metric missing when the answer is %j',
    (body) => {
      const outcomes = readMetricOutcomes(queries, ids, body);
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
    ['unknown', { message: 'm' }],
    ['no_data_in_period', { warning: 'There is no data' }],
    ['missing', undefined],
  ])('names a failed metric: %s', (reason, failure) => {
    const { [ids.gender]: _, ...others } = answer;
    const body = failure === undefined ? others : { ...others, [ids.gender]: failure };
    expect(() => readMetrics(queries, ids, body)).toThrow(
      expect.objectContaining({
        code: 'metrics',
        message: `1 of 3 metrics failed: gender (${reason})`,
        failures: { gender: expect.objectContaining({ reason }) },
        results: { replies: expected.replies, clicks: expected.clicks },
      }),
    );
    expect(readMetricOutcomes(queries, ids, body)).toMatchObject({
      replies: { ok: true, ...expected.replies },
      gender: { ok: false, reason },
      clicks: { ok: true, ...expected.clicks },
    });
  });
});

const one = (query: Partial<MetricQuery>, body: unknown) =>
  readMetrics(
    { it: { reference_key: 'k', component: 'number_v1', metrics: ['a'], ...query } },
    { it: ids.replies },
    { [ids.replies]: body },
  ).it;

describe('numbers', () => {
  it.each([
    [0, 0],
    [-1.5, -1.5],
    ['12', 12],
    ['-0.5e3', -500],
    [' 7 ', 7],
    [[42], 42],
    [['42'], 42],
    [[], null],
    [null, null],
    ['', null],
    [[null], null],
  ])('%j is %j, and only 0 is 0', (values, value) => {
    expect(one({}, { values })).toMatchObject({ value });
  });

  it.each(['12%', '1e999', [[1]], 'R$ 5', '1,000', 'NaN', 'Infinity', '0x10', {}, true, [1, 2]])(
    'refuses %j and says where',
    (values) => {
      expect(() => one({}, { values })).toThrow(
        expect.objectContaining({ code: 'decode', message: 'it.values is not a number' }),
      );
    },
  );

  it.each([{}, { value: 3 }, { error: 'x' }, [], 5, 'x', null])(
    'never takes %j, which holds no value, for a value',
    (...args) => {
      const [body] = args;
      expect(() => one({}, body)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/metrics|decode/) }),
      );
    },
  );

  it.each([0, [], '5'])('never takes %j beside a failure for a value', (...args) => {
    const [values] = args;
    expect(() => one({}, { values, type: 'internal_error', message: 'm' })).toThrow(
      /internal_error/,
    );
  });

  it('keeps comparison, trend and warning', () => {
    const comparison = { values: '50', difference: 11.29, absoluteDifference: '5' };
    expect(
      one({}, { values: 55, comparison, trend: { data: [1, '2', null] }, warning: 'partial' }),
    ).toMatchObject({
      comparison: { value: 50, difference: 11.29, absoluteDifference: 5 },
      trend: [1, 2, null],
      warning: 'partial',
    });
  });
});

describe('charts', () => {
  const chart = { component: 'chart_v1', metrics: ['a', 'b'] } as const;

  it('names series by Connect, else by the metrics', () => {
    const labels = ['x', 2024, null];
    const values = [{ data: [1, '2', null] }, { name: 'B', data: [3, 4, 5] }];
    expect(one(chart, { labels, values })).toMatchObject({
      labels: ['x', '2024', ''],
      series: [
        { name: 'a', data: [1, 2, null] },
        { name: 'B', data: [3, 4, 5] },
      ],
    });
  });

  it('gives no names when there are more series than metrics', () => {
    const values = [1, 2, 3].map((n) => ({ data: [n] }));
    expect(one(chart, { labels: ['x'], values })).toMatchObject({
      series: [{ data: [1] }, { data: [2] }, { data: [3] }],
    });
  });

  it.each([
    [{ labels: null, values: [] }, 'it.labels'],
    [{ labels: [{}], values: [] }, 'it.labels[0]'],
    [{ labels: [], values: {} }, 'it.values'],
    [{ labels: [], values: [5] }, 'it.values[0]'],
    [{ labels: ['x'], values: [{ data: ['y'] }] }, 'it.values[0].data[0]'],
    [{ labels: ['x'], values: [{ data: [1, 2] }] }, 'it.values[0].data'],
  ])('refuses %j and names %s', (body, path) => {
    expect(() => one(chart, body)).toThrow(
      expect.objectContaining({
        code: 'decode',
        message: expect.stringContaining(`${path} is not`),
      }),
    );
  });
});

describe('tables', () => {
  const table = { component: 'datatable_v1', metrics: ['a'], dimensions: ['d'] } as const;

  it('keeps dimensions as they are and reads metrics as numbers', () => {
    const media = { id: 1, text: 'post', url: 'https://a.io' };
    const values = [
      ['2024', '5'],
      [null, '5%'],
      [media, null],
      ['x', { value: 3 }],
    ];
    expect(one(table, { headers: { d: {} }, values })).toMatchObject({
      rows: [
        ['2024', 5],
        [null, '5%'],
        [media, null],
        ['x', { value: 3 }],
      ],
    });
  });

  it.each([
    [{ values: {} }, 'it.values'],
    [{ values: ['x'] }, 'it.values[0]'],
    [{ values: [['x', 1], ['x']] }, 'it.values[1]'],
    [{ values: [['x', 1, 2]] }, 'it.values[0]'],
    [{ values: [['x', true]] }, 'it.values[0][1]'],
  ])('refuses %j and names %s', (body, path) => {
    expect(() => one(table, body)).toThrow(
      expect.objectContaining({
        code: 'decode',
        message: expect.stringContaining(`${path} is not`),
      }),
    );
  });
});

describe('undocumented components', () => {
  it.each([{ html: '<p>' }, { type: 'note' }, { message: 'hi' }, [1], 'text', { values: 1 }, null])(
    'pass %j through',
    (raw) => {
      expect(one({ component: 'wysiwyg_v1' }, raw)).toEqual({ component: 'wysiwyg_v1', raw });
    },
  );
});

describe('one metric that cannot be read', () => {
  const body = { ...answer, [ids.replies]: { values: '1,234' } };
  it('says nothing about the others', () => {
    expect(readMetricOutcomes(queries, ids, body)).toMatchObject({
      replies: { ok: false, reason: 'decode', message: 'replies.values is not a number' },
      gender: { ok: true },
      clicks: { ok: true },
    });
  });
  it('is an error without partial', () => {
    expect(() => readMetrics(queries, ids, body)).toThrow(
      expect.objectContaining({ code: 'decode' }),
    );
  });
  it('puts nothing of the server into the message', () => {
    const hostile = { ...answer, [ids.replies]: { type: 'x\n\u001b[31m', message: 'm' } };
    expect(() => readMetrics(queries, ids, hostile)).toThrow(
      /^1 of 3 metrics failed: replies \(other\)$/,
    );
  });
});

describe('a webhook body', () => {
  it('is to be parsed first, and needs the ids', () => {
    expect(() => readMetrics(queries, ids, JSON.stringify(answer))).toThrow(/parse it/);
    expect(() => readMetrics(queries, undefined as never, answer)).toThrow(/ids/);
  });
});

describe('the request', () => {
  const options = { integration: 'i', start: '2024-02-01', end: '2024-02-29' };

  it('keeps everything of a query and adds the id', () => {
    const query = {
      reference_key: 'k',
      component: 'chart_v1',
      metrics: [],
      sort: ['-a'],
      custom: [],
      type: 't',
      id: ids.clicks,
    } as const;
    const request = metricsRequest({ it: query }, assignIds({ it: query }), {
      ...options,
      compare: { start: '2023-02-01', end: '2023-02-28' },
      timeZone: 'America/Sao_Paulo',
    });
    expect(request).toEqual({
      customer_integration: 'i',
      start: '2024-02-01',
      end: '2024-02-29',
      comparison_start: '2023-02-01',
      comparison_end: '2023-02-28',
      client_timezone: 'America/Sao_Paulo',
      metrics: [query],
    });
  });

  it('asks several integrations at once', () => {
    const request = metricsRequest(queries, ids, { ...options, integration: ['i', 'j'] });
    expect(request).toMatchObject({ customer_integration_uuids: ['i', 'j'] });
    expect(request).not.toHaveProperty('customer_integration');
  });

  it.each([
    [{ start: '2024-02-30' }, /^start must/],
    [{ start: '2023-02-29' }, /^start must/],
    [{ end: '2024-2-1' }, /^end must/],
    [{ end: '2024-02-01T00:00:00Z' }, /^end must/],
    [{ start: new Date() }, /^start must/],
    [{ start: '2024-03-01' }, /^start is after end/],
    [{ compare: { start: '2023-02-01' } }, /^compare.end must/],
    [{ compare: { start: '2023-02-02', end: '2023-02-01' } }, /^compare.start is after/],
    [{ integration: '' }, /^integration/],
    [{ integration: [] }, /^integration/],
  ])('refuses %j', (wrong, reason) => {
    expect(() => metricsRequest(queries, ids, { ...options, ...wrong } as never)).toThrow(reason);
  });

  it('makes ids that differ, and refuses some', () => {
    expect(new Set(Object.values(assignIds(queries))).size).toBe(3);
    const query = queries.replies;
    expect(() => assignIds({})).toThrow(/no metric/);
    expect(() => assignIds({ a: { ...query, id: 'metric-1' } })).toThrow(/id of a/);
    const twice = {
      a: { ...query, id: ids.clicks },
      b: { ...query, id: ids.clicks.toUpperCase() },
    };
    expect(() => assignIds(twice)).toThrow(/same id/);
  });
});
