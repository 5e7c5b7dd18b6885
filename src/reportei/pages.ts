import { ConfigError, DecodeError } from '../http/errors.ts';
import { isObject } from '../http/is-object.ts';

/** How a list is read. */
export interface PageOptions {
  /** Items a request, 100 at most. Default 100: the fewest requests. */
  readonly perPage?: number | undefined;
  /** The most pages that are read. A longer list is an error, never cut off. Default 1000. */
  readonly maxPages?: number | undefined;
}

/** A list that is read page by page as it is consumed: `for await (const item of list)`. */
export interface Paged<T> extends AsyncIterable<T> {
  /** The same list, a page at a time. */
  pages(): AsyncIterable<readonly T[]>;
  /** The whole list at once. */
  toArray(): Promise<T[]>;
}

/** One page: its items, and whether more follow after so many have been read. */
interface Page {
  readonly items: readonly unknown[];
  readonly isLast: (read: number) => boolean;
}

const positive = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0;

/**
 * Believes only what can be true of `last_page` (`total_pages` in some documents) and `total`. The
 * list goes on while either says so, or neither says anything, until a page is empty: a request too
 * many does no harm, a list cut off does.
 *
 * @throws DecodeError for an answer without a list, or of another page than the one asked for.
 */
export const readPage =
  (page: number) =>
  (body: unknown): Page => {
    if (!isObject(body) || !Array.isArray(body.data) || !body.data.every(isObject)) {
      throw new DecodeError('the answer has no list of objects in data');
    }
    const { data } = body;
    const { current_page, last_page, total_pages, total } = isObject(body.meta) ? body.meta : {};
    if (positive(current_page) && current_page !== page) {
      throw new DecodeError(`page ${page} was asked for, the answer is page ${current_page}`);
    }
    const last = [last_page, total_pages].find(positive);
    const isLast = (read: number): boolean => {
      if (data.length === 0) return true;
      const toldLast = last === undefined || page >= last;
      return toldLast && (positive(total) ? read >= total : last !== undefined);
    };
    return { items: data, isLast };
  };

/**
 * @param load fetches one page, counted from 1
 * @throws ConfigError for options out of range, and when the list is longer than `maxPages`;
 *   DecodeError when a page comes twice in a row.
 */
export const paginate = <T>(
  { perPage = 100, maxPages = 1_000 }: PageOptions,
  load: (query: { readonly page: number; readonly per_page: number }) => Promise<Page>,
): Paged<T> => {
  if (!Number.isInteger(perPage) || perPage < 1 || perPage > 100) {
    throw new ConfigError('perPage must be a whole number from 1 to 100');
  }
  if (!(maxPages >= 1)) throw new ConfigError('maxPages must be 1 or more');
  async function* pages(): AsyncGenerator<readonly T[]> {
    let read = 0;
    let before = '';
    for (let page = 1; page <= maxPages; page += 1) {
      const { items, isLast } = await load({ page, per_page: perPage });
      read += items.length;
      const text = JSON.stringify(items);
      // Empty ones are not compared: the first ends the list.
      if (text === before)
        throw new DecodeError(`page ${page} of the list is page ${page - 1} again`);
      before = text;
      if (items.length > 0) yield items as readonly T[];
      if (isLast(read)) return;
    }
    throw new ConfigError(`the list has more than ${maxPages} pages: raise maxPages`);
  }
  async function* items(): AsyncGenerator<T> {
    for await (const page of pages()) yield* page;
  }
  return {
    pages,
    [Symbol.asyncIterator]: items,
    toArray: async () => {
      const all: T[] = [];
      for await (const item of items()) all.push(item);
      return all;
    },
  };
};
