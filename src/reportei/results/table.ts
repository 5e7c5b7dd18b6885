import type { Fields } from '../../http/is-object.ts';
import type { WireQuery } from '../queries/query.ts';
import { distinct } from './distinct.ts';
import { metricCell } from './numeric.ts';
import type { Cell, DatatableResult, Row } from './results.ts';
import { isCell, list, unfit } from './values.ts';

/** Sums of what has been rounded on the way need not agree to the last digit. */
const agree = (a: number, b: number): boolean =>
  Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b));

/** Whether one row is the sum of the others in a column. */
const isSum = (total: Row, rows: readonly Row[], column: string): boolean => {
  let sum = 0;
  for (const row of rows) {
    const cell = row[column];
    if (typeof cell !== 'number') return false;
    sum += cell;
  }
  const said = total[column] as number;
  return agree(said, sum - said);
};

const columnsOf = (values: readonly unknown[], dimensions: readonly string[], query: WireQuery) => {
  const [first] = values;
  // Only the answer tells the columns of a table that asks for no metric by name.
  const open = query.metrics.length === 0 && Array.isArray(first);
  const length = open ? Math.max(0, first.length - dimensions.length) : 0;
  const unnamed = Array.from({ length }, (_, i) => `column_${i + 1}`);
  return distinct([...dimensions, ...query.metrics, ...unnamed]);
};

const rowOf = (value: unknown, columns: readonly string[], dimensions: number): Row | number => {
  if (!Array.isArray(value) || value.length !== columns.length) return -1;
  const row: Record<string, Cell> = {};
  for (let i = 0; i < columns.length; i += 1) {
    const cell: unknown = value[i];
    if (!isCell(cell)) return i;
    const column = columns[i] as string;
    const known = i < dimensions ? cell : metricCell(cell);
    // An assignment to this name would change what the row inherits from.
    if (column === '__proto__')
      Object.defineProperty(row, column, { value: known, enumerable: true });
    else row[column] = known;
  }
  return row;
};

export const decodeTable = (answer: Fields, path: string, query: WireQuery): DatatableResult => {
  const values = list(answer.values, `${path}.values`);
  const dimensions = (query.dimensions ?? []).map((one) =>
    typeof one === 'string' ? one : one.field,
  );
  const columns = columnsOf(values, dimensions, query);
  const all = values.map((value, i) => {
    const row = rowOf(value, columns, dimensions.length);
    if (typeof row !== 'number') return row;
    const at = `${path}.values[${i}]`;
    if (row >= 0) throw unfit(`${at}[${row}]`, 'a cell');
    throw unfit(at, `a row of ${columns.length} cells (${columns.join(', ')})`);
  });
  const [label, ...rest] = columns;
  const metrics = rest.slice(dimensions.length - 1);
  // The name alone proves nothing, since a campaign may be called "Total".
  const total = all.find(
    (row) =>
      dimensions.length > 0 &&
      row[label as string] === 'Total' &&
      metrics.some((column) => isSum(row, all, column)),
  );
  return {
    component: 'datatable_v1',
    columns,
    rows: total === undefined ? all : all.filter((row) => row !== total),
    total: total ?? null,
    ...('headers' in answer ? { headers: answer.headers } : {}),
  };
};
