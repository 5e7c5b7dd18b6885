import { DecodeError } from '../../http/errors.ts';
import { isObject } from '../../http/is-object.ts';
import { isNumeric } from './numeric.ts';
import type { Cell } from './results.ts';

/** What makes of one metric's answer an error: `path` says where, in the query's own name. */
export const unfit = (path: string, expected: string): DecodeError =>
  new DecodeError(`${path} is not ${expected}`);

export const list = (value: unknown, path: string): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  throw unfit(path, 'a list');
};

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
