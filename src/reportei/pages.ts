import { ConfigError, DecodeError } from '../http/errors.ts';
import { isObject } from './decode.ts';

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

interface Page {
  readonly items: readonly unknown[];
  readonly isLast: boolean;
}

const readPage = (body: unknown, path: string, page: number, perPage: number): Page => {
  if (!isObject(body) || !Array.isArray(body.data)) {
    throw new DecodeError(`GET ${path}: the answer has no list in data`);
  }
  const meta = isObject(body.meta) ? body.meta : {};
  // Some documents show total_pages instead of last_page.
  const last = Number(meta.last_page ?? meta.total_pages ?? NaN);
  const isLast = Number.isNaN(last) ? body.data.length < perPage : page >= last;
  return { items: body.data, isLast: isLast || body.data.length === 0 };
};

/**
 * @param load fetches the body of one page, counted from 1
 * @throws ConfigError for options out of range, and when the list is longer than `maxPages`.
 */
export const paginate = <T>(
  path: string,
  { perPage = 100, maxPages = 1_000 }: PageOptions,
  load: (query: { page: number; per_page: number }) => Promise<unknown>,
): Paged<T> => {
  if (!Number.isInteger(perPage) || perPage < 1 || perPage > 100) {
    throw new ConfigError('perPage must be a whole number from 1 to 100');
  }
  async function* pages(): AsyncGenerator<readonly T[]> {
    for (let page = 1; page <= maxPages; page += 1) {
      const body = await load({ page, per_page: perPage });
      const { items, isLast } = readPage(body, path, page, perPage);
      if (items.length > 0) yield items as readonly T[];
      if (isLast) return;
    }
    throw new ConfigError(`GET ${path} has more than ${maxPages} pages: raise maxPages`);
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
