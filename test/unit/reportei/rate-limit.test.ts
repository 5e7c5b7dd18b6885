import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type MockServer, startMockServer } from '../../../src/mock/index.ts';
import {
  createReporteiClient,
  type FetchLike,
  type ReporteiOptions,
} from '../../../src/reportei/index.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets time pass until a promise is settled; how long it took. */
const passing = async (promise: Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  const state = { settled: false };
  const settle = (): void => void (state.settled = true);
  promise.then(settle, settle);
  while (!state.settled) {
    await vi.advanceTimersByTimeAsync(5);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return performance.now() - startedAt;
};

describe('against an emulator with limits', () => {
  /** Requests arrive after 1 to 90 ms, and overtake each other. */
  const clientOn = (mock: MockServer, options: ReporteiOptions = {}) => {
    const statuses: number[] = [];
    let sent = 0;
    const connect = createReporteiClient({
      token: mock.keys.merchant,
      baseUrl: mock.url,
      maxRetries: 0,
      fetch: async (url, init) => {
        const latency = 1 + (((sent += 1) * 53) % 90);
        await new Promise((resolve) => setTimeout(resolve, latency));
        return mock.fetch(url, init);
      },
      onAttempt: ({ status = 0 }) => void statuses.push(status),
      ...options,
    });
    const calls = (count: number) =>
      Promise.allSettled(Array.from({ length: count }, () => connect.customers.get('none')));
    const refused = () => statuses.filter((status) => status === 429).length;
    return { connect, calls, refused };
  };

  it('makes 200 calls without a 429 once it knows them', async () => {
    const settings = { rateLimit: { perSecond: 20, perMinute: 150 } };
    await using mock = await startMockServer({ listen: false, settings });
    const { connect, calls, refused } = clientOn(mock);
    await passing(connect.merchant.settings());
    const tookMs = await passing(calls(200));
    expect(refused()).toBe(0);
    // 149 in the rest of the first minute, and 51 in the second.
    expect(tookMs).toBeGreaterThan(60_000);
    expect(tookMs).toBeLessThan(64_000);
  });

  it('is refused when told not to learn', async () => {
    const settings = { rateLimit: { perSecond: 20, perMinute: 150 } };
    await using mock = await startMockServer({ listen: false, settings });
    const { connect, calls, refused } = clientOn(mock, { rateLimit: {} });
    await passing(connect.merchant.settings());
    await passing(calls(200));
    expect(refused()).toBeGreaterThan(100);
  });

  it('takes what the settings say now', async () => {
    const settings = { rateLimit: { perSecond: 1_000, perMinute: 2 } };
    await using mock = await startMockServer({ listen: false, settings });
    const { connect, calls, refused } = clientOn(mock);
    await passing(connect.merchant.settings());
    mock.settings.change({ rateLimit: { perSecond: 1_000, perMinute: 1_000 } });
    await passing(connect.merchant.settings());
    expect(await passing(calls(100))).toBeLessThan(5_000);
    expect(refused()).toBe(0);
  });
});

describe('an API that tells in headers alone', () => {
  it('refuses nothing, while it takes 10 requests in every 5 seconds', async () => {
    let endsAt = 0;
    let left = 0;
    let sent = 0;
    let refused = 0;
    const fetch: FetchLike = async () => {
      const latency = 1 + (((sent += 1) * 53) % 90);
      await new Promise((resolve) => setTimeout(resolve, latency));
      if (performance.now() >= endsAt) {
        left = 10;
        endsAt = performance.now() + 5_000;
      }
      left -= 1;
      if (left < 0) refused += 1;
      const headers = {
        'x-ratelimit-remaining': `${Math.max(0, left)}`,
        'x-ratelimit-reset': `${Math.ceil((endsAt - performance.now()) / 1_000)}`,
      };
      await new Promise((resolve) => setTimeout(resolve, latency));
      return Response.json({ customer: { uuid: 'c' } }, { headers, status: left < 0 ? 429 : 200 });
    };
    const connect = createReporteiClient({ token: 't', fetch });
    const tookMs = await passing(
      Promise.all(Array.from({ length: 50 }, () => connect.customers.get('c'))),
    );
    expect(refused).toBe(0);
    expect(tookMs).toBeLessThan(40_000);
  });
});

describe('a 429', () => {
  const answers = (...headers: (Record<string, string> | undefined)[]) => {
    const at: number[] = [];
    const fetch: FetchLike = async () => {
      const given = headers[at.push(performance.now()) - 1];
      await new Promise((resolve) => setTimeout(resolve, 10));
      return given === undefined
        ? Response.json({ customer: { uuid: 'c' } })
        : Response.json({ message: 'Too Many Attempts.' }, { status: 429, headers: given });
    };
    const begunAt = performance.now();
    const connect = createReporteiClient({ token: 't', fetch, concurrency: 2 });
    const startedAt = () => at.map((time) => Math.round(time - begunAt));
    return { connect, startedAt };
  };

  it('holds back all calls of the client until its Retry-After, customers’ too', async () => {
    const { connect, startedAt } = answers({ 'retry-after': '7' });
    const customer = connect.customer('c');
    const first = connect.customers.get('c');
    await vi.advanceTimersByTimeAsync(20);
    await passing(Promise.all([first, customer.settings(), connect.customers.get('c')]));
    const [refused, ...later] = startedAt();
    expect(refused).toBe(0);
    expect(later).toHaveLength(3);
    for (const time of later) expect(time).toBeGreaterThanOrEqual(7_010);
  });

  it('holds nothing back when its Retry-After is too long: each call fails at once', async () => {
    const { connect } = answers({ 'retry-after': '3600' }, { 'retry-after': '3600' });
    const call = connect.customers.get('c');
    call.catch(() => {});
    await passing(call);
    await expect(call).rejects.toMatchObject({ status: 429, retryAfterMs: 3_600_000 });
    const next = connect.customers.get('c');
    next.catch(() => {});
    expect(await passing(next)).toBeLessThan(50);
  });

  it('ends a wait when the caller’s signal does', async () => {
    const { connect, startedAt } = answers({ 'retry-after': '20' });
    const first = connect.customers.get('c', { maxRetries: 0 });
    first.catch(() => {});
    await passing(first);
    const controller = new AbortController();
    const waiting = connect.customers.get('c', { signal: controller.signal });
    setTimeout(() => controller.abort(), 100);
    waiting.catch(() => {});
    expect(await passing(waiting)).toBeLessThan(200);
    await expect(waiting).rejects.toMatchObject({ code: 'aborted', ambiguous: false });
    expect(startedAt()).toHaveLength(1);
  });
});

describe('hostile limits', () => {
  it.each([
    ['0', '0'],
    ['-1', 'NaN'],
    ['', 'Infinity'],
    ['1e-9', '0.001'],
    [null, { toString: 1 }],
    ['99999999999999999999', 'unlimited'],
  ])('%j and %j stop nothing', async (perSecond, perMinute) => {
    const merchant = {
      uuid: 'm',
      name: 'n',
      rate_limit_per_second: perSecond,
      rate_limit_per_minute: perMinute,
    };
    const headers = {
      'x-ratelimit-remaining': '-1',
      'x-ratelimit-reset': '1e9',
      ratelimit: 'r=;t=',
    };
    const fetch: FetchLike = async () => Response.json({ merchant }, { headers });
    const connect = createReporteiClient({ token: 't', fetch });
    const calls = Array.from({ length: 50 }, () => connect.merchant.settings());
    await connect.merchant.settings();
    expect(await passing(Promise.all(calls))).toBeLessThan(100);
    expect(await passing(connect.merchant.settings())).toBeLessThan(100);
  });
});
