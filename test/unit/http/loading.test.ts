import { afterEach, expect, it, vi } from 'vitest';

const engine = '../../../src/http/engine.ts';

afterEach(() => {
  vi.doUnmock(engine);
  vi.resetModules();
});

it('says what could not be loaded, and tries again at the next call', async () => {
  vi.resetModules();
  vi.doMock(engine, () => {
    throw new Error('offline');
  });
  const { createReporteiClient } = await import('../../../src/reportei/index.ts');
  const connect = createReporteiClient({
    token: 't',
    fetch: async () => Response.json({ customer: { uuid: 'u' } }),
  });
  await expect(connect.customers.get('u')).rejects.toMatchObject({
    code: 'config',
    message: 'a part of this package could not be loaded',
  });
  vi.doUnmock(engine);
  expect(await connect.customers.get('u')).toEqual({ uuid: 'u' });
});

it('sends first calls in the order in which they were made', async () => {
  vi.resetModules();
  const { createReporteiClient } = await import('../../../src/reportei/index.ts');
  const asked: string[] = [];
  const connect = createReporteiClient({
    token: 't',
    concurrency: 1,
    fetch: async (url) => {
      asked.push(new URL(url).pathname.slice(-1));
      return Response.json({ customer: { uuid: 'u' } });
    },
  });
  await Promise.all(['a', 'b', 'c', 'd'].map((uuid) => connect.customers.get(uuid)));
  expect(asked).toEqual(['a', 'b', 'c', 'd']);
});

it('sends nothing for a call that was ended before all was loaded', async () => {
  vi.resetModules();
  const { createReporteiClient, number } = await import('../../../src/reportei/index.ts');
  const fetch = vi.fn(async () => Response.json({}));
  const customer = createReporteiClient({ token: 't', fetch }).customer('c');
  const controller = new AbortController();
  const { signal } = controller;
  const days = { integration: 'i', start: '2024-01-01', end: '2024-01-02' };
  const calls = [
    customer.settings({ signal }),
    customer.metrics({ a: number('a', { metrics: [] }) }, { ...days, signal }),
  ];
  controller.abort();
  await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject({ code: 'aborted' })));
  expect(fetch).not.toHaveBeenCalled();
});
