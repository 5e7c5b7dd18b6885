import { describe, expect, it, vi } from 'vitest';
import { resolveBaseUrl } from '../../../src/http/base-url.ts';
import { type Duration, toMilliseconds } from '../../../src/http/duration.ts';
import { createReoClient, createReporteiClient } from '../../../src/index.ts';
import { createTracker } from '../../../src/tracker/index.ts';
import { secretReader } from '../../../src/http/secret.ts';

describe('toMilliseconds', () => {
  it.each<[Duration, number]>([
    [0, 0],
    [1_500, 1_500],
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5s', 1_500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
  ])('%j is %i ms', (duration, ms) => {
    expect(toMilliseconds(duration, 'timeout')).toBe(ms);
  });

  it.each(['', '30', 's', '-1s', '1w', '1e3s', ' 1s', -1, NaN, Infinity, 2 ** 31, '999h', null])(
    'refuses %j and names the option',
    (duration) => {
      expect(() => toMilliseconds(duration as Duration, 'timeout')).toThrow(/^timeout is not/);
    },
  );
});

describe('resolveBaseUrl', () => {
  const rules = {
    variable: 'TALLYWIRE_TEST_URL',
    fallback: 'https://api.vendor.test/api',
    allowInsecure: false,
  };

  it.each([
    [undefined, 'https://api.vendor.test/api'],
    ['https://api.vendor.test', 'https://api.vendor.test/api'],
    ['api.vendor.test', 'https://api.vendor.test/api'],
    ['https://api.vendor.test/', 'https://api.vendor.test/api'],
    ['https://api.vendor.test/v2/', 'https://api.vendor.test/v2'],
    ['https://proxy.test', 'https://proxy.test'],
    ['http://localhost:4010', 'http://localhost:4010'],
    ['localhost:4010', 'http://localhost:4010'],
    ['127.0.0.1:4010/api', 'http://127.0.0.1:4010/api'],
    ['[::1]:4010', 'http://[::1]:4010'],
    ['http://127.0.0.1:4010/', 'http://127.0.0.1:4010'],
    ['http://127.8.9.1', 'http://127.8.9.1'],
    ['http://[::1]:4010', 'http://[::1]:4010'],
    [' http://app.localhost ', 'http://app.localhost'],
  ])('%j becomes %j', (given, expected) => {
    expect(resolveBaseUrl(given, rules)).toBe(expected);
  });

  it.each([
    ['', /not an address/],
    ['ht tp://x', /not an address/],
    ['/api', /not an address/],
    ['ftp://vendor.test', /https/],
    ['file://etc/passwd', /https/],
    ['https:/api.vendor.test', /not an address/],
    ['https:\\\\api.vendor.test', /not an address/],
    ['https:///api.vendor.test', /not an address/],
    ['http://vendor.test', /allowInsecure/],
    ['http://127.0.0.1.evil.test', /allowInsecure/],
    ['http://localhost.evil.test', /allowInsecure/],
    ['https://user:pw@vendor.test', /credentials/],
    ['https://vendor.test/?a=1', /query/],
    ['https://vendor.test/#a', /fragment/],
  ])('refuses %j', (given, reason) => {
    expect(() => resolveBaseUrl(given, rules)).toThrow(reason);
  });

  it('reads the environment when there is no option', () => {
    vi.stubEnv('TALLYWIRE_TEST_URL', 'http://127.0.0.1:7');
    expect(resolveBaseUrl(undefined, rules)).toBe('http://127.0.0.1:7');
    vi.unstubAllEnvs();
  });

  it('allows plain http to another machine when told to', () => {
    expect(resolveBaseUrl('http://vendor.test', { ...rules, allowInsecure: true })).toBe(
      'http://vendor.test',
    );
  });
});

describe('secretReader', () => {
  const read = async (option: Parameters<typeof secretReader>[0]) =>
    secretReader(option, 'TALLYWIRE_TEST_KEY', 'the key')();

  it.each(['abc', ' abc', 'abc\n', '\tabc\r\n'])('trims %j', async (given) => {
    await expect(read(given)).resolves.toBe('abc');
    await expect(read(() => Promise.resolve(given))).resolves.toBe('abc');
  });

  it.each(['', ' \n', 'a\nb', 'a b', 'a\u0000b', 'schlüssel', 'a\u200bb'])(
    'refuses %j without quoting it',
    async (given) => {
      const error: unknown = await read(given).catch((error: unknown) => error);
      expect(error).toMatchObject({ code: 'config' });
      if (given.trim() !== '') expect(String(error)).not.toContain(given.trim());
    },
  );

  it('names the variable when there is no key', async () => {
    await expect(read(undefined)).rejects.toThrow(/TALLYWIRE_TEST_KEY/);
  });

  it('reads the environment at the first call, not before', async () => {
    const reader = secretReader(undefined, 'TALLYWIRE_TEST_KEY', 'the key');
    vi.stubEnv('TALLYWIRE_TEST_KEY', 'late');
    expect(await reader()).toBe('late');
    vi.unstubAllEnvs();
  });

  it('asks a function for every request, so that keys can rotate', async () => {
    let n = 0;
    const reader = secretReader(() => `key-${(n += 1)}`, 'X', 'the key');
    expect([await reader(), await reader()]).toEqual(['key-1', 'key-2']);
  });

  it('reports a function that fails', async () => {
    const cause = new Error('vault is sealed');
    await expect(read(() => Promise.reject(cause))).rejects.toMatchObject({
      code: 'config',
      cause,
    });
  });
});

describe('an option that there is not', () => {
  const misspelt: object = { productId: 'p' };

  it.each<[string, () => unknown, RegExp]>([
    ['of Reo', () => createReoClient({ apikey: 'k' } as never), /option apikey: .*apiKey.*timeout/],
    ['of Connect', () => createReporteiClient({ apiKey: 'k' } as never), /option apiKey: .*token/],
    [
      'of a tracker',
      () => createTracker(createReoClient(), { hook: {} } as never),
      /hook: .*hooks/,
    ],
    [
      'among the defaults',
      () => createReoClient({ defaults: misspelt }),
      /default productId: .*product_id/,
    ],
  ])('is named, with those that there are (%s)', (_, make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'config' }));
    expect(make).toThrow(message);
  });

  it('is none of those that are documented', () => {
    const both = { baseUrl: undefined, fetch, onAttempt: () => {}, rateLimit: {}, maxRetries: 1 };
    createReporteiClient({ ...both, token: 't' });
    const defaults = { product_id: 'p', user_id_type: 'EMAIL', user_agent: 'a' } as const;
    const reo = createReoClient({ ...both, apiKey: 'k', activities: ['A'], defaults });
    expect(createTracker(reo, { hooks: {}, clock: undefined, maxBytes: 1 }).stats().lane).toBe(
      'open',
    );
  });
});

describe('options that cannot work', () => {
  it.each([
    { maxRetries: -1 },
    { maxRetries: 1.5 },
    { timeout: '5 minutes' },
    { timeout: 0 },
    { maxRetryDelay: -1 },
    { concurrency: 0 },
    { rateLimit: { perSecond: 0 } },
    { rateLimit: { perMinute: NaN } },
    { maxAnswerBytes: 0 },
    { baseUrl: 'http://vendor.test' },
  ])('%j is refused when the client is made', (options) => {
    expect(() => createReoClient(options as never)).toThrow(
      expect.objectContaining({ code: 'config' }),
    );
    expect(() => createReporteiClient(options as never)).toThrow(
      expect.objectContaining({ code: 'config' }),
    );
  });

  it('needs no key to be made, and names what is missing at the call', async () => {
    const reo = createReoClient();
    const event = {
      activity_type: 'L',
      product_id: 'p',
      user_id: 'u',
      user_id_type: 'EMAIL',
    } as const;
    await expect(reo.send(event)).rejects.toThrow(/REO_API_KEY/);
    await expect(createReporteiClient().merchant.settings()).rejects.toThrow(/REPORTEI_TOKEN/);
    const customer = createReporteiClient({ token: 't' }).customer();
    await expect(customer.settings()).rejects.toThrow(/REPORTEI_CUSTOMER_TOKEN/);
  });

  it('has two keys fail together, and leaves no rejection to the process', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const token = () => Promise.reject(new Error('of the vault'));
    const customer = createReporteiClient({ token }).customer();
    await expect(customer.settings()).rejects.toThrow(/REPORTEI_CUSTOMER_TOKEN/);
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
