import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cellNumber,
  cellText,
  chart,
  custom,
  datatable,
  number,
  type Query,
  type StandardSchema,
} from '../../../src/reportei/index.ts';
import { readMetrics } from '../../../src/reportei/callbacks/index.ts';

const id = 'f35a44ce-dac5-4188-aace-5c44a8952176';

/** What a query makes of its part of an answer. */
const read = <R>(query: Query<R>, answer: unknown) =>
  readMetrics({ it: query }, { it: id }, { [id]: answer }).it;

const unread = (message: unknown) =>
  expect.objectContaining({
    code: 'metrics',
    failures: { it: { ok: false, reason: 'decode', message } },
  });

const refused = (path: string) =>
  unread(expect.stringMatching(new RegExp(`^${path.replaceAll(/[[\].]/g, '\\$&')} is not`)));

const single = number('ig:replies', { metrics: ['replies'] });

describe('a number', () => {
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
  ])('of %j is %j, and only 0 is 0', (values, value) => {
    expect(read(single, { values })).toMatchObject({ component: 'number_v1', value });
  });

  it.each(['12%', '1e999', [[1]], 'R$ 5', '1,000', 'NaN', 'Infinity', '0x10', {}, true, [1, 2]])(
    'of %j is refused where it stands',
    (values) => {
      expect(() => read(single, { values })).toThrow(refused('it.values'));
    },
  );

  it.each([{}, { value: 3 }, { error: 'x' }, [], 5, 'x', null])(
    'is never made of %j, which holds none',
    (...args) => {
      expect(() => read(single, args[0])).toThrow(expect.objectContaining({ code: 'metrics' }));
    },
  );

  it.each([0, [], '5'])('is never made of %j beside a failure', (...args) => {
    const answer = { values: args[0], type: 'internal_error', message: 'm' };
    expect(() => read(single, answer)).toThrow(/internal_error/);
  });

  it('has comparison, trend and warning', () => {
    const comparison = { values: '50', difference: 11.29, absoluteDifference: '5' };
    const answer = { values: 55, comparison, trend: { data: [1, '2', null] }, warning: 'partial' };
    expect(read(single, answer)).toEqual({
      component: 'number_v1',
      value: 55,
      comparison: { value: 50, difference: 11.29, absoluteDifference: 5 },
      trend: [1, 2, null],
      warning: 'partial',
    });
  });

  it('is compared with a list of one, as it may be one itself', () => {
    const comparison = { values: ['4'], difference: 25, absoluteDifference: 1 };
    expect(read(single, { values: [5], comparison }).comparison?.value).toBe(4);
  });

  it.each([undefined, null, [], {}, { values: null, difference: null, absoluteDifference: '' }])(
    'has no comparison when Connect sends %j',
    (comparison) => {
      expect(read(single, { values: 1, comparison }).comparison).toBeNull();
    },
  );

  it.each([
    [{ values: 1, comparison: { values: '5%' } }, 'it.comparison.values'],
    [{ values: 1, trend: { data: [1, 'x'] } }, 'it.trend.data[1]'],
  ])('refuses %j and names %s', (answer, path) => {
    expect(() => read(single, answer)).toThrow(refused(path));
  });
});

const two = chart('ig:reach', { metrics: ['reach', 'views'], dimensions: ['date'] });
const crossed = chart('ig:age', { metrics: ['followers'], dimensions: ['age', 'gender'] });

describe('a chart', () => {
  const labels = ['x', 2024, null];

  it('has a series for each metric, in their order', () => {
    const values = [{ data: [1, '2', null] }, { data: [3, 4, 5] }];
    expect(read(two, { labels, values })).toEqual({
      component: 'chart_v1',
      labels: ['x', '2024', ''],
      series: { reach: [1, 2, null], views: [3, 4, 5] },
    });
  });

  it('goes by the names of the series where they are the metrics’', () => {
    const values = [
      { name: 'views', data: [3] },
      { name: 'reach', data: [1] },
    ];
    expect(read(two, { labels: ['x'], values }).series).toEqual({ reach: [1], views: [3] });
  });

  it.each(['Reach', 'reach', null])('goes by their order where they are not: %s', (name) => {
    const values = [
      { name, data: [1] },
      { name: 'views', data: [3] },
    ];
    expect(read(two, { labels: ['x'], values }).series).toEqual({ reach: [1], views: [3] });
  });

  it.each([
    ['views', 'views'],
    ['views', 'Reach'],
    ['Views', 'reach'],
  ])('refuses series called %s and %s, whose order is not the metrics’', (...called) => {
    const values = called.map((name) => ({ name, data: [1] }));
    expect(() => read(two, { labels: ['x'], values })).toThrow(refused('it.values'));
  });

  it.each([1, 3])('refuses %i series for two metrics', (count) => {
    const values = Array.from({ length: count }, () => ({ data: [1] }));
    expect(() => read(two, { labels: ['x'], values })).toThrow(refused('it.values'));
  });

  it('has empty series where nothing happened', () => {
    const nothing = { labels: [], values: [] };
    expect(read(two, nothing)).toMatchObject({ labels: [], series: { reach: [], views: [] } });
    expect(() => read(two, { labels: ['x'], values: [] })).toThrow(refused('it.values'));
  });

  it('numbers a metric that is asked for twice', () => {
    const query = chart('x', { metrics: ['a', 'a', 'a_2'] });
    const values = [1, 2, 3].map((n) => ({ name: n < 3 ? 'a' : 'a_2', data: [n] }));
    const { series } = read(query, { labels: ['x'], values });
    expect(series).toEqual({ a: [1], a_3: [2], a_2: [3] });
  });

  it('has a list of series with two dimensions, with Connect’s names or none', () => {
    const values = [{ name: 'Female', data: [1] }, { data: ['2'] }, { name: 5, data: [null] }];
    expect(read(crossed, { labels: ['18-24'], values }).series).toEqual([
      { name: 'Female', data: [1] },
      { name: null, data: [2] },
      { name: null, data: [null] },
    ]);
    expect(read(crossed, { labels: [], values: [] }).series).toEqual([]);
  });

  it('has a list of series when it asks for no metric by name', () => {
    const query = chart('ig:reach', { metrics: [] });
    expect(read(query, { labels: ['x'], values: [{ data: [1] }] }).series).toEqual([
      { name: null, data: [1] },
    ]);
  });

  it.each([
    [{ labels: null, values: [] }, 'it.labels'],
    [{ labels: [{}], values: [] }, 'it.labels[0]'],
    [{ labels: [], values: {} }, 'it.values'],
    [{ labels: [], values: [5] }, 'it.values[0]'],
    [{ labels: ['x'], values: [{ data: ['y'] }] }, 'it.values[0].data[0]'],
    [{ labels: ['x'], values: [{ data: [1] }, { data: [1, 2] }] }, 'it.values[1].data'],
  ])('refuses %j and names %s', (answer, path) => {
    expect(() => read(two, answer)).toThrow(refused(path));
  });
});

const clicks = datatable('ig:clicks', {
  metrics: ['count', 'ctr'],
  dimensions: [{ field: 'type', operator: '=', value: 'x' }],
});

describe('a table', () => {
  it('has rows by the names of its columns', () => {
    const media = { id: 1, text: 'post', url: 'https://a.example' };
    const values = [
      ['2024', '5', '0.5'],
      [null, '5%', null],
      [media, { value: 3, title: 'three' }, ''],
    ];
    expect(read(clicks, { headers: { type: {} }, values })).toEqual({
      component: 'datatable_v1',
      columns: ['type', 'count', 'ctr'],
      rows: [
        { type: '2024', count: 5, ctr: 0.5 },
        { type: null, count: '5%', ctr: null },
        { type: media, count: { value: 3, title: 'three' }, ctr: '' },
      ],
      total: null,
      headers: { type: {} },
    });
  });

  it('numbers a column whose name comes twice', () => {
    const query = datatable('x', { metrics: ['date', 'a', 'date'], dimensions: ['date'] });
    const { columns, rows } = read(query, { values: [['d', 1, 2, 3]] });
    expect(columns).toEqual(['date', 'date_2', 'a', 'date_3']);
    expect(rows).toEqual([{ date: 'd', date_2: 1, a: 2, date_3: 3 }]);
  });

  it('takes the columns from the answer when it asks for no metric by name', () => {
    const query = datatable('x', { metrics: [], dimensions: ['type'] });
    const { columns, rows } = read(query, { values: [['Email', 2, '3']] });
    expect(columns).toEqual(['type', 'column_1', 'column_2']);
    expect(rows).toEqual([{ type: 'Email', column_1: 2, column_2: 3 }]);
    expect(read(query, { values: [] }).columns).toEqual(['type']);
  });

  it('keeps the last digits of ids', () => {
    const values = [['a', '17895695668004551', '9007199254740991']];
    expect(read(clicks, { values }).rows[0]).toEqual({
      type: 'a',
      count: '17895695668004551',
      ctr: 9007199254740991,
    });
  });

  it('keeps a column that is called __proto__', () => {
    const query = datatable('x', { metrics: ['__proto__'], dimensions: ['type'] });
    const row = read(query, { values: [['a', { polluted: 1 }]] }).rows[0];
    expect(Object.keys(row ?? {})).toEqual(['type', '__proto__']);
    expect((row as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each([
    [{ values: {} }, 'it.values'],
    [{ values: ['x'] }, 'it.values[0]'],
    [{ values: [['x', 1, 2], ['x']] }, 'it.values[1]'],
    [{ values: [['x', 1, 2, 3]] }, 'it.values[0]'],
    [{ values: [['x', 1, true]] }, 'it.values[0][2]'],
  ])('refuses %j and names %s', (answer, path) => {
    expect(() => read(clicks, answer)).toThrow(refused(path));
  });
});

describe('a row called Total', () => {
  const rows = [
    ['Email', 2, 0.5],
    ['Websites', 428, 0.1],
  ];
  const totalOf = (values: unknown[]) => read(clicks, { values }).total;

  it.each([
    ['sums of every column', ['Total', 430, 0.6]],
    ['a sum beside a rate', ['Total', 430, 0.102]],
    ['a sum written as text', ['Total', '430', '10%']],
    ['a sum that was rounded on the way', ['Total', 430.0001, 0.3]],
  ])('is the total: %s', (_, total) => {
    for (const values of [
      [...rows, total],
      [total, ...rows],
    ]) {
      const table = read(clicks, { values });
      expect(table.total).toMatchObject({ type: 'Total' });
      expect(table.rows.map(({ type }) => type)).toEqual(['Email', 'Websites']);
    }
  });

  it.each([
    ['sums of nothing', ['Total', 431, 0.7]],
    ['in another case', ['TOTAL', 430, 0.6]],
    ['nothing', ['Total', null, null]],
  ])('is a row like others: %s', (_, total) => {
    const table = read(clicks, { values: [...rows, total] });
    expect(table.total).toBeNull();
    expect(table.rows).toHaveLength(3);
  });

  it('may stand beside a real one', () => {
    const real = ['Total', 70, 0.2];
    const total = ['Total', 500, 0.8];
    const table = read(clicks, { values: [...rows, real, total] });
    expect(table.total?.count).toBe(500);
    expect(table.rows.map(({ count }) => count)).toEqual([2, 428, 70]);
  });

  it.each([
    [
      'nothing in some rows',
      [
        ['A', 10, null],
        ['B', '', 2],
        ['Total', 10, 2],
      ],
    ],
    [
      'objects',
      [
        ['A', { value: '10' }, '5%'],
        ['B', { value: 1, title: 'one' }, '7%'],
        ['Total', { value: 11 }, '6%'],
      ],
    ],
    [
      'zeros alone',
      [
        ['A', 0, null],
        ['B', 0, 0],
        ['Total', 0, null],
      ],
    ],
  ])('is the total of a column with %s', (_, values) => {
    const table = read(clicks, { values });
    expect(table.total).toEqual({ type: 'Total', count: expect.anything(), ctr: values[2]?.[2] });
    expect(table.rows.map(({ type }) => type)).toEqual(['A', 'B']);
  });

  it('is not proved by a dimension that happens to be a sum, nor by what is nearly one', () => {
    const query = datatable('x', { metrics: ['m'], dimensions: ['type', 'day'] });
    const ofDays = ['A', 'B', 'Total'].map((name, i) => [name, i + 1, 10 ** i]);
    expect(read(query, { values: ofDays }).total).toBeNull();
    expect(
      totalOf([
        ['A', 1000, null],
        ['Total', 1000.5, null],
      ]),
    ).toBeNull();
  });

  it('is not proved by texts that hold no number', () => {
    expect(
      totalOf([
        ['A', 5, 'R$ 5'],
        ['B', '6%', 7],
        ['Total', 5, 7],
      ]),
    ).toBeNull();
  });

  it('is not proved by zeros where another column is no sum', () => {
    const real = ['Total', 70, 0];
    expect(totalOf([['A', 10, 0], real])).toBeNull();
    const table = read(clicks, { values: [['A', 10, 0], real, ['Total', 80, 0]] });
    expect(table.total?.count).toBe(80);
    expect(table.rows.map(({ count }) => count)).toEqual([10, 70]);
  });

  it('is none where nothing is broken down, or nothing is there to be summed', () => {
    const query = datatable('x', { metrics: ['a', 'b'] });
    expect(read(query, { values: [['Total', 0]] }).total).toBeNull();
    expect(totalOf([['Total', 5, 1]])).toBeNull();
    expect(totalOf([['Total', 0, 0]])).toMatchObject({ count: 0 });
  });
});

describe('every table', () => {
  it('keeps each cell in its row and column', () => {
    const cells = fc.oneof(fc.integer(), fc.string(), fc.constant(null));
    const tables = fc
      .record({ d: fc.integer({ min: 0, max: 3 }), m: fc.integer({ min: 1, max: 4 }) })
      .chain(({ d, m }) =>
        fc.record({
          d: fc.constant(d),
          m: fc.constant(m),
          values: fc.array(fc.array(cells, { minLength: d + m, maxLength: d + m })),
        }),
      );
    fc.assert(
      fc.property(tables, ({ d, m, values }) => {
        const names = (prefix: string, n: number) =>
          Array.from({ length: n }, (_, i) => `${prefix}${i}`);
        const query = datatable('x', { metrics: names('m', m), dimensions: names('d', d) });
        const { columns, rows, total } = read(query, { values });
        const numeric = (cell: unknown) =>
          typeof cell === 'string' && cell.trim() !== '' && Number.isFinite(Number(cell));
        const expected = values.map((row) =>
          row.map((cell, i) => (i >= d && numeric(cell) ? Number(cell) : cell)),
        );
        const found = rows.map((row) => columns.map((column) => row[column]));
        if (total === null) expect(found).toEqual(expected);
        else expect(found).toHaveLength(values.length - 1);
      }),
    );
  });
});

describe('a component that no document describes', () => {
  it.each([{ html: '<p>' }, { type: 'note' }, { message: 'hi' }, [1], 'text', { values: 1 }, null])(
    'arrives as it is: %j',
    (...args) => {
      const query = custom('note', 'wysiwyg_v1');
      expect(read(query, args[0])).toEqual({ component: 'wysiwyg_v1', data: args[0] });
    },
  );

  /** A schema as Zod and others make them. */
  const schema = (validate: StandardSchema<number>['~standard']['validate']) =>
    ({ '~standard': { version: 1, vendor: 'test', validate } }) satisfies StandardSchema<number>;

  it('is what its schema makes of it', () => {
    const length = schema((value) => ({ value: (value as unknown[]).length }));
    const query = custom('funnel', 'pipeline_v1', { schema: length });
    expect(read(query, [1, 2, 3]).data).toBe(3);
  });

  it('is refused where the schema has something to say, without what the server wrote', () => {
    const issues = [{ message: 'secret', path: ['steps', { key: 0 }] }];
    const query = custom('funnel', 'pipeline_v1', { schema: schema(() => ({ issues })) });
    expect(() => read(query, {})).toThrow(unread('it.steps.0 is not what its schema wants'));
  });

  it('is refused when its schema throws, and says nothing about the others', () => {
    const thrown = new Error('of the schema');
    const throwing = schema(() => {
      throw thrown;
    });
    const query = custom('funnel', 'pipeline_v1', { schema: throwing });
    expect(() => read(query, {})).toThrow(unread('it made its schema throw'));
  });

  it('needs a schema that answers at once', () => {
    for (const promise of [Promise.resolve({ value: 1 }), Promise.reject(new Error('late'))]) {
      const query = custom('funnel', 'pipeline_v1', { schema: schema(() => promise) });
      expect(() => read(query, {})).toThrow(
        expect.objectContaining({ code: 'config', message: expect.stringContaining('promise') }),
      );
    }
  });

  it.each(['number_v1', 'chart_v1', 'datatable_v1'])('is not %s', (component) => {
    expect(() => custom('x', component)).toThrow(/not by custom/);
  });

  it.each(['constructor', '__proto__', 'toString'])('may be called %s', (component) => {
    expect(read(custom('x', component), { a: 1 })).toEqual({ component, data: { a: 1 } });
  });
});

describe('a cell', () => {
  it.each([
    [5, 5, '5'],
    ['5.5', 5.5, '5.5'],
    ['5 %', null, '5 %'],
    [null, null, ''],
    ['', null, ''],
    [{ value: '3', title: 'three' }, 3, 'three'],
    [{ value: 3 }, 3, '3'],
    [{ text: 'post', url: 'https://a.example' }, null, 'post'],
    [{ text: 'post', title: 'Post', value: 1 }, 1, 'Post'],
    [{ id: 1 }, null, ''],
  ])('%j has the number %j and the words %j', (cell, n, text) => {
    expect(cellNumber(cell)).toBe(n);
    expect(cellText(cell)).toBe(text);
  });
});
