import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  custom,
  createReporteiClient,
  memoryCache,
  type MetricsCache,
  number,
  type StandardSchema,
} from '../../../src/reportei/index.ts';
import { type Asked, customerOn, numbers } from './connect-fetch.ts';

const days = { integration: 'i', start: '2024-02-01', end: '2024-02-29' };
const a = { a: number('a', { metrics: [] }) };

afterEach(() => {
  vi.useRealTimers();
});

describe('a cache', () => {
  it('answers the same question once', async () => {
    const { customer, asked } = customerOn(numbers);
    const cache = memoryCache();
    const first = await customer.metrics(a, { ...days, cache });
    expect(await customer.metrics(a, { ...days, cache })).toEqual(first);
    expect(await customer.metrics(a, { ...days, cache, partial: true })).toMatchObject({
      a: { ok: true, value: 1 },
    });
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['other days', { ...days, end: '2024-02-28' }],
    ['a comparison', { ...days, compare: 'previous-year' as const }],
    ['another integration', { ...days, integration: 'j' }],
    ['a zone', { ...days, timeZone: 'UTC' }],
  ])('does not answer %s', async (_, options) => {
    const { customer, asked } = customerOn(numbers);
    const cache = memoryCache();
    await customer.metrics(a, { ...days, cache });
    await customer.metrics(a, { ...options, cache });
    expect(asked).toHaveLength(2);
  });

  it('does not answer other queries, or another customer', async () => {
    const { customer, asked } = customerOn(numbers);
    const cache = memoryCache();
    await customer.metrics(a, { ...days, cache });
    await customer.metrics({ a: number('a', { metrics: ['x'] }) }, { ...days, cache });
    await customer.metrics({ b: a.a }, { ...days, cache });
    expect(asked).toHaveLength(3);

    const connect = createReporteiClient({ token: 't', fetch: async () => Response.json({}) });
    for (const token of ['one', 'two']) {
      await expect(connect.customer(token).metrics(a, { ...days, cache })).rejects.toThrow(
        /missing/,
      );
    }
  });

  it('does not answer what is asked of another address', async () => {
    const cache = memoryCache();
    const asked: string[] = [];
    for (const baseUrl of ['https://connect.example', 'http://127.0.0.1:1']) {
      const connect = createReporteiClient({
        token: 't',
        baseUrl,
        fetch: async (url, { body }) => {
          asked.push(new URL(url).host);
          return numbers({ body: JSON.parse(body as string) } as Asked);
        },
      });
      await connect.customer('c').metrics(a, { ...days, cache });
    }
    expect(asked).toEqual(['connect.example', '127.0.0.1:1']);
  });

  it('leaves it to the request to say that none can be made', async () => {
    const { customer } = customerOn(numbers);
    const queries = { a: number('a', { metrics: [], extra: { value: 1n } }) };
    await expect(
      customer.metrics(queries, { ...days, cache: memoryCache() }),
    ).rejects.toMatchObject({ code: 'config' });
  });

  it('keeps no failure', async () => {
    const { customer, asked } = customerOn((one, count) =>
      count === 1 ? Response.json({}) : numbers(one),
    );
    const cache = memoryCache();
    const set = vi.spyOn(cache, 'set');
    const options = { ...days, cache, partial: true } as const;
    expect((await customer.metrics(a, options)).a.ok).toBe(false);
    expect(set).not.toHaveBeenCalled();
    expect((await customer.metrics(a, options)).a.ok).toBe(true);
    await customer.metrics(a, options);
    expect(asked).toHaveLength(2);
  });

  it('gives what a schema makes of the answer, each time anew', async () => {
    const { customer } = customerOn(numbers);
    const schema: StandardSchema<Date> = {
      '~standard': { version: 1, vendor: 'test', validate: () => ({ value: new Date(0) }) },
    };
    const queries = { q: custom('a', 'pipeline_v1', { schema }) };
    const cache = memoryCache();
    for (const _ of [1, 2]) {
      expect((await customer.metrics(queries, { ...days, cache })).q.data).toEqual(new Date(0));
    }
  });

  it.each<[string, Partial<MetricsCache>]>([
    [
      'throws',
      {
        get: () => {
          throw new Error('down');
        },
        set: () => {
          throw new Error('down');
        },
      },
    ],
    [
      'rejects',
      {
        get: () => Promise.reject(new Error('down')),
        set: () => Promise.reject(new Error('down')),
      },
    ],
    ['holds garbage', { get: () => '{"a":' }],
    ['holds something else', { get: () => '[{"values":"x"}]' }],
    ['holds null', { get: () => null }],
  ])('hurts nobody when it %s', async (_, broken) => {
    const { customer, asked } = customerOn(numbers);
    const cache = { get: () => undefined, set: () => undefined, ...broken };
    expect((await customer.metrics(a, { ...days, cache })).a.value).toBe(1);
    expect(asked).toHaveLength(1);
  });

  it('is told nothing of tokens', async () => {
    const { customer } = customerOn(numbers);
    const told: string[] = [];
    const cache: MetricsCache = {
      get: (key) => {
        told.push(key);
        return undefined;
      },
      set: (key, value) => told.push(key, value),
    };
    await customer.metrics(a, { ...days, cache });
    expect(told).toEqual([
      expect.stringMatching(/^tallywire:[\da-f]{64}$/),
      told[0],
      '[{"values":1}]',
    ]);
  });
});

describe('memoryCache', () => {
  it('forgets after its time', () => {
    vi.useFakeTimers();
    const cache = memoryCache({ ttl: '1m' });
    cache.set('k', 'v');
    vi.advanceTimersByTime(59_999);
    expect(cache.get('k')).toBe('v');
    vi.advanceTimersByTime(1);
    expect(cache.get('k')).toBeUndefined();
  });

  it('keeps so many, and lets the oldest go', () => {
    const cache = memoryCache({ entries: 2 });
    for (const key of ['a', 'b', 'a', 'c']) cache.set(key, key);
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual(['a', undefined, 'c']);
  });

  it.each([{ ttl: 0 }, { ttl: 'x' as never }, { entries: 0 }, { entries: 1.5 }])(
    'refuses %j',
    (options) => {
      expect(() => memoryCache(options)).toThrow(expect.objectContaining({ code: 'config' }));
    },
  );
});
