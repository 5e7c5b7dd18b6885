import { describe, expect, it } from 'vitest';
import { createReoClient } from '../../../src/reo/index.ts';
import { type Answer, answers, hostileServer } from '../../../src/testing/index.ts';

const event = {
  source: 'PRODUCT_CLOUD',
  activity_type: 'login',
  product_id: 'studio',
  user_id: 'jo@example.com',
  user_id_type: 'EMAIL',
} as const;

const clientOf = (baseUrl: string, timeout = 10_000) =>
  createReoClient({ apiKey: 'k', baseUrl, maxRetries: 0, timeout });

describe('what a client makes of each answer', () => {
  it.each<[string, Answer, object]>([
    ['refused', answers.refused(), { code: 'http', status: 400 }],
    ['refused behind a success', answers.refused('No', 200), { code: 'rejected', status: 200 }],
    ['unauthorized', answers.unauthorized, { code: 'http', status: 400 }],
    ['status', answers.status(503), { code: 'http', status: 503 }],
    ['retryAfter', answers.retryAfter(7), { code: 'http', status: 429, retryAfterMs: 7_000 }],
    ['retryAfter 503', answers.retryAfter(7, 503), { status: 503, retryAfterMs: 7_000 }],
    ['redirect', answers.redirect('http://127.0.0.1:1/'), { code: 'http', status: 302 }],
    ['html', answers.html(), { code: 'decode', status: 200 }],
    ['html 502', answers.html(502), { code: 'http', status: 502 }],
    ['notJson', answers.notJson, { code: 'decode' }],
    ['hang', answers.hang, { code: 'timeout', ambiguous: true }],
    ['slow', answers.slow(60_000), { code: 'timeout', ambiguous: true }],
    ['dropConnection', answers.dropConnection, { code: 'network', ambiguous: true }],
    ['halfAnswer', answers.halfAnswer, { code: 'network', ambiguous: true }],
    ['garbage', answers.garbage, { code: 'network', ambiguous: true }],
    ['hugeAnswer', answers.hugeAnswer(), { code: 'decode' }],
  ])('%s', async (_, answer, expected) => {
    await using server = await hostileServer(answer);
    const timeout = 'code' in expected && expected.code === 'timeout' ? 100 : 10_000;
    await expect(clientOf(server.url, timeout).send(event)).rejects.toMatchObject(expected);
    expect(server.received).toHaveLength(1);
  });

  it('retryAfter takes a date', async () => {
    await using server = await hostileServer(answers.retryAfter(new Date(Date.now() + 60_000)));
    const error: unknown = await clientOf(server.url)
      .send(event)
      .catch((error: unknown) => error);
    const { retryAfterMs } = error as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(55_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it('taken, at once and slowly', async () => {
    await using server = await hostileServer(answers.taken, answers.slow(30));
    await clientOf(server.url).send(event);
    const begun = performance.now();
    await clientOf(server.url).send(event);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(29);
  });
});

describe('a hostile server', () => {
  it('takes records unless told otherwise', async () => {
    await using server = await hostileServer();
    await expect(clientOf(server.url).send(event)).resolves.toMatchObject({ attempts: 1 });
  });

  it('gives the nth request the nth answer, and later ones the last', async () => {
    await using server = await hostileServer(answers.status(500), answers.status(502));
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await fetch(server.url)).status);
    expect(statuses).toEqual([500, 502, 502, 502]);
    server.change(answers.status(503), answers.status(200));
    for (let i = 0; i < 3; i += 1) statuses.push((await fetch(server.url)).status);
    expect(statuses.slice(4)).toEqual([503, 200, 200]);
  });

  it('keeps what arrived, and counts the ids of records once', async () => {
    await using server = await hostileServer(answers.status(500), answers.taken);
    const client = createReoClient({ apiKey: 'secret', baseUrl: server.url, maxRetries: 3 });
    await client.send({ ...event, event_id: 'one' });
    await client.send({ ...event, event_id: 'two' });
    await fetch(`${server.url}/elsewhere?a=b`, { method: 'POST', body: 'not JSON' });
    expect(server.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /api/product/usage',
      'POST /api/product/usage',
      'POST /api/product/usage',
      'POST /elsewhere?a=b',
    ]);
    expect(server.received[0]?.headers['x-api-key']).toBe('secret');
    expect([...server.eventIds()]).toEqual(['one', 'two']);
  });

  it('is gone when it is closed, however many wait for an answer', async () => {
    const server = await hostileServer(answers.hang);
    const waiting = fetch(server.url).catch((error: unknown) => error);
    await expect.poll(() => server.received.length).toBe(1);
    await server.close();
    await server.close();
    expect(await waiting).toBeInstanceOf(TypeError);
    await expect(fetch(server.url)).rejects.toThrow();
  });
});
