import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReporteiClient, type FetchLike } from '../../../src/reportei/index.ts';

type Answer = (page: number, perPage: number) => unknown;

/** A client of an API that answers each page as told; how many were asked for. */
const listOn = (answer: Answer) => {
  const asked: number[] = [];
  const fetch: FetchLike = async (url) => {
    const { searchParams } = new URL(url);
    const page = Number(searchParams.get('page'));
    asked.push(page);
    return Response.json(answer(page, Number(searchParams.get('per_page'))));
  };
  const connect = createReporteiClient({ token: 't', fetch });
  return { customers: connect.customers, integrations: connect.customer('c').integrations, asked };
};

/** The given number of items, as an honest API has them, with whatever it says of the pages. */
const honest =
  (count: number, meta: (page: number, lastPage: number) => object): Answer =>
  (page, perPage) => {
    const from = (page - 1) * perPage;
    const size = Math.max(0, Math.min(perPage, count - from));
    const data = Array.from({ length: size }, (_, i) => ({ uuid: `${from + i}` }));
    return { data, meta: meta(page, Math.ceil(count / perPage)) };
  };

describe('a list', () => {
  const claims: Readonly<
    Record<string, (count: number) => (page: number, last: number) => object>
  > = {
    'all of it': (total) => (current_page, last_page) => ({ current_page, last_page, total }),
    total_pages: () => (current_page, total_pages) => ({ current_page, total_pages }),
    'the total': (total) => () => ({ total }),
    nothing: () => () => ({}),
    texts: (total) => (page, last) => ({
      current_page: `${page}`,
      last_page: `${last}`,
      total: `${total}`,
    }),
    garbage: () => () => ({ current_page: -1, last_page: 1.5, total_pages: null, total: 'all' }),
    'a last page of 0': () => () => ({ last_page: 0, total_pages: 0, total: 0 }),
    'a first page that is the last, and the right total': (total) => () => ({
      last_page: 1,
      total,
    }),
    'a total of 1, and the right last page': () => (_, last_page) => ({ last_page, total: 1 }),
    'a total of far too many': () => (_, last_page) => ({ last_page, total: 1e15 }),
    'a last page far away': (total) => () => ({ last_page: 1e15, total }),
  };

  it.each(Object.keys(claims))('is read whole when the API tells %s', async (claim) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 20 }), async (count, perPage) => {
        const { customers, asked } = listOn(
          honest(count, (claims[claim] as (count: number) => () => object)(count)),
        );
        const all = await customers.list({ perPage }).toArray();
        expect(all.map(({ uuid }) => uuid)).toEqual(
          Array.from({ length: count }, (_, i) => `${i}`),
        );
        // At most one that is empty.
        expect(asked.length).toBeLessThanOrEqual(Math.ceil(count / perPage) + 1);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['says so', { current_page: 1 }],
    ['does not', {}],
    ['says 3 pages', { last_page: 3 }],
  ])('of one page again and again is an error, when it %s', async (_, meta) => {
    const { customers, asked } = listOn(() => ({ data: [{ uuid: 'a' }, { uuid: 'b' }], meta }));
    await expect(customers.list().toArray()).rejects.toMatchObject({ code: 'decode' });
    expect(asked).toEqual([1, 2]);
  });

  it('never ends later than its cap', async () => {
    const { customers, asked } = listOn((page) => ({
      data: [{ uuid: `${page}` }],
      meta: { last_page: page + 1 },
    }));
    const read: string[] = [];
    const reading = (async () => {
      for await (const { uuid } of customers.list({ maxPages: 7 })) read.push(uuid);
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'config',
      message: 'the list has more than 7 pages: raise maxPages',
    });
    // What was read before stays with the reader.
    expect(read).toHaveLength(7);
    expect(asked).toHaveLength(7);
  });

  it.each([
    [null],
    [[]],
    [{}],
    [{ data: {} }],
    [{ data: 'all' }],
    [{ data: [null] }],
    [{ data: [{ uuid: 'a' }, 'b'] }],
  ])('is an error when the answer is %j', async (answer) => {
    const { customers, integrations } = listOn(() => answer);
    for (const list of [customers.list(), integrations.list()]) {
      await expect(list.toArray()).rejects.toMatchObject({
        code: 'decode',
        status: 200,
        message: expect.stringMatching(/^GET .* list of objects/),
      });
    }
  });

  it.each([0, -1, NaN])('refuses a cap of %j pages', (maxPages) => {
    const { customers } = listOn(() => ({}));
    expect(() => customers.list({ maxPages })).toThrow(
      expect.objectContaining({ code: 'config', message: expect.stringContaining('maxPages') }),
    );
  });

  it('has no cap when told so', async () => {
    const { customers } = listOn(honest(1_200, () => ({})));
    expect(await customers.list({ perPage: 1, maxPages: Infinity }).toArray()).toHaveLength(1_200);
  });

  it('begins anew each time it is read, by item or by page', async () => {
    const { customers, asked } = listOn(honest(3, (_, last_page) => ({ last_page })));
    const list = customers.list({ perPage: 2 });
    expect(await list.toArray()).toHaveLength(3);
    const sizes: number[] = [];
    for await (const page of list.pages()) sizes.push(page.length);
    expect(sizes).toEqual([2, 1]);
    expect(asked).toEqual([1, 2, 1, 2]);
  });

  it('keeps statuses that nobody knows', async () => {
    const { integrations } = listOn(() => ({
      data: [{ uuid: 'i', status: 'hibernating' }],
      meta: { last_page: 1 },
    }));
    expect((await integrations.list({ status: 'hibernating' }).toArray())[0]?.status).toBe(
      'hibernating',
    );
  });
});
