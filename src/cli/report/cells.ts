import { type Cell, cellNumber, cellText } from '../../reportei/index.ts';

/** A cell for people and for spreadsheets. */
export interface ShownCell {
  /** The number, where it is one. */
  readonly number: number | null;
  /** The words; empty for none. */
  readonly text: string;
  /** Where it leads to; http and https only. */
  readonly url: string | null;
}

const link = (value: unknown): string | null =>
  typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value) ? value : null;

/** @param isMetric whether the column is a value: in the others a number is a name. */
export function shownCell(cell: Cell | undefined, isMetric: boolean): ShownCell {
  if (cell === undefined || cell === null) return { number: null, text: '', url: null };
  if (typeof cell !== 'object') {
    return { number: isMetric ? cellNumber(cell) : null, text: cellText(cell), url: null };
  }
  const url = link(cell.url) ?? link(cell.permalink) ?? link(cell.link);
  const words = cellText(cell);
  const number = isMetric && words === String(cell.value) ? cellNumber(cell) : null;
  const id = typeof cell.id === 'string' || typeof cell.id === 'number' ? String(cell.id) : '';
  const text = words || (url ?? id) || (Object.keys(cell).length === 0 ? '' : JSON.stringify(cell));
  return { number, text, url };
}
