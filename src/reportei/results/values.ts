import { DecodeError } from '../../http/errors.ts';
import type { Cell } from './results.ts';

export type Fields = { readonly [key: string]: unknown };

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What makes of one metric's answer an error: `path` says where, in the query's own name. */
export const unfit = (path: string, expected: string): DecodeError =>
  new DecodeError(`${path} is not ${expected}`);

export const list = (value: unknown, path: string): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  throw unfit(path, 'a list');
};

const isNumeric = (text: string): boolean =>
  /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) && Number.isFinite(Number(text));

/** A number as Connect writes it: also as text, or empty for "none". */
export const number = (value: unknown, path: string): number | null => {
  if (typeof value === 'number') return value;
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'string' && isNumeric(value)) return Number(value);
  throw unfit(path, 'a number');
};

/** A list of them. The path of each is made only for the one that does not fit. */
export const numbers = (value: unknown, path: string): readonly (number | null)[] =>
  list(value, path).map((item, i) =>
    typeof item === 'number' ? item : number(item, `${path}[${i}]`),
  );

export const label = (value: unknown, path: string): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (value === null) return '';
  throw unfit(path, 'a label');
};

export const isCell = (value: unknown): value is Cell =>
  typeof value === 'string' || typeof value === 'number' || value === null || isObject(value);

/** A metric's cell: a number also where it is written as text. */
export const metricCell = (cell: Cell): Cell =>
  typeof cell === 'string' && isNumeric(cell) ? Number(cell) : cell;
