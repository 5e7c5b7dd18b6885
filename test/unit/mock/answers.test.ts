import { describe, expect, it } from 'vitest';
import { answer, type Query } from '../../../src/mock/data/answers.ts';
import { rowCount } from '../../../src/mock/data/breakdown.ts';
import type { Period } from '../../../src/mock/data/daily.ts';
import { workOf } from '../../../src/mock/data/work.ts';

const queryOf = (changes: Partial<Query>): Query => ({
  component: 'number_v1',
  metrics: ['likes'],
  dimensions: [],
  sort: [],
  basis: ['1', 'integration', 'ig:likes'],
  ...changes,
});
const asked: Period = { first: 19_723, last: 19_729 };
const week = { asked, compared: null };

type Chart = { labels: string[]; values: { name?: string; data: number[] }[] };
type Table = { values: (string | number)[][] };
const numberOf = (query: Query, periods = week): number =>
  answer({ ...query, component: 'number_v1' }, periods)['values'] as number;
const chartOf = (query: Query, periods = week): Chart =>
  answer({ ...query, component: 'chart_v1' }, periods) as Chart;
const tableOf = (query: Query, periods = week): Table =>
  answer({ ...query, component: 'datatable_v1' }, periods) as Table;
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe('number_v1', () => {
  it('has a comparison of nulls when none is asked for', () => {
    expect(answer(queryOf({}), week)).toEqual({
      values: expect.any(Number),
      comparison: { values: null, difference: null, absoluteDifference: null },
    });
  });

  it('counts an empty list of metrics as one', () => {
    expect(Number.isInteger(numberOf(queryOf({ metrics: [] })))).toBe(true);
  });

  it('depends on each part of the basis, on the metric and on nothing else', () => {
    const base = numberOf(queryOf({}));
    expect(numberOf(queryOf({ dimensions: ['gender'], sort: ['-likes'] }))).toBe(base);
    expect(numberOf(queryOf({ metrics: ['saves'] }))).not.toBe(base);
    for (const [i, part] of ['2', 'other', 'ig:other'].entries()) {
      const basis = queryOf({}).basis.with(i, part);
      expect(numberOf(queryOf({ basis }))).not.toBe(base);
    }
  });
});

describe('chart_v1', () => {
  it('lists the days and sums to the number', () => {
    const chart = chartOf(queryOf({ dimensions: ['date'] }));
    expect(chart.labels).toEqual([
      '2024-01-01',
      '2024-01-02',
      '2024-01-03',
      '2024-01-04',
      '2024-01-05',
      '2024-01-06',
      '2024-01-07',
    ]);
    expect(chart.values).toHaveLength(1);
    expect(Object.keys(chart.values[0] ?? {})).toEqual(['data']);
    expect(sum(chart.values[0]?.data ?? [])).toBe(numberOf(queryOf({})));
  });

  it('takes the calendar for its axis when no dimension is named', () => {
    expect(chartOf(queryOf({}))).toEqual(chartOf(queryOf({ dimensions: ['date'] })));
  });

  it('has the labels of the vendor’s example', () => {
    expect(chartOf(queryOf({ dimensions: ['gender'] })).labels).toEqual([
      'Male',
      'Female',
      'Unknown',
    ]);
  });

  it('names several series by metric, by second dimension, or by both', () => {
    const names = (changes: Partial<Query>): unknown =>
      chartOf(queryOf(changes)).values.map(({ name }) => name);
    expect(names({ metrics: ['a', 'b'], dimensions: ['date'] })).toEqual(['a', 'b']);
    expect(names({ dimensions: ['age', 'gender'] })).toEqual(['Male', 'Female', 'Unknown']);
    expect(names({ dimensions: ['gender', 'date'] })).toHaveLength(7);
    expect(names({ metrics: ['a', 'b'], dimensions: ['date', 'gender'] })).toEqual([
      'a Male',
      'a Female',
      'a Unknown',
      'b Male',
      'b Female',
      'b Unknown',
    ]);
  });
});

describe('datatable_v1', () => {
  it('has dimensions, then metrics, and a Total', () => {
    const { values } = tableOf(queryOf({ dimensions: ['gender', 'age'], metrics: ['a', 'b'] }));
    expect(values).toHaveLength(3 * 6 + 1);
    expect(values[1]).toEqual(['Male', '25-34', expect.any(Number), expect.any(Number)]);
    expect(values.at(-1)).toEqual(['Total', '', expect.any(Number), expect.any(Number)]);
  });

  it('sorts as asked and keeps the Total last', () => {
    const query = queryOf({
      dimensions: ['country'],
      metrics: ['likes', 'saves'],
      sort: ['-saves'],
    });
    const saves = tableOf(query)
      .values.slice(0, -1)
      .map((row) => Number(row[2]));
    expect(saves).toEqual(saves.toSorted((a, b) => b - a));
    expect(tableOf({ ...query, sort: ['-country'] }).values.map((row) => row[0])).toEqual([
      'United States',
      'Spain',
      'Portugal',
      'Mexico',
      'Brazil',
      'Argentina',
      'Total',
    ]);
    expect(tableOf({ ...query, sort: ['-nothing'] })).toEqual(tableOf({ ...query, sort: [] }));
  });

  it('without a dimension is one row of values', () => {
    expect(tableOf(queryOf({})).values).toEqual([[numberOf(queryOf({}))]]);
  });
});

it('answers a component that nobody documents with something plain', () => {
  for (const component of ['pipeline_v1', 'toString', '__proto__']) {
    expect(answer(queryOf({ component }), week)).toEqual({
      values: [{ name: 'likes', value: numberOf(queryOf({})) }],
    });
  }
});

describe('many dimensions', () => {
  const many = Array.from({ length: 30 }, (_, i) => `thing${i}`);

  it('do not multiply into millions of rows', () => {
    const { values } = tableOf(queryOf({ dimensions: many }));
    expect(values).toHaveLength(25 + 1);
    expect(sum(values.slice(0, -1).map((row) => Number(row.at(-1))))).toBe(values[25]?.at(-1));
    expect(rowCount(many, asked)).toBe(25);
  });

  it('are counted without making any row', () => {
    const long = { first: 0, last: 2_000_000 };
    expect(rowCount(['date', 'age', ...many], long)).toBe(2_000_001 * 6 * 5);
    const ages = queryOf({ component: 'chart_v1', dimensions: ['date', 'age'] });
    const work = workOf(ages, { asked: long, compared: null });
    expect(work).toBeGreaterThan(10_000_000);
    expect(workOf(ages, week)).toBeLessThan(2000);
  });
});
