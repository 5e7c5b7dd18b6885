import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createReporteiClient, number, type Progress } from '../../../src/reportei/index.ts';
import { type Asked, customerOn, names, numbers } from './connect-fetch.ts';

const days = { integration: 'i', start: '2024-02-01', end: '2024-02-29' };
const queriesOf = (letters: string) =>
  Object.fromEntries(Array.from(letters, (one) => [one, number(one, { metrics: [] })]));

const refusal = (body: object = { message: 'The metric is not available.', extra: null }) =>
  Response.json(body, { status: 422 });

/** Refuses every request that holds one of these metrics, in the words that `tell` makes. */
const refusing =
  (bad: string, tell: (guilty: string, asked: Asked) => object | undefined = () => undefined) =>
  (asked: Asked) => {
    const guilty = names(asked)
      .split('')
      .find((one) => bad.includes(one));
    return guilty === undefined ? numbers(asked) : refusal(tell(guilty, asked));
  };

const forever = ({ signal }: Asked): Promise<Response> =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));

describe('chunk', () => {
  it('splits a long set into requests, and joins the results in the order of the queries', async () => {
    const { customer, asked } = customerOn(numbers);
    const { data, responses } = await customer
      .metrics(queriesOf('abcdefg'), { ...days, chunk: 3 })
      .withResponse();
    expect(asked.map(names)).toEqual(['abc', 'def', 'g']);
    expect(Object.keys(data).join('')).toBe('abcdefg');
    expect(data.g?.value).toBe(7);
    expect(responses).toHaveLength(3);
  });

  it('tells of progress, and minds nothing that the observer does', async () => {
    const { customer } = customerOn((asked) =>
      names(asked).includes('c') ? Response.json({}) : numbers(asked),
    );
    const told: Progress[] = [];
    await customer.metrics(queriesOf('abcde'), {
      ...days,
      chunk: 2,
      partial: true,
      onProgress: (progress) => {
        told.push(progress);
        if (told.length === 1) throw new Error('of the observer');
        return Promise.reject(new Error('of the observer'));
      },
    });
    expect(told).toHaveLength(3);
    expect(told.at(-1)).toEqual({ done: 5, failed: 2, total: 5 });
  });

  it('throws what one request throws, with the results of those before, and ends the others', async () => {
    const { customer, asked } = customerOn((one) => {
      if (names(one) === 'a') return numbers(one);
      if (names(one) === 'c') return forever(one);
      return new Promise((resolve) => {
        setTimeout(() => resolve(Response.json({ message: 'no' }, { status: 401 })), 20);
      });
    });
    await expect(customer.metrics(queriesOf('abc'), { ...days, chunk: 1 })).rejects.toMatchObject({
      code: 'http',
      status: 401,
      results: { a: { value: 1 } },
    });
    expect(asked.find((one) => names(one) === 'c')?.signal?.aborted).toBe(true);
  });

  it('carries the results of those before an error that is none of a request', async () => {
    let asked = 0;
    const connect = createReporteiClient({
      token: 't',
      concurrency: 1,
      fetch: async (_, { body }) => numbers({ body: JSON.parse(body as string) } as Asked),
    });
    const token = () => {
      asked += 1;
      if (asked > 1) throw new Error('the vault is closed');
      return 'customer';
    };
    const options = { ...days, chunk: 1, partial: true } as const;
    await expect(connect.customer(token).metrics(queriesOf('ab'), options)).rejects.toMatchObject({
      code: 'config',
      results: { a: { value: 1 } },
    });
  });

  it('keeps every name and its value apart, whatever they are called', async () => {
    const { customer } = customerOn(numbers);
    const query = (letter: string) => number(letter, { metrics: [] });
    const queries = {
      ['__proto__']: query('a'),
      constructor: query('b'),
      10: query('c'),
      2: query('d'),
    };
    const results = await customer.metrics(queries, { ...days, chunk: 2 });
    expect(Object.entries(results).map(([name, { value }]) => [name, value])).toEqual([
      ['2', 4],
      ['10', 3],
      ['__proto__', 1],
      ['constructor', 2],
    ]);
  });

  it('makes failures of one request’s metrics with partial, unless all requests fail', async () => {
    const failing = (bad: string) =>
      customerOn((one) =>
        bad.includes(names(one)) ? Response.json({ message: 'x' }, { status: 500 }) : numbers(one),
      ).customer.metrics(queriesOf('ab'), { ...days, chunk: 1, partial: true });
    expect(await failing('b')).toMatchObject({
      a: { ok: true, value: 1 },
      b: { ok: false, reason: 'http', message: expect.stringContaining('answered 500') },
    });
    await expect(failing('ab')).rejects.toMatchObject({ code: 'http', status: 500 });
  });
});

describe('metricsStream', () => {
  it('asks what was given at the call', async () => {
    const { customer, asked } = customerOn(numbers);
    const day = new Date('2024-01-01T12:00:00Z');
    const options = { integration: 'i', start: day, end: day, timeZone: 'UTC' };
    const stream = customer.metricsStream(queriesOf('a'), options);
    day.setUTCDate(5);
    for await (const { outcome } of stream) expect(outcome.ok).toBe(true);
    expect(asked[0]?.body.start).toBe('2024-01-01');
  });

  it('yields each metric as soon as its request is answered', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const { customer } = customerOn(async (asked) => {
      if (names(asked) === 'a') await held;
      return numbers(asked);
    });
    const found: string[] = [];
    const stream = customer.metricsStream(queriesOf('abc'), { ...days, chunk: 1 });
    for await (const { name, outcome } of stream) {
      found.push(name);
      expect(outcome.ok).toBe(true);
      if (found.length === 2) release();
    }
    expect(found).toEqual(['b', 'c', 'a']);
  });

  it('yields each metric once, whatever happens to its request', async () => {
    const { customer } = customerOn((asked) => {
      if (names(asked) === 'a') return Promise.reject(new Error('reset'));
      if (names(asked) === 'b') return new Response('<html>', { status: 200 });
      if (names(asked) === 'c') return Response.json({});
      return numbers(asked);
    });
    const reasons: Record<string, unknown> = {};
    for await (const { name, outcome } of customer.metricsStream(queriesOf('abcd'), {
      ...days,
      chunk: 1,
    })) {
      expect(reasons).not.toHaveProperty(name);
      reasons[name] = outcome.ok ? 'ok' : outcome.reason;
    }
    expect(reasons).toEqual({ a: 'network', b: 'unreadable', c: 'missing', d: 'ok' });
  });

  it('ends what is under way when nobody listens any more', async () => {
    const { customer, asked } = customerOn((one) =>
      names(one) === 'a' ? numbers(one) : forever(one),
    );
    for await (const { name } of customer.metricsStream(queriesOf('ab'), { ...days, chunk: 1 })) {
      expect(name).toBe('a');
      break;
    }
    expect(asked[1]?.signal?.aborted).toBe(true);
  });
});

describe('deadline', () => {
  it('ends the call, and says so, with what has arrived', async () => {
    const { customer } = customerOn((one) => (names(one) === 'a' ? numbers(one) : forever(one)));
    const options = { ...days, chunk: 1, deadline: 60 };
    await expect(customer.metrics(queriesOf('ab'), options)).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('deadline'),
      results: { a: { value: 1 } },
    });
    expect(await customer.metrics(queriesOf('ab'), { ...options, partial: true })).toMatchObject({
      a: { ok: true },
      b: { ok: false, reason: 'timeout' },
    });
  });

  it('leaves no timer behind', async () => {
    vi.useFakeTimers();
    try {
      const { customer } = customerOn(numbers);
      await customer.metrics(queriesOf('a'), { ...days, deadline: '1h', timeout: '1h' });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is no signal of the caller, which is told apart', async () => {
    const { customer } = customerOn(forever);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('mine')), 20);
    const wait = customer.metrics(queriesOf('ab'), {
      ...days,
      chunk: 1,
      signal: controller.signal,
    });
    await expect(wait).rejects.toMatchObject({ code: 'aborted' });
    await expect(
      customer.metrics(queriesOf('a'), { ...days, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('onRefused', () => {
  const split = { ...days, onRefused: 'split' } as const;

  it('throws by default', async () => {
    const { customer, asked } = customerOn(refusing('b'));
    await expect(customer.metrics(queriesOf('abc'), days)).rejects.toMatchObject({
      code: 'http',
      status: 422,
    });
    expect(asked).toHaveLength(1);
  });

  it('finds the metric that Connect refuses the others for', async () => {
    const { customer, asked } = customerOn(refusing('f'));
    const results = await customer.metrics(queriesOf('abcdefgh'), { ...split, partial: true });
    expect(results).toMatchObject({
      a: { ok: true, value: 1 },
      f: { ok: false, reason: 'refused', message: 'The metric is not available.' },
      h: { ok: true, value: 8 },
    });
    expect(Object.values(results).filter(({ ok }) => ok)).toHaveLength(7);
    expect(asked.length).toBeLessThanOrEqual(7);
    await expect(customer.metrics(queriesOf('abcdefgh'), split)).rejects.toMatchObject({
      code: 'metrics',
      message: '1 of 8 metrics failed: f (refused)',
    });
  });

  it.each<[string, (guilty: string, asked: Asked) => object]>([
    ['its reference key', (guilty) => ({ message: 'm', extra: { reference_key: guilty } })],
    [
      'its id',
      (guilty, { body }) => ({
        message: 'm',
        extra: [[body.metrics.find((one) => one.reference_key === guilty)?.id]],
      }),
    ],
    [
      'its place',
      (guilty, asked) => ({
        errors: { [`metrics.${names(asked).indexOf(guilty)}.component`]: ['m'] },
      }),
    ],
  ])('needs one more request when the refusal tells %s', async (_, tell) => {
    const { customer, asked } = customerOn(refusing('f', tell));
    const results = await customer.metrics(queriesOf('abcdefgh'), { ...split, partial: true });
    expect(results.f).toEqual({ ok: false, reason: 'refused', message: 'm' });
    expect(asked.map(names)).toEqual(['abcdefgh', 'abcdegh']);
  });

  it('does not split what is refused for its dates or its integration', async () => {
    const { customer, asked } = customerOn(() => refusal({ errors: { start: ['is wrong'] } }));
    await expect(customer.metrics(queriesOf('ab'), split)).rejects.toMatchObject({ status: 422 });
    expect(asked).toHaveLength(1);
  });

  it.each([401, 403, 404, 500])('does not split after %i', async (status) => {
    const { customer, asked } = customerOn(() => Response.json({ message: 'x' }, { status }));
    await expect(customer.metrics(queriesOf('ab'), split)).rejects.toMatchObject({ status });
    expect(asked).toHaveLength(1);
  });

  it('leaves each part what it got when another one’s request fails', async () => {
    const answer = (asked: Asked) => {
      if (names(asked) === 'abcd') return refusal();
      return names(asked) === 'cd' ? Response.json({}, { status: 500 }) : numbers(asked);
    };
    expect(
      await customerOn(answer).customer.metrics(queriesOf('abcd'), { ...split, partial: true }),
    ).toMatchObject({
      a: { ok: true, value: 1 },
      b: { ok: true, value: 2 },
      c: { ok: false, reason: 'http' },
      d: { ok: false, reason: 'http' },
    });
    await expect(
      customerOn(answer).customer.metrics(queriesOf('abcd'), split),
    ).rejects.toMatchObject({
      code: 'http',
      status: 500,
      results: { a: { value: 1 }, b: { value: 2 } },
    });
  });

  it('names the deadline where it ended a part of a refused request', async () => {
    const { customer } = customerOn((asked) => {
      if (names(asked) === 'abcd') return refusal();
      return names(asked) === 'cd' ? forever(asked) : numbers(asked);
    });
    const options = { ...split, deadline: 60, partial: true } as const;
    expect(await customer.metrics(queriesOf('abcd'), options)).toMatchObject({
      a: { ok: true },
      c: { ok: false, reason: 'timeout' },
    });
  });

  it('keeps what was refused when the rest never comes', async () => {
    const { customer } = customerOn((asked) =>
      names(asked) === 'abc'
        ? refusal({ message: 'm', extra: { reference_key: 'b' } })
        : forever(asked),
    );
    const outcomes: Record<string, string> = {};
    const options = { ...split, deadline: 60 };
    for await (const { name, outcome } of customer.metricsStream(queriesOf('abc'), options)) {
      outcomes[name] = outcome.ok ? 'ok' : outcome.reason;
    }
    expect(outcomes).toEqual({ a: 'timeout', b: 'refused', c: 'timeout' });
  });

  it('asks nothing twice when a refusal names every metric', async () => {
    const tell = (_: string, { body: { metrics } }: Asked) => ({ message: 'm', extra: metrics });
    const { customer, asked } = customerOn(refusing('c', tell));
    const results = await customer.metrics(queriesOf('abcd'), { ...split, partial: true });
    expect(Object.values(results).map(({ ok }) => ok)).toEqual([true, true, false, true]);
    expect(new Set(asked.map(names)).size).toBe(asked.length);
  });

  it('minds no refusal that is nested without end', async () => {
    const nested = `{"message":"m","extra":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const { customer } = customerOn((asked) =>
      names(asked) === 'ab' ? new Response(nested, { status: 422 }) : numbers(asked),
    );
    expect(await customer.metrics(queriesOf('ab'), split)).toMatchObject({ a: { value: 1 } });
  });

  it('says so also to a listener who is slow', async () => {
    const { customer } = customerOn((asked) => {
      if (names(asked) === 'abcd') return refusal();
      return names(asked) === 'cd' ? forever(asked) : numbers(asked);
    });
    const reasons: Record<string, string> = {};
    const options = { ...split, chunk: 4, deadline: 60 };
    for await (const { name, outcome } of customer.metricsStream(queriesOf('abcde'), options)) {
      if (name === 'e') await new Promise((resolve) => setTimeout(resolve, 120));
      reasons[name] = outcome.ok ? 'ok' : outcome.reason;
    }
    expect(reasons).toEqual({ a: 'ok', b: 'ok', c: 'timeout', d: 'timeout', e: 'ok' });
  });

  it('costs a bounded number of requests, and says what was not tried', async () => {
    const { customer, asked } = customerOn(() => refusal());
    const results = await customer.metrics(queriesOf('abcdefghijklmnop'), {
      ...split,
      maxSplits: 5,
      partial: true,
    });
    expect(asked.length).toBeLessThanOrEqual(6);
    expect(Object.values(results).every(({ ok }) => !ok)).toBe(true);
    expect(JSON.stringify(results)).toContain('maxSplits');
  });

  it('finds exactly the refused ones, in any set, within its bounds', async () => {
    const letters = fc.uniqueArray(fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'.split('')), {
      minLength: 1,
    });
    const kinds = fc.constantFrom<'silent' | 'key'>('silent', 'key');
    await fc.assert(
      fc.asyncProperty(
        letters,
        fc.string(),
        kinds,
        fc.nat({ max: 9 }),
        async (all, bad, kind, n) => {
          const tell = (guilty: string) =>
            kind === 'key' ? { message: 'm', extra: { reference_key: guilty } } : undefined;
          const { customer, asked } = customerOn(refusing(bad, tell));
          const outcomes = await customer.metrics(queriesOf(all.join('')), {
            ...split,
            chunk: n + 1,
            maxSplits: 200,
            partial: true,
          });
          expect(Object.keys(outcomes)).toEqual(all);
          for (const [name, outcome] of Object.entries(outcomes)) {
            expect(outcome.ok).toBe(!bad.includes(name));
          }
          expect(asked.length).toBeLessThanOrEqual(
            2 * all.length + Math.ceil(all.length / (n + 1)),
          );
        },
      ),
    );
  });
});
