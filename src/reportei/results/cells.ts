import { isObject } from '../../http/is-object.ts';
import { metricCell } from './numeric.ts';
import type { Cell } from './results.ts';

/**
 * The number in a cell: the cell itself, or the `value` of an object such as `{value, title}`. `null`
 * where there is none; it never means 0.
 */
export const cellNumber = (cell: Cell | undefined): number | null => {
  const value = metricCell((isObject(cell) ? cell.value : cell) as Cell);
  return typeof value === 'number' ? value : null;
};

/** The words of a cell: of an object its `title` or `text`, else its `value`. Empty for none. */
export const cellText = (cell: Cell | undefined): string => {
  const words = isObject(cell) ? [cell.title, cell.text, cell.value] : [cell];
  const word = words.find((one) => typeof one === 'string' || typeof one === 'number');
  return word === undefined ? '' : String(word);
};
