import type { Cell } from './results.ts';

/** Whether a text is a number as JSON or PHP would write it; `12%` and `1,000` are not. */
export const isNumeric = (text: string): boolean =>
  /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) && Number.isFinite(Number(text));

/** A metric's cell: a number also where it is written as text. */
export const metricCell = (cell: Cell): Cell =>
  typeof cell === 'string' && isNumeric(cell) ? Number(cell) : cell;
