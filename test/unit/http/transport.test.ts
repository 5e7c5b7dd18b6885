import { afterEach, describe, expect, it, vi } from 'vitest';
import { json } from '../../../src/testing/answers.ts';
import { hostileServer } from '../../../src/testing/hostile-server.ts';

afterEach(() => {
  vi.doUnmock('undici');
  vi.resetModules();
});

describe('the transport for Node', () => {
  it('is the global fetch where undici cannot be loaded', async () => {
    vi.resetModules();
    vi.doMock('undici', () => {
      throw new Error('Dynamic require of "node:assert" is not supported');
    });
    const { platformTransport } = await import('../../../src/http/transport-node.ts');
    await using server = await hostileServer(json({ ok: true }, 200), json({}, 503));
    const send = platformTransport();
    const request = { method: 'POST', url: `${server.url}/x`, headers: { 'x-a': 'b' }, body: '{}' };
    const limits = { timeoutMs: 5_000, maxBytes: 1_000, signal: undefined };
    expect(await send(request, limits)).toMatchObject({ status: 200, text: '{"ok":true}' });
    expect((await send(request, limits)).status).toBe(503);
    expect(server.received[0]?.headers['x-a']).toBe('b');
  });
});
