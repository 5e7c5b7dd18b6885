import type { Fields } from '../../http/is-object.ts';
import type { WireQuery } from '../queries/query.ts';
import { distinct } from './distinct.ts';
import { cellNumber } from './cells.ts';
import { metricCell } from './numeric.ts';
import type { Cell, DatatableResult, Row } from './results.ts';
import { isCell, list, unfit } from './values.ts';

/** Sums of what has been rounded on the way need not agree to the last digit. */
const agree = (a: number, b: number): boolean =>
  Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b));

/**
 * What a column says of one row being the sum of the others: zeros among zeros prove nothing, and
 * contradict nothing. `undefined` for a column that cannot be summed.
 */
const verdict = (total: Row, rows: readonly Row[], column: string): boolean | 0 | undefined => {
  const said = cellNumber(total[column] ?? null);
  if (said === null) return undefined;
  let sum = -said;
  for (const row of rows) {
    const cell = row[column] as Cell;
    const value = cellNumber(cell);
    // Nothing adds nothing; a text may be a number in a form that cannot be read.
    if (value === null && cell !== null && cell !== '') return undefined;
    sum += value ?? 0;
  }
  return said === 0 && sum === 0 ? 0 : agree(said, sum);
};

const isTotal = (row: Row, rows: readonly Row[], columns: readonly string[]): boolean => {
  const verdicts = columns.map((column) => verdict(row, rows, column));
  return verdicts.includes(true) || (verdicts.includes(0) && !verdicts.includes(false));
};

/** A metric's cell. A text that no number can hold to its last digit is an id, and stays one. */
const measured = (cell: Cell): Cell => {
  const known = metricCell(cell);
  return Number.isInteger(known) && !Number.isSafeInteger(known) ? cell : known;
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
    const known = i < dimensions ? cell : measured(cell);
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
      dimensions.length > 0 && row[label as string] === 'Total' && isTotal(row, all, metrics),
  );
  return {
    component: 'datatable_v1',
    columns,
    rows: total === undefined ? all : all.filter((row) => row !== total),
    total: total ?? null,
    ...('headers' in answer ? { headers: answer.headers } : {}),
  };
};
