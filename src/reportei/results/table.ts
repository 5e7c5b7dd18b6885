import type { WireQuery } from '../queries/query.ts';
import { distinct } from './distinct.ts';
import type { Cell, DatatableResult, Row } from './results.ts';
import { type Fields, isCell, list, metricCell, unfit } from './values.ts';

/** One row as it came, its metrics as numbers. */
type Cells = readonly Cell[];

const cellsOf = (value: unknown, path: string, dimensions: number): Cells =>
  list(value, path).map((cell, i) => {
    if (!isCell(cell)) throw unfit(`${path}[${i}]`, 'a cell');
    return i < dimensions ? cell : metricCell(cell);
  });

/** Sums of what has been rounded on the way need not agree to the last digit. */
const agree = (a: number, b: number): boolean =>
  Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b));

/**
 * Where the row of totals is, or -1. Its name proves nothing, since a campaign may be called "Total":
 * it has to be the sum of the others as well, in one column at least.
 */
const totalAt = (rows: readonly Cells[], dimensions: number): number => {
  if (dimensions === 0) return -1;
  const isSum = (total: Cells, column: number): boolean => {
    let sum = 0;
    for (const row of rows) {
      const cell = row === total ? 0 : row[column];
      if (typeof cell !== 'number') return false;
      sum += cell;
    }
    return typeof total[column] === 'number' && agree(total[column], sum);
  };
  return rows.findLastIndex(
    (row) =>
      row[0] === 'Total' &&
      row.slice(dimensions).some((_, column) => isSum(row, dimensions + column)),
  );
};

export const decodeTable = (answer: Fields, path: string, query: WireQuery): DatatableResult => {
  const dimensions = (query.dimensions ?? []).map((one) =>
    typeof one === 'string' ? one : one.field,
  );
  const rows = list(answer.values, `${path}.values`).map((row, i) =>
    cellsOf(row, `${path}.values[${i}]`, dimensions.length),
  );
  // Only the answer tells the columns of a table that asks for no metric by name.
  const width = Math.max(
    dimensions.length,
    ...(query.metrics.length > 0 ? [] : [rows[0]?.length ?? 0]),
  );
  const unnamed = Array.from({ length: width - dimensions.length }, (_, i) => `column_${i + 1}`);
  const columns = distinct([...dimensions, ...query.metrics, ...unnamed]);
  const named = (cells: Cells): Row =>
    Object.fromEntries(columns.map((column, i) => [column, cells[i] as Cell]));
  const misfit = rows.findIndex((row) => row.length !== columns.length);
  if (misfit >= 0) {
    throw unfit(
      `${path}.values[${misfit}]`,
      `a row of ${columns.length} cells (${columns.join(', ')})`,
    );
  }
  const at = totalAt(rows, dimensions.length);
  return {
    component: 'datatable_v1',
    columns,
    rows: rows.filter((_, i) => i !== at).map(named),
    total: at < 0 ? null : named(rows[at] as Cells),
    ...('headers' in answer ? { headers: answer.headers } : {}),
  };
};
