import { breakdown, type Row } from './breakdown.ts';
import { periodValue, type Period } from './daily.ts';
import { hash } from './random.ts';

/** One metric asked for, reduced to what its data depends on. */
export interface Query {
  readonly component: string;
  readonly metrics: readonly string[];
  readonly dimensions: readonly string[];
  /** Names of columns, with a `-` in front for descending. */
  readonly sort: readonly string[];
  /** Whose data it is: seed, integration, reference key, entity. */
  readonly basis: readonly (string | number)[];
}

/** The periods of one request; `compared` is null when no comparison was asked for. */
export interface Periods {
  readonly asked: Period;
  readonly compared: Period | null;
}

/** The answer to one metric in the documented shape of its component, or in a plain one. */
export function answer(query: Query, periods: Periods): Record<string, unknown> {
  const metrics = query.metrics.length > 0 ? query.metrics : ['value'];
  const series = metrics.map((metric) => hash(...query.basis, metric));
  const shape = SHAPES.get(query.component) ?? raw;
  return shape({ ...query, metrics }, series, periods);
}

type Shape = (query: Query, series: readonly number[], periods: Periods) => Record<string, unknown>;

const number: Shape = (_query, [series = 0], { asked, compared }) => {
  const values = periodValue(series, asked);
  return { values, comparison: compare(values, compared && periodValue(series, compared)) };
};

const chart: Shape = (query, series, { asked }) => {
  const [axis = 'date', ...rest] = query.dimensions;
  const rows = breakdown(series, [axis, ...rest], asked);
  const labels = [...new Set(rows.map((row) => row.labels[0] ?? ''))];
  const names = [...new Set(rows.map((row) => row.labels.slice(1).join(' ')))];

  // Rows are ordered by the axis first, so each label has one run of `names.length` rows.
  const lines = query.metrics.flatMap((metric, m) =>
    names.map((name, n) => ({
      name: [query.metrics.length > 1 ? metric : '', name].filter(Boolean).join(' '),
      data: labels.map((_, l) => rows[l * names.length + n]?.values[m] ?? 0),
    })),
  );
  // The documented single series has no name.
  return { labels, values: lines.length > 1 ? lines : lines.map(({ data }) => ({ data })) };
};

const datatable: Shape = (query, series, { asked }) => {
  const rows = sorted(breakdown(series, query.dimensions, asked), query);
  const values = rows.map((row) => [...row.labels, ...row.values]);
  // Without a dimension there is nothing to total, nor a cell to write the word in.
  if (query.dimensions.length === 0) return { values };
  const label = query.dimensions.map((_, i) => (i === 0 ? 'Total' : ''));
  return { values: [...values, [...label, ...series.map((one) => periodValue(one, asked))]] };
};

/** What a component that nobody documents answers is unknown: a value for each metric will do. */
const raw: Shape = (query, series, { asked }) => ({
  values: query.metrics.map((metric, i) => ({
    name: metric,
    value: periodValue(series[i] ?? 0, asked),
  })),
});

const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ['number_v1', number],
  ['chart_v1', chart],
  ['datatable_v1', datatable],
]);

function compare(now: number, before: number | null): Record<string, number | null> {
  if (before === null) return { values: null, difference: null, absoluteDifference: null };
  const absoluteDifference = now - before;
  // From nothing to something is no percentage.
  const difference = before === 0 ? null : Math.round((absoluteDifference / before) * 10_000) / 100;
  return { values: before, difference, absoluteDifference };
}

function sorted(rows: readonly Row[], query: Query): readonly Row[] {
  const columns = [...query.dimensions, ...query.metrics];
  const order = query.sort.flatMap((key) => {
    const descending = key.startsWith('-');
    const column = columns.indexOf(descending ? key.slice(1) : key);
    return column === -1 ? [] : [{ column, sign: descending ? -1 : 1 }];
  });
  return rows.toSorted((a, b) => {
    for (const { column, sign } of order) {
      const [x, y] = [cell(a, column), cell(b, column)];
      if (x !== y) return x < y ? -sign : sign;
    }
    return 0;
  });
}

const cell = (row: Row, column: number): string | number =>
  row.labels[column] ?? row.values[column - row.labels.length] ?? 0;
