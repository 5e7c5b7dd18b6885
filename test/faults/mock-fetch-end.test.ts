import { describe, expect, it } from 'vitest';
import { startMockServer } from '../../src/mock/index.ts';
import { CUSTOMER, GET_DATA, REO } from '../unit/mock/support.ts';

const asyncCall = (signal?: AbortSignal): RequestInit => ({
  method: 'POST',
  headers: { ...CUSTOMER, 'Content-Type': 'application/json' },
  body: JSON.stringify({ ...GET_DATA, metrics_webhook_url: 'http://127.0.0.1:9/closed' }),
  ...(signal ? { signal } : {}),
});

describe('mock.fetch', () => {
  it('fails like a connection to a server that has stopped', async () => {
    const mock = await startMockServer({ listen: false });
    await mock.close();
    await expect(mock.fetch('/api/customers')).rejects.toThrow(new TypeError('fetch failed'));
  });

  it('keeps the promise of a webhook whose caller has gone', async () => {
    await using mock = await startMockServer({
      listen: false,
      settings: { delay: 20, webhookRetries: 0 },
    });
    const gone = AbortSignal.timeout(5);
    await expect(mock.fetch('/api/metrics/get-data-async', asyncCall(gone))).rejects.toThrow(
      'aborted due to timeout',
    );
    await expect.poll(() => mock.webhooks.list()).toHaveLength(1);
    await mock.webhooks.idle();
    expect(mock.webhooks.list()).toMatchObject([{ state: 'failed', requestId: 1 }]);
  });
});

describe('the log', () => {
  it('holds no credential, wherever it was sent', async () => {
    const lines: string[] = [];
    for (const logFormat of ['plain', 'json'] as const) {
      await using mock = await startMockServer({
        listen: false,
        logFormat,
        log: (line) => lines.push(line),
      });
      await mock.fetch('/api/customers/test_reo_key', { headers: { ...REO, ...CUSTOMER } });
      await mock.fetch('/nowhere/test_reo_key', { headers: REO });
    }
    expect(lines).toHaveLength(4);
    expect(lines.join('\n')).not.toContain('test_');
    expect(lines.join('\n')).toContain('/nowhere/[redacted]');
  });
});

describe('reset', () => {
  it('knows its parts', async () => {
    await using mock = await startMockServer({ listen: false });
    await mock.fetch('/api/customers');
    // @ts-expect-error as a caller without types may write it
    expect(() => mock.reset(['requests', 'request'])).toThrow(
      'There is no part request. There are requests, usage, accounts',
    );
    expect(mock.requests.list()).toHaveLength(1);
  });
});
