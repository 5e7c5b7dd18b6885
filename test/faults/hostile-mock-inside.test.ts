import { describe, expect, it } from 'vitest';
import { startMockServer } from '../../src/mock/index.ts';
import { CUSTOMER, EVENT, REO, startTested } from '../unit/mock/support.ts';

// What reaches the emulator from within the process, and what it is told to do.

describe('fetch without a socket', () => {
  it.each(['/customers', '//customers', '//evil.test/customers', '/\\customers', '/customers#x?y'])(
    'takes %j for a path',
    async (path) => {
      await using mock = await startTested({ listen: false });
      const answer = await mock.fetch(path, { headers: CUSTOMER });
      expect([200, 404]).toContain(answer.status);
      expect(mock.requests.list()[0]?.query).toBe('');
    },
  );

  it('names the host that it was asked at', async () => {
    await using mock = await startTested();
    const session = { method: 'POST', headers: CUSTOMER };
    const link = async (base: string): Promise<string> =>
      (await mock.fetch(`${base}/customer-integrations/session`, session)).text();
    expect(await link(mock.url)).toContain(`"session_link":"${mock.url}/__mock/`);
    expect(await link('')).toContain('"session_link":"http://localhost/__mock/');
  });

  it.each([204, 205, 304])('has no body at %i', async (status) => {
    await using mock = await startTested({ faults: [{ status }] });
    const answer = await mock.fetch('/customers');
    expect([answer.status, await answer.text()]).toEqual([status, '']);
  });

  it('shows cut and slow bodies byte by byte, also within characters', async () => {
    await using mock = await startTested({ faults: [{ body: 'é'.repeat(101), slowBody: 20 }] });
    expect(await (await mock.fetch('/customers')).text()).toBe('é'.repeat(101));
    mock.faults.once({ body: 'é'.repeat(101), connection: 'cut-body' });
    await expect((await mock.fetch('/customers')).text()).rejects.toThrow('terminated');
  });
});

describe('a prototype', () => {
  const polluted = (): object => ({});
  const HOSTILE = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
  const hostile = JSON.parse(HOSTILE) as object;

  it('stays clean of faults, settings and snapshots', async () => {
    await using mock = await startTested();
    const put = (what: string, text: string): ReturnType<typeof mock.call> =>
      mock.call(what, { text });
    expect(
      await put('POST /__mock/faults', `{"match":{"body":${HOSTILE}},"status":500}`),
    ).toMatchObject({ status: 201 });
    expect(
      await put('POST /__mock/faults', `{"match":{"headers":{"__proto__":"x"}},"status":500}`),
    ).toMatchObject({ status: 201 });
    for (const what of [
      'POST /__mock/faults',
      'PATCH /__mock/settings',
      'PATCH /__mock/clock',
      'PUT /__mock/snapshot',
      'POST /__mock/reset',
    ]) {
      const answer = await put(what, HOSTILE);
      expect([what, answer.status]).toEqual([what, expect.toBeOneOf([204, 422])]);
    }
    const usage = {
      headers: REO,
      text: `{"payload":${JSON.stringify(EVENT).slice(0, -1)},"meta":${HOSTILE}}}`,
    };
    expect(await mock.call('POST /api/product/usage', usage)).toMatchObject({ status: 200 });
    const snapshot = await mock.fetch('/__mock/snapshot?secrets=true');
    const restored = await put('PUT /__mock/snapshot', await snapshot.text());
    expect(restored).toMatchObject({ status: 204 });
    expect(mock.usage.events()).toHaveLength(1);
    expect(polluted()).not.toHaveProperty('polluted');
  });

  it('does not make a pattern fit', async () => {
    await using mock = await startTested();
    mock.faults.add({ match: { body: hostile }, status: 500 });
    mock.faults.add({ match: { query: { constructor: 'x', valueOf: 'y' } }, status: 500 });
    mock.faults.add({ match: { headers: { 'to-string': 'x', constructor: 'y' } }, status: 500 });
    const answer = await mock.call('POST /api/product/usage', {
      headers: REO,
      json: { payload: EVENT },
    });
    expect(answer.status).toBe(200);
  });
});

it('a log that throws costs its call an answer, and nobody else', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  let broken = true;
  const log = (): void => {
    if (broken) throw new Error('disk full');
  };
  await using mock = await startMockServer({ log });
  for (const headers of [{}, { Origin: 'http://evil.test' }] as Record<string, string>[]) {
    await expect(fetch(`${mock.url}/customers`, { headers })).rejects.toThrow('fetch failed');
  }
  broken = false;
  expect((await fetch(`${mock.url}/customers`)).status).toBe(401);
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
