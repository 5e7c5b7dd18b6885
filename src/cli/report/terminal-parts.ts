import type { ChartResult, DatatableResult, Row } from '../../reportei/index.ts';
import { shownCell } from './cells.ts';
import { type Cell, type Column, layOut } from './columns.ts';
import { dimensionsOf, type Found, isCourse, type Series, seriesOf } from './model.ts';
import { formatNumber, NONE } from './numbers.ts';
import { bar, rangeOf, sparkline } from './sparkline.ts';
import type { Paper } from './terminal.ts';
import { clean, cut, widthOf } from './text.ts';

const NAME: Column = { align: 'left', least: 8 };
const VALUE: Column = { align: 'right' };

export function chartLines({ wire, outcome }: Found<ChartResult>, paper: Paper): readonly string[] {
  const { labels } = outcome;
  const series = seriesOf(outcome);
  if (labels.length === 0 || series.length === 0) return [paper.colors.dim('  no values')];
  if (isCourse(wire, labels)) return courseLines(labels, series, paper);
  const [only] = series;
  return series.length === 1 && only
    ? barLines(labels, only, paper)
    : gridLines(dimensionsOf(wire)[0] ?? '', labels, series, paper);
}

/** A line of text for each series, with where it ends and between what it moves. */
function courseLines(
  labels: readonly string[],
  series: readonly Series[],
  paper: Paper,
): readonly string[] {
  const { colors, width, rows } = paper;
  const shown = series.slice(0, rows);
  const room = Math.min(labels.length, Math.max(10, Math.floor(width / 2)));
  const cells = shown.map(({ name, data }): readonly Cell[] => {
    const range = rangeOf(data);
    const span = range === null ? '' : `${formatNumber(range[0])} to ${formatNumber(range[1])}`;
    return [
      { text: `  ${clean(name)}` },
      { text: sparkline(data, room), paint: colors.cyan },
      { text: formatNumber(data.at(-1) ?? null), paint: colors.bold },
      { text: span, paint: colors.dim },
    ];
  });
  const ends = clean(`${labels[0] ?? ''} to ${labels.at(-1) ?? ''}`);
  const columns = [NAME, { ...NAME, least: 10 }, VALUE, VALUE];
  return [
    colors.dim(cut(`  ${ends}`, width)),
    ...layOut(columns, cells, width).lines,
    ...more(series.length - shown.length, 'series', paper),
  ];
}

function barLines(labels: readonly string[], series: Series, paper: Paper): readonly string[] {
  const { colors, width, rows } = paper;
  const [low, high] = rangeOf(series.data) ?? [0, 0];
  const greatest = Math.max(Math.abs(low), Math.abs(high));
  const room = Math.max(8, Math.floor(width / 3));
  const cells = labels.slice(0, rows).map((label, i): readonly Cell[] => {
    const value = series.data[i] ?? null;
    return [
      { text: `  ${clean(label) || '(empty)'}` },
      { text: formatNumber(value) },
      { text: bar(value, greatest, room), paint: colors.cyan },
    ];
  });
  const { lines } = layOut([NAME, VALUE, { ...NAME, least: 4 }], cells, width);
  return [...lines, ...more(labels.length - cells.length, 'label', paper)];
}

/** A chart of several series over categories is easier to read as what it is: a table. */
function gridLines(
  dimension: string,
  labels: readonly string[],
  series: readonly Series[],
  paper: Paper,
): readonly string[] {
  const head = [dimension, ...series.map(({ name }) => name)].map((text) => ({
    text: clean(text),
  }));
  const body = labels
    .slice(0, paper.rows)
    .map((label, i) => [
      { text: clean(label) || '(empty)' },
      ...series.map(({ data }) => ({ text: formatNumber(data[i] ?? null) })),
    ]);
  const columns = [NAME, ...series.map(() => VALUE)];
  return [
    ...ruled(columns, head, body, null, paper),
    ...more(labels.length - body.length, 'label', paper),
  ];
}

export function tableLines(
  { wire, outcome }: Found<DatatableResult>,
  paper: Paper,
): readonly string[] {
  const { columns, rows, total } = outcome;
  if (rows.length === 0) return [paper.colors.dim('  no rows')];
  const dimensions = dimensionsOf(wire).length;
  const shown = rows.slice(0, paper.rows);
  const asCells = (row: Row): readonly Cell[] =>
    columns.map((column, i) => {
      const { number, text } = shownCell(row[column], i >= dimensions);
      return { text: number === null ? clean(text) || NONE : formatNumber(number) };
    });
  const isNumeric = (column: string, i: number): boolean =>
    i >= dimensions && rows.some((row) => shownCell(row[column], true).number !== null);
  return [
    ...ruled(
      columns.map((column, i) => (isNumeric(column, i) ? VALUE : NAME)),
      columns.map((column) => ({ text: clean(column) })),
      shown.map(asCells),
      total && asCells(total),
      paper,
    ),
    ...more(rows.length - shown.length, 'row', paper),
  ];
}

/** A table with a head, lines below it, and its totals at the end. */
function ruled(
  columns: readonly Column[],
  head: readonly Cell[],
  body: readonly (readonly Cell[])[],
  total: readonly Cell[] | null,
  { colors, width }: Paper,
): readonly string[] {
  const bold = (cells: readonly Cell[]): readonly Cell[] =>
    cells.map((cell) => ({ ...cell, paint: colors.bold }));
  const values = [...body, ...(total ? [bold(total)] : [])];
  // Over numbers, names give way; numbers do not.
  const fitting = columns.map((column, i): Column => {
    const widest = values.reduce((most, row) => Math.max(most, widthOf(row[i]?.text ?? '')), 5);
    return column.align === 'right' ? { ...column, least: widest } : column;
  });
  const { lines, widths, dropped } = layOut(fitting, [bold(head), ...values], width - 2);
  const rule = colors.dim(widths.map((one) => '─'.repeat(one)).join('  '));
  const [first = '', ...rest] = lines;
  const last = total ? [rule, rest.pop() ?? ''] : [];
  const hidden = `  … ${dropped} more column${dropped === 1 ? '' : 's'} (--format csv has all)`;
  return [
    ...[first, rule, ...rest, ...last].map((line) => `  ${line}`),
    ...(dropped > 0 ? [colors.dim(cut(hidden, width))] : []),
  ];
}

function more(count: number, what: string, { colors, width }: Paper): readonly string[] {
  if (count <= 0) return [];
  const noun = what === 'series' || count === 1 ? what : `${what}s`;
  return [colors.dim(cut(`  … ${formatNumber(count)} more ${noun} (--format csv has all)`, width))];
}

export function customLines(data: unknown, { width, rows, colors }: Paper): readonly string[] {
  const text = typeof data === 'string' ? data : (JSON.stringify(data, null, 2) ?? 'nothing');
  const lines = text.split('\n');
  const indented = lines
    .slice(0, rows)
    .map((line) => `  ${/^ */.exec(line)?.[0] ?? ''}${clean(line)}`);
  const rest = lines.length - indented.length;
  return [
    ...indented.map((line) => cut(line, width)),
    ...(rest > 0
      ? [colors.dim(cut(`  … ${formatNumber(rest)} more lines (--format json has all)`, width))]
      : []),
  ];
}
