import { describe, expect, it, vi } from 'vitest';
import { createEvents, type MockEvent } from '../../../src/mock/events.ts';
import {
  createJournal,
  entryOf,
  summaryOf,
  type Exchange,
  type Journal,
} from '../../../src/mock/journal.ts';

const DRAFT: Omit<Exchange, 'id'> = {
  at: '2026-01-15T09:30:00.000Z',
  method: 'POST',
  path: '/api/product/usage',
  api: 'reo',
  operation: 'sendUsage',
  status: 200,
  ms: 1,
  source: 'emulator',
  fault: null,
  reason: null,
  violations: [],
  query: '',
  requestHeaders: {},
  requestBody: '{}',
  responseHeaders: {},
  responseBody: '{}',
};
const MIB = 1024 * 1024;

const build = (): Journal => createJournal(createEvents());
const fill = (journal: Journal, count: number, changes: Partial<Exchange> = {}): void => {
  for (let n = 0; n < count; n += 1) journal.add({ ...DRAFT, ...changes });
};
const ids = (journal: Journal): number[] => journal.list().map(({ id }) => id);

describe('the journal', () => {
  it('keeps the latest 10,000', () => {
    const journal = build();
    fill(journal, 25_003);
    expect(journal.list()).toHaveLength(10_000);
    expect(ids(journal).slice(0, 1)).toEqual([15_004]);
    expect(ids(journal).at(-1)).toBe(25_003);
    expect(journal.get(15_004)?.id).toBe(15_004);
    for (const gone of [15_003, 1, 0, -1, 25_004, 1.5, NaN])
      expect(journal.get(gone)).toBeUndefined();
  });

  it('keeps fewer large ones, and lets go of the others at once', async () => {
    const journal = build();
    const kept: WeakRef<Exchange>[] = [];
    for (let n = 0; n < 40; n += 1) {
      kept.push(new WeakRef(journal.add({ ...DRAFT, requestBody: 'x'.repeat(MIB) })));
    }
    expect(journal.list()).toHaveLength(31);
    for (let id = 1; id <= 9; id += 1) expect(journal.get(id)).toBeUndefined();
    expect(journal.get(10)?.requestBody).toHaveLength(MIB);
    if (globalThis.gc) {
      await new Promise((resolve) => setTimeout(resolve));
      globalThis.gc();
      expect(kept[0]?.deref()).toBeUndefined();
    }
    // Small ones again: the large ones have to leave before their number is too great.
    fill(journal, 9_000);
    expect(journal.list().length).toBeGreaterThan(9_000);
  });

  const long = 'x'.repeat(15_000);
  it.each<[string, Partial<Exchange>]>([
    ['paths', { path: `/${long}` }],
    ['queries', { query: long }],
    ['headers', { requestHeaders: { cookie: long } }],
    ['headers of answers', { responseHeaders: { etag: long } }],
    ['reasons', { reason: long }],
    ['violations', { violations: [{ side: 'request', field: long, problem: 'is unknown' }] }],
  ])('counts %s as well', (_what, changes) => {
    const journal = build();
    fill(journal, 3_000, changes);
    expect(journal.list().length).toBeLessThan((32 * MIB) / 15_000);
  });

  it('cuts bodies that are longer than a million characters, and tells their length', () => {
    const journal = build();
    const exchange = journal.add({
      ...DRAFT,
      requestBody: 'é'.repeat(2 * MIB),
      responseBody: 'short',
    });
    const { request, response } = entryOf(exchange);
    expect([request.body.length, request.bytes]).toEqual([MIB, 4 * MIB]);
    expect([response.body, response.bytes]).toEqual(['short', 5]);
  });

  it('keeps the latest one, whatever its size', () => {
    const journal = build();
    fill(journal, 50, { requestBody: 'x'.repeat(MIB), responseBody: 'x'.repeat(MIB) });
    expect(ids(journal)).toHaveLength(15);
    const text = 'x'.repeat(40 * MIB);
    journal.add({ ...DRAFT, query: text });
    expect(ids(journal)).toEqual([51]);
    fill(journal, 1);
    expect(ids(journal)).toEqual([52]);
  });

  it('never gives an id twice', () => {
    const journal = build();
    fill(journal, 3);
    journal.clear();
    expect(journal.list()).toEqual([]);
    expect(journal.get(3)).toBeUndefined();
    fill(journal, 2);
    expect(ids(journal)).toEqual([4, 5]);
    expect(journal.get(4)?.id).toBe(4);
    // The room that the forgotten ones took is free again.
    journal.clear();
    fill(journal, 10_001);
    expect(ids(journal)).toHaveLength(10_000);
    expect(ids(journal)[0]).toBe(7);
  });

  it('tells of each request if anybody listens', () => {
    const events = createEvents();
    const journal = createJournal(events);
    const heard: MockEvent[] = [];
    fill(journal, 1);
    const stop = events.listen((event) => heard.push(event));
    fill(journal, 1);
    journal.clear();
    stop();
    fill(journal, 1);
    expect(heard).toEqual([
      { type: 'request', data: expect.objectContaining({ id: 2, operation: 'sendUsage' }) },
      { type: 'changed', data: 'requests' },
    ]);
    expect(heard[0]?.data).not.toHaveProperty('requestBody');
  });
});

describe('a filter', () => {
  const journal = build();
  fill(journal, 1);
  fill(journal, 1, { api: 'reportei', operation: 'getData', path: '/metrics/get-data' });
  fill(journal, 1, { method: 'GET', operation: null, path: '/metrics', status: 404 });
  fill(journal, 1, { status: null, requestBody: 'Bräu', responseBody: 'Answer' });
  fill(journal, 1, {
    status: 422,
    violations: [{ side: 'request', field: 'a', problem: 'is required' }],
  });

  it.each([
    [{}, [1, 2, 3, 4, 5]],
    [{ after: 3 }, [4, 5]],
    [{ after: 99 }, []],
    [{ api: 'reportei' }, [2]],
    [{ operation: 'getData' }, [2]],
    [{ method: 'get' }, [3]],
    [{ path: '/metrics' }, [2, 3]],
    [{ path: 'metrics' }, []],
    [{ status: '404' }, [3]],
    [{ status: '4xx' }, [3, 5]],
    [{ status: '2xx' }, [1, 2]],
    [{ violations: true }, [5]],
    [{ violations: false }, [1, 2, 3, 4]],
    [{ text: 'BRÄU' }, [4]],
    [{ text: 'answer' }, [4]],
    [{ text: 'get-DATA' }, [2]],
    [{ after: 2, status: '4xx', violations: true }, [5]],
  ] as const)('%j finds %j', (filter, found) => {
    expect(journal.list(filter).map(({ id }) => id)).toEqual(found);
  });
});

describe('to wait', () => {
  it('counts from the start', async () => {
    const journal = build();
    fill(journal, 2);
    expect(await journal.waitFor({}, 2, 0)).toHaveLength(2);
    const later = journal.waitFor({ operation: 'sendUsage' }, 4, 5_000);
    fill(journal, 1);
    fill(journal, 5, { operation: 'getData' });
    fill(journal, 1);
    expect((await later).map(({ id }) => id)).toEqual([1, 2, 3, 9]);
  });

  it('counts after an id', async () => {
    const journal = build();
    fill(journal, 3);
    const later = journal.waitFor({ after: 3 }, 1, 5_000);
    fill(journal, 1);
    expect((await later).map(({ id }) => id)).toEqual([4]);
  });

  it('ends with a sentence when the time is over', async () => {
    const journal = build();
    fill(journal, 1);
    await expect(journal.waitFor({}, 3, 20)).rejects.toThrow(
      '1 of 3 requests arrived within 20 ms.',
    );
    await expect(journal.waitFor({ api: 'reportei' }, 1, 0)).rejects.toThrow(
      '0 of 1 request arrived within 0 ms.',
    );
  });

  it('does not end at once for being long', async () => {
    vi.useFakeTimers();
    const journal = build();
    const later = journal.waitFor({}, 1, 60 * 86_400_000);
    const ended = vi.fn();
    later.then(ended, ended);
    await vi.advanceTimersByTimeAsync(86_400_000);
    expect(ended).not.toHaveBeenCalled();
    fill(journal, 1);
    expect(await later).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('ends when the emulator does', async () => {
    const journal = build();
    const waits = [journal.waitFor({}, 1, 60_000), journal.waitFor({}, 2, 60_000)];
    journal.close();
    for (const wait of waits) await expect(wait).rejects.toThrow('The emulator was stopped.');
    fill(journal, 2);
  });
});

describe('what is shown', () => {
  const secret = 'sk_very_secret_key';
  const exchange: Exchange = {
    ...DRAFT,
    id: 1,
    path: `/customers/${secret}`,
    query: `key=${secret}&a=1`,
    reason: `activity_type "${secret}" is not configured`,
    violations: [{ side: 'request', field: secret, problem: `${secret} is none of a, b` }],
    requestHeaders: {
      'x-api-key': secret,
      authorization: `Bearer ${secret}-2`,
      'x-customer-token': `${secret}-3`,
      accept: '*/*',
    },
    requestBody: `{"meta":"${secret}","metrics_webhook_url":"http://127.0.0.1:9/hook/${secret}?t=1"}`,
    responseHeaders: { 'content-type': 'application/json' },
    responseBody: `{"api_token":"mock_new_token","echo":"${secret}"}`,
  };

  it('holds no credentials', () => {
    const entry = entryOf(exchange);
    expect(JSON.stringify([entry, summaryOf(exchange)])).not.toMatch(/sk_very|mock_new|\/hook/);
    expect(entry).toMatchObject({
      path: '/customers/[redacted]',
      query: 'key=[redacted]&a=1',
      reason: 'activity_type "[redacted]" is not configured',
      request: {
        headers: {
          'x-api-key': '[redacted]',
          authorization: '[redacted]',
          'x-customer-token': '[redacted]',
          accept: '*/*',
        },
      },
      response: { body: '{"api_token":"[redacted]","echo":"[redacted]"}' },
    });
  });

  it('holds them if they are wanted', () => {
    const entry = entryOf(exchange, true);
    expect(entry.request).toEqual({
      headers: exchange.requestHeaders,
      body: exchange.requestBody,
      bytes: exchange.requestBody.length,
    });
    expect(entry).toMatchObject({ path: exchange.path, reason: exchange.reason });
    expect(entry.response.body).toBe(exchange.responseBody);
  });
});
