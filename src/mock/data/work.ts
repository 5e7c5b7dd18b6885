import type { Periods, Query } from './answers.ts';
import { cellCount, daysIn, rowCount } from './breakdown.ts';

/**
 * How much work an answer is, without doing any: ten million take about a second. Days are summed
 * up for each metric, split into cells, and shown as rows.
 */
export function workOf(query: Query, { asked, compared }: Periods): number {
  const isNumber = query.component === 'number_v1';
  const days = daysIn(asked) + (isNumber && compared ? daysIn(compared) : 0);
  // A chart without a dimension is one by day.
  const dimensions = query.dimensions.length > 0 ? query.dimensions : ['date'];
  const rows = isNumber ? 1 : rowCount(dimensions, asked, query.component);
  const columns = query.metrics.length + 1;
  const column = PREPARATION + days * (3 + cellCount(query) / 3);
  return columns * column + rows * (dimensions.length + columns) * 4;
}

/** To recognise a name and to find its size takes as long as some days of the metric. */
const PREPARATION = 300;
