import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answer } from '../../../src/mock/data/answers.ts';
import type { Period } from '../../../src/mock/data/daily.ts';
import { KINDS } from '../../../src/mock/data/kinds.ts';
import { loadDocument } from '../../contract/documents.ts';
import {
  ALL_KINDS,
  anyPeriod,
  anyQuery,
  BY_NAME,
  chartOf,
  kindOf,
  lineOf,
  NUMBERS,
  numberOf,
  ofFamily,
  sumOf,
  tableOf,
  unitsOf,
} from './data-support.ts';

const daysOf = ({ first, last }: Period): Period[] =>
  Array.from({ length: last - first + 1 }, (_, i) => ({ first: first + i, last: first + i }));
/** What is made of days: their groups have to add up, whatever the calendar. */
const ANY = { component: 'chart_v1', metrics: [], dimensions: [], sort: [], basis: ['1'] };
const noDays = ['gender', 'age', 'country', 'hour', 'media', 'unheard of'];

describe('counts and money', () => {
  const sums = ofFamily('sum');

  it('add up: the series of a chart to the number, by days and by whatever else', () => {
    fc.assert(
      fc.property(anyQuery(sums), anyPeriod, (query, period) => {
        const { labels, values } = chartOf(query, period);
        const lines = values.length / query.metrics.length;
        for (const [m, metric] of query.metrics.entries()) {
          const own = values.slice(m * lines, (m + 1) * lines).map(({ data }) => data);
          for (const data of own) expect(data).toHaveLength(labels.length);
          expect(sumOf(own.flat(), kindOf(metric))).toBe(numberOf(query, period, metric));
        }
      }),
    );
  });

  it('add up: the rows of a table to its Total', () => {
    fc.assert(
      fc.property(anyQuery(sums), anyPeriod, (query, period) => {
        fc.pre(query.dimensions.length > 0);
        const { rows, total } = tableOf(query, period);
        for (const [m, metric] of query.metrics.entries()) {
          const at = query.dimensions.length + m;
          expect(
            sumOf(
              rows.map((row) => row[at]),
              kindOf(metric),
            ),
          ).toBe(total[at]);
        }
      }),
    );
  });

  it('of a value agree over the days and over the whole period', () => {
    fc.assert(
      fc.property(anyQuery(sums, ['gender', 'country', 'hour']), anyPeriod, (query, period) => {
        const [dimension] = query.dimensions;
        const [metric = ''] = query.metrics;
        fc.pre(dimension !== undefined);
        const one = { ...query, metrics: [metric] };
        const whole = chartOf({ ...one, dimensions: [dimension] }, period).values[0]?.data;
        const daily = chartOf({ ...one, dimensions: ['date', dimension] }, period).values;
        expect(daily.map(({ data }) => sumOf(data, kindOf(metric)))).toEqual(whole);
      }),
    );
  });
});

describe('what belongs together', () => {
  it('keeps its proportion on each day and in each row', () => {
    const metrics = ['count_impressions', 'count_sessions', 'count_engaged_sessions'];
    const bases = fc.array(fc.string(), { minLength: 1 });
    fc.assert(
      fc.property(bases, anyPeriod, fc.constantFrom('date', 'city'), (basis, period, by) => {
        const { rows } = tableOf({ ...ANY, metrics, basis, dimensions: [by] }, period);
        for (const [, impressions, sessions, engaged] of rows) {
          expect(Number(impressions)).toBeGreaterThan(Number(sessions));
          expect(Number(sessions)).toBeGreaterThan(Number(engaged));
        }
      }),
    );
  });

  it('has its share in every row, however little there is on a day', () => {
    const year = { first: 19_723, last: 20_088 };
    for (let seed = 0; seed < 20; seed += 1) {
      const query = { ...ANY, metrics: ['count_comments'], basis: [seed] };
      const hours = lineOf(query, year, 'hour');
      // A few a day for twenty-four hours; most of them in the evening.
      expect(Math.min(...hours)).toBeGreaterThan(0);
      expect(Number(hours[20])).toBeGreaterThan(4 * Number(hours[3]));
      expect(Math.max(...hours)).toBeLessThan(sumOf(hours, 'count') / 8);
    }
  });
});

describe('rates', () => {
  const ratios = ofFamily('ratio');

  it('of a period lie between those of its days, and so do those of months', () => {
    fc.assert(
      fc.property(
        anyQuery(ratios),
        anyPeriod,
        fc.constantFrom('date', 'month'),
        (query, period, by) => {
          const data = lineOf(query, period, by);
          const overall = numberOf(query, period);
          expect(overall).toBeGreaterThanOrEqual(Math.min(...data));
          expect(overall).toBeLessThanOrEqual(Math.max(...data));
          if (by === 'date') {
            expect(data).toEqual(daysOf(period).map((day) => numberOf(query, day)));
          }
        },
      ),
    );
  });

  it('of all rows lie around the Total, which is the number', () => {
    fc.assert(
      fc.property(anyQuery(ratios), anyPeriod, (query, period) => {
        fc.pre(query.dimensions.length > 0);
        const { rows, total } = tableOf(query, period);
        for (const [m, metric] of query.metrics.entries()) {
          const at = query.dimensions.length + m;
          const values = rows.map((row) => Number(row[at]));
          expect(Math.min(...values)).toBeLessThanOrEqual(Number(total[at]));
          expect(Math.max(...values)).toBeGreaterThanOrEqual(Number(total[at]));
          expect(total[at]).toBe(numberOf(query, period, metric));
        }
      }),
    );
  });

  it('of a part are never more than the whole', () => {
    fc.assert(
      fc.property(anyQuery(['fraction', 'percent'], noDays), anyPeriod, (query, period) => {
        fc.pre(query.dimensions.length > 0);
        const { rows } = tableOf(query, period);
        for (const [m, metric] of query.metrics.entries()) {
          const values = rows.map((row) => Number(row[query.dimensions.length + m]));
          const most = kindOf(metric) === 'percent' ? 100 : 1;
          expect(values.every((value) => value >= 0 && value <= most)).toBe(true);
        }
      }),
    );
  });

  it('differ from row to row', () => {
    const month = { first: 19_723, last: 19_753 };
    const rates = Array.from({ length: 50 }, (_, seed) =>
      lineOf({ ...ANY, metrics: ['fraction'], basis: [seed] }, month, 'country'),
    );
    // Six countries, which may agree in all four decimals by chance.
    expect(rates.filter((values) => new Set(values).size >= 4).length).toBeGreaterThan(45);
  });
});

describe('latest values', () => {
  it('are those of the last day, and a chart ends with them', () => {
    fc.assert(
      fc.property(anyQuery(['stock']), anyPeriod, (query, period) => {
        const last = numberOf(query, { first: period.last, last: period.last });
        expect(numberOf(query, period)).toBe(last);
        for (const by of ['date', 'month', 'week']) {
          const [line] = chartOf({ ...query, dimensions: [by] }, period).values;
          expect(line?.data.at(-1)).toBe(last);
        }
        const days = chartOf({ ...query, dimensions: ['date'] }, period).values[0]?.data;
        expect(days).toEqual(daysOf(period).map((day) => numberOf(query, day)));
      }),
    );
  });

  it('broken down sum to it, and the Total is it even where the rows are days', () => {
    fc.assert(
      fc.property(anyQuery(['stock'], noDays), anyPeriod, (query, period) => {
        fc.pre(query.dimensions.length > 0);
        const [metric = ''] = query.metrics;
        const { rows } = tableOf({ ...query, metrics: [metric] }, period);
        expect(
          sumOf(
            rows.map((row) => row.at(-1)),
            'stock',
          ),
        ).toBe(numberOf(query, period));
        const byDay = { ...query, metrics: [metric], dimensions: ['date', ...query.dimensions] };
        expect(tableOf(byDay, period).total.at(-1)).toBe(numberOf(query, period));
      }),
    );
  });
});

describe('unique counts', () => {
  it('are at most the sum of the days, at least the greatest, and one day is itself', () => {
    fc.assert(
      fc.property(anyQuery(['unique']), anyPeriod, (query, period) => {
        const data = lineOf(query, period, 'date');
        const overall = numberOf(query, period);
        expect(overall).toBeLessThanOrEqual(sumOf(data, 'unique'));
        expect(overall).toBeGreaterThanOrEqual(Math.max(...data));
        expect(data).toEqual(daysOf(period).map((day) => numberOf(query, day)));
      }),
    );
  });

  it('are fewer than the sum over a month', () => {
    const query = { ...ANY, metrics: ['unique_1'] };
    const month = { first: 19_723, last: 19_753 };
    const data = lineOf(query, month, 'date');
    expect(numberOf(query, month)).toBeLessThan(sumOf(data, 'unique') * 0.95);
  });

  it('broken down sum to the number', () => {
    fc.assert(
      fc.property(anyQuery(['unique'], noDays), anyPeriod, (query, period) => {
        fc.pre(query.dimensions.length > 0);
        const [metric = ''] = query.metrics;
        const { rows, total } = tableOf({ ...query, metrics: [metric] }, period);
        expect(
          sumOf(
            rows.map((row) => row.at(-1)),
            'unique',
          ),
        ).toBe(total.at(-1));
        expect(total.at(-1)).toBe(numberOf(query, period));
      }),
    );
  });
});

describe('every kind', () => {
  it('compares with what those dates answer when asked directly', () => {
    fc.assert(
      fc.property(anyQuery(NUMBERS), anyPeriod, anyPeriod, (query, now, before) => {
        const [metric = ''] = query.metrics;
        const asked = { ...query, component: 'number_v1' };
        const { values, comparison } = answer(asked, { asked: now, compared: before }, BY_NAME) as {
          values: number;
          comparison: { values: number; difference: number | null; absoluteDifference: number };
        };
        expect(values).toBe(numberOf(query, now));
        expect(comparison.values).toBe(numberOf(query, before));
        expect(comparison.absoluteDifference).toBe(
          sumOf([values, -comparison.values], kindOf(metric)),
        );
        if (comparison.values === 0) expect(comparison.difference).toBeNull();
        else {
          const percent = (comparison.absoluteDifference / comparison.values) * 100;
          expect(Math.abs((comparison.difference ?? NaN) - percent)).toBeLessThan(0.006);
        }
      }),
    );
  });

  it('shows no more decimals than it has', () => {
    fc.assert(
      fc.property(anyQuery(NUMBERS), anyPeriod, (query, period) => {
        for (const row of tableOf(query, period).rows) {
          for (const [m, metric] of query.metrics.entries()) {
            const value = row[query.dimensions.length + m];
            const shown = JSON.stringify(value).split('.')[1] ?? '';
            expect(shown.length).toBeLessThanOrEqual(KINDS[kindOf(metric)].decimals);
            expect(Number(value) * unitsOf(kindOf(metric))).toBeGreaterThanOrEqual(0);
          }
        }
      }),
    );
  });

  it('is answered within the contract, and survives JSON', () => {
    const contract = loadDocument('reportei');
    const schemas = {
      number_v1: 'NumberResult',
      chart_v1: 'ChartResult',
      datatable_v1: 'DatatableResult',
      datagrid_v1: 'RawResult',
    };
    fc.assert(
      fc.property(anyQuery(ALL_KINDS), anyPeriod, (query, period) => {
        for (const [component, schema] of Object.entries(schemas)) {
          const periods = { asked: period, compared: period };
          const result = answer({ ...query, component }, periods, BY_NAME);
          const validate = contract.validator(schema);
          validate(result);
          expect([component, validate.errors]).toEqual([component, null]);
          expect(JSON.parse(JSON.stringify(result))).toEqual(result);
        }
      }),
    );
  });
});
