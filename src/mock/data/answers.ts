import { breakdown, totalUnits, type Row, type Value } from './breakdown.ts';
import type { Catalog } from './catalog.ts';
import type { Condition } from './conditions.ts';
import type { Period } from './daily.ts';
import { guessKind, KINDS, type Kind } from './kinds.ts';
import { isMedia, mediaCell, type MediaCell } from './media.ts';
import { basesOf } from './rates.ts';
import { contentOf, scopeOf } from './scope.ts';
import { quotientOf, seriesOf, unitsPerOne, type Series } from './series.ts';

/** One metric asked for, reduced to what its data depends on. */
export interface Query {
  readonly component: string;
  readonly metrics: readonly string[];
  readonly dimensions: readonly string[];
  /** What dimensions that were given as objects ask of their values. */
  readonly conditions?: readonly Condition[] | undefined;
  /** Names of columns, with a `-` in front for descending. */
  readonly sort: readonly string[];
  /** Whose data it is: seed, integration, reference key, entity. */
  readonly basis: readonly (string | number)[];
  /** The part of the basis of which only the network and the kind of content count. */
  readonly referenceKey?: string | undefined;
}

/** The periods of one request; `compared` is null when no comparison was asked for. */
export interface Periods {
  readonly asked: Period;
  readonly compared: Period | null;
}

/** The answer to one metric in the documented shape of its component, or in a plain one. */
export function answer(query: Query, periods: Periods, catalog?: Catalog): Record<string, unknown> {
  const metrics = query.metrics.length > 0 ? query.metrics : ['value'];
  const { referenceKey = '' } = query;
  const scope = scopeOf(referenceKey);
  // A number and its chart have different keys in the catalogues, and have to agree.
  const basis = query.basis.map((part) => (part === referenceKey ? scope.network : part));
  const kindOf = (metric: string): Kind | undefined => catalog?.kindOf(metric, referenceKey);
  const make = (metric: string): Series =>
    seriesOf(metric, kindOf(metric) ?? guessKind(metric), basis, contentOf(scope, metric));
  const around = {
    network: scope.network,
    asked: metrics,
    isDefined: (metric: string) => kindOf(metric) !== undefined,
  };
  const series = metrics.map((metric) => {
    const bases = basesOf(metric, around);
    return bases
      ? quotientOf(make(metric), make(bases.over), make(bases.under), bases.factor)
      : make(metric);
  });
  const shape = SHAPES.get(query.component) ?? raw;
  return shape({ ...query, metrics }, series, periods);
}

type Shape = (query: Query, series: readonly Series[], periods: Periods) => Record<string, unknown>;

const number: Shape = (query, [series], { asked, compared }) => {
  if (series === undefined) return { values: null };
  const now = totalUnits(series, query, asked);
  const before = compared && totalUnits(series, query, compared);
  const one = unitsPerOne(series);
  return { values: now === null ? null : now / one, comparison: compare(now, before, one) };
};

const chart: Shape = (query, series, { asked }) => {
  const dimensions = query.dimensions.length > 0 ? query.dimensions : ['date'];
  const rows = breakdown(series, { ...query, dimensions }, asked);
  const labels = indexed(rows.map((row) => row.labels[0] ?? ''));
  const names = indexed(rows.map((row) => row.labels.slice(1).join(' ')));

  const lines = series.flatMap(({ metric, kind }, m) => {
    // Where no row is, as for the days of another month, nothing was counted.
    const none = KINDS[kind].family === 'label' ? null : 0;
    const data = names.distinct.map(() => labels.distinct.map((): number | null => none));
    for (const [i, row] of rows.entries()) {
      const line = data[names.at[i] ?? 0];
      if (line) line[labels.at[i] ?? 0] = numeric(row.values[m] ?? null);
    }
    return names.distinct.map((name, n) => ({
      name: [series.length > 1 ? metric : '', name].filter(Boolean).join(' '),
      data: data[n] ?? [],
    }));
  });
  // The documented single series has no name.
  return {
    labels: labels.distinct,
    values: lines.length > 1 ? lines : lines.map(({ data }) => ({ data })),
  };
};

const datatable: Shape = (query, series, { asked }) => {
  const rows = sorted(breakdown(series, query, asked), query);
  const values = rows.map((row) => [
    ...row.labels.map((label, i) => cellOf(query, i, label)),
    ...row.values,
  ]);
  // Without a dimension there is nothing to total, nor a cell to write the word in.
  if (query.dimensions.length === 0) return { values };
  const label = query.dimensions.map((_, i) => (i === 0 ? 'Total' : ''));
  return { values: [...values, [...label, ...series.map((one) => totalOf(one, query, asked))]] };
};

/** What a component that nobody documents answers is unknown: a value for each metric will do. */
const raw: Shape = (query, series, { asked }) => ({
  values: series.map((one) => ({ name: one.metric, value: totalOf(one, query, asked) })),
});

const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ['number_v1', number],
  ['chart_v1', chart],
  ['datatable_v1', datatable],
]);

function totalOf(series: Series, query: Query, period: Period): number | null {
  const units = totalUnits(series, query, period);
  return units === null ? null : units / unitsPerOne(series);
}

/** Compared in whole units, or 0.3 − 0.1 would not be 0.2. */
function compare(
  now: number | null,
  before: number | null,
  one: number,
): Record<string, number | null> {
  if (now === null || before === null) {
    return { values: null, difference: null, absoluteDifference: null };
  }
  const units = now - before;
  // From nothing to something is no percentage.
  // Adding 0 makes −0, which is not what JSON would read back, the 0 that is meant.
  const difference = before === 0 ? null : Math.round((units / before) * 10_000) / 100 + 0;
  return { values: before / one, difference, absoluteDifference: units / one };
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
      const [x, y] = [sortKey(a, column), sortKey(b, column)];
      if (x !== y) return x < y ? -sign : sign;
    }
    return 0;
  });
}

const sortKey = (row: Row, column: number): string | number =>
  row.labels[column] ?? row.values[column - row.labels.length] ?? 0;

function cellOf({ dimensions }: Query, place: number, label: string): string | MediaCell {
  const dimension = dimensions[place] ?? '';
  return isMedia(dimension) ? mediaCell(dimension, label) : label;
}

/** The different texts in the order of their first, and for each text which of them it is. */
function indexed(texts: readonly string[]): { distinct: string[]; at: number[] } {
  const seen = new Map<string, number>();
  const at = texts.map((text) => {
    const known = seen.get(text) ?? seen.size;
    seen.set(text, known);
    return known;
  });
  return { distinct: [...seen.keys()], at };
}

const numeric = (value: Value): number | null => (typeof value === 'number' ? value : null);
