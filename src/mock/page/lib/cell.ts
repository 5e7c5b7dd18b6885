/** One value of a metric, as it was returned: not rounded, not grouped, and null is not zero. */
import { field, inWords, isObject, stringified } from './wire.ts';

export interface Cell {
  readonly kind: 'null' | 'empty' | 'number' | 'text';
  readonly text: string;
  /** For charts: the number, also where it came as text. */
  readonly value: number | null;
  /** Only http and https. */
  readonly url?: string;
  readonly image?: string;
  /** What else the cell holds. */
  readonly note?: string;
}

const toNumber = (value: unknown): number | null => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^\s*-?\d+(\.\d+)?(e[+-]?\d+)?\s*$/i.test(value)) return null;
  return Number(value);
};

const link = (value: unknown): string | undefined =>
  typeof value === 'string' && /^https?:\/\//i.test(value) ? value : undefined;

const scalar = (value: unknown): Cell => {
  if (value === null || value === undefined) return { kind: 'null', text: '–', value: null };
  if (value === '') return { kind: 'empty', text: '(empty)', value: null };
  const number = toNumber(value);
  return { kind: number === null ? 'text' : 'number', text: inWords(value), value: number };
};

/** Objects are posts, `{id, text, url, cdn_image}`, or values with a title, `{value, title}`. */
export const toCell = (value: unknown): Cell => {
  if (!isObject(value)) return scalar(value);
  const shown = ['title', 'text', 'value', 'id'].find((name) => field(value, name) != null);
  if (shown === undefined) {
    return Object.keys(value).length === 0 ? scalar(null) : scalar(stringified(value));
  }
  const [url, image] = [link(field(value, 'url')), link(field(value, 'cdn_image'))];
  const rest = Object.entries(value).filter(
    ([name, one]) =>
      name !== shown &&
      one != null &&
      !(name === 'url' && url) &&
      !(name === 'cdn_image' && image) &&
      inWords(one) !== inWords(field(value, shown)),
  );
  return {
    ...scalar(field(value, shown)),
    ...(url && { url }),
    ...(image && { image }),
    ...(rest.length > 0 && {
      note: rest.map(([name, one]) => `${name} ${inWords(one)}`).join(', '),
    }),
  };
};
