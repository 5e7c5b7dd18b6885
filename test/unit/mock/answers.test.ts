import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answer, type Query } from '../../../src/mock/data/answers.ts';
import { breakdown } from '../../../src/mock/data/breakdown.ts';
import { periodValue, type Period } from '../../../src/mock/data/daily.ts';

const queryOf = (changes: Partial<Query>): Query => ({
  component: 'number_v1',
  metrics: ['reach'],
  dimensions: [],
  sort: [],
  basis: ['1', 'integration', 'ig:reach'],
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

const dimension = fc.constantFrom('gender', 'country', 'date', 'deviceCategory', 'stories', 'hour');
const anyQuery = fc.record({
  metrics: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }),
  dimensions: fc.uniqueArray(dimension, { maxLength: 3 }),
  basis: fc.array(fc.string(), { maxLength: 4 }),
});
const anyPeriod = fc
  .tuple(fc.integer({ min: 10_000, max: 25_000 }), fc.nat(60))
  .map(([first, length]) => ({ first, last: first + length }));

describe('number_v1', () => {
  it('has a comparison of nulls when none is asked for', () => {
    expect(answer(queryOf({}), week)).toEqual({
      values: expect.any(Number),
      comparison: { values: null, difference: null, absoluteDifference: null },
    });
  });

  it('compares with what those dates answer when asked directly', () => {
    fc.assert(
      fc.property(anyQuery, anyPeriod, anyPeriod, (parts, now, before) => {
        const query = queryOf(parts);
        const { values, comparison } = answer(query, { asked: now, compared: before }) as {
          values: number;
          comparison: { values: number; difference: number | null; absoluteDifference: number };
        };
        expect(comparison.values).toBe(numberOf(query, { asked: before, compared: null }));
        expect(comparison.absoluteDifference).toBe(values - comparison.values);
        if (comparison.values === 0) expect(comparison.difference).toBeNull();
        else {
          const percent = (comparison.absoluteDifference / comparison.values) * 100;
          expect(comparison.difference).toBeCloseTo(percent, 1);
        }
      }),
    );
  });

  it('counts an empty list of metrics as one', () => {
    expect(numberOf(queryOf({ metrics: [] }))).toEqual(expect.any(Number));
  });

  it('depends on each part of the basis, on the metric and on nothing else', () => {
    const base = numberOf(queryOf({}));
    expect(numberOf(queryOf({ dimensions: ['gender'], sort: ['-reach'] }))).toBe(base);
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

  it('has a value for each label, and the series of a metric sum to its number', () => {
    fc.assert(
      fc.property(anyQuery, anyPeriod, (parts, period) => {
        const query = queryOf(parts);
        const periods = { asked: period, compared: null };
        const { labels, values } = chartOf(query, periods);
        for (const { data } of values) expect(data).toHaveLength(labels.length);
        expect(values.length % query.metrics.length).toBe(0);
        const lines = values.length / query.metrics.length;
        for (const [m, metric] of query.metrics.entries()) {
          const own = values.slice(m * lines, (m + 1) * lines);
          const total = numberOf({ ...query, metrics: [metric] }, periods);
          expect(sum(own.flatMap(({ data }) => data))).toBe(total);
        }
      }),
    );
  });
});

describe('datatable_v1', () => {
  it('has dimensions, then metrics, and a Total that is the sum of each column', () => {
    fc.assert(
      fc.property(anyQuery, anyPeriod, (parts, period) => {
        fc.pre(parts.dimensions.length > 0);
        const query = queryOf(parts);
        const periods = { asked: period, compared: null };
        const { values } = tableOf(query, periods);
        const total = values.at(-1) ?? [];
        const rows = values.slice(0, -1);
        const width = query.dimensions.length;
        expect(total[0]).toBe('Total');
        for (const row of values) expect(row).toHaveLength(width + query.metrics.length);
        for (const row of rows) expect(row.slice(0, width).every(isText)).toBe(true);
        for (const [m, metric] of query.metrics.entries()) {
          expect(sum(rows.map((row) => Number(row[width + m])))).toBe(total[width + m]);
          expect(total[width + m]).toBe(numberOf({ ...query, metrics: [metric] }, periods));
        }
      }),
    );
  });

  it('sorts as asked and keeps the Total last', () => {
    const query = queryOf({
      dimensions: ['country'],
      metrics: ['reach', 'saves'],
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
      values: [{ name: 'reach', value: numberOf(queryOf({})) }],
    });
  }
});

describe('breakdown', () => {
  it('sums to each day where the calendar is one of the dimensions', () => {
    const rows = breakdown([7], ['gender', 'date'], asked);
    expect(rows).toHaveLength(21);
    for (let day = asked.first; day <= asked.last; day += 1) {
      const label = new Date(day * 86_400_000).toISOString().slice(0, 10);
      const own = rows.filter((row) => row.labels[1] === label);
      expect(sum(own.map((row) => row.values[0] ?? 0))).toBe(
        periodValue(7, { first: day, last: day }),
      );
    }
  });

  it('does not explode over many dimensions', () => {
    const many = Array.from({ length: 30 }, (_, i) => `thing${i}`);
    const rows = breakdown([7], many, asked);
    expect(rows).toHaveLength(25);
    expect(sum(rows.map((row) => row.values[0] ?? 0))).toBe(periodValue(7, asked));
  });
});

const isText = (cell: unknown): boolean => typeof cell === 'string';
