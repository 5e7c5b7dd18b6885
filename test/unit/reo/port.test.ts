import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createReoClient } from '../../../src/reo/index.ts';
import { portOf } from '../../../src/reo/port.ts';

const event = {
  activity_type: 'LOGIN',
  product_id: 'web',
  user_id: 'ann@example.com',
  user_id_type: 'EMAIL',
  event_id: 'e',
  event_at: 1_700_000_000,
} as const;

const clientThat = (answer: (url: string, init: RequestInit) => Response) =>
  createReoClient({
    apiKey: 'k',
    baseUrl: 'http://localhost:1/prefix/',
    defaults: { environment: 'TEST' },
    activities: ['LOGIN'],
    fetch: async (url, init) => answer(url, init),
  });

const success = { response_code: '200', status: 'success' };

describe('the port of a client', () => {
  it('is found on a client, and on nothing else', () => {
    const reo = createReoClient();
    expect(portOf(reo)).toBe(portOf(reo));
    for (const other of [{}, { ...reo }, null, undefined, 7]) {
      expect(() => portOf(other as object)).toThrow(expect.objectContaining({ code: 'config' }));
    }
  });

  it('shows nowhere', () => {
    const reo = createReoClient();
    expect(inspect(reo, { showHidden: false })).not.toMatch(/port/i);
    expect(Object.keys(reo)).toEqual(['send', 'sendCount', 'raw']);
  });

  it('sends what the client sends', async () => {
    const seen: unknown[] = [];
    const reo = clientThat((url, init) => {
      seen.push({ url, ...init, signal: undefined });
      return Response.json(success);
    });
    const port = portOf(reo);
    const count = { ...event, mode: 'USER', count: 2 } as const;
    await reo.send(event);
    await port.post('event', JSON.stringify(port.toEvent(event)), undefined);
    await reo.sendCount(count);
    await port.post('count', JSON.stringify(port.toCount(count)), undefined);
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[3]).toEqual(seen[2]);
    expect(seen[0]).not.toEqual(seen[2]);
  });

  it.each([
    { ...event, activity_type: 'LOGIM' },
    { ...event, other: 1 },
    { ...event, event_at: 1_700_000_000_000 },
  ])('refuses what the client refuses: %j', async (record) => {
    const port = portOf(clientThat(() => Response.json(success)));
    expect(() => port.toEvent(record)).toThrow(expect.objectContaining({ code: 'config' }));
  });

  it.each([
    ['a status', () => new Response('{}', { status: 500 })],
    ['a refusal', () => Response.json({ ...success, status: 'failure' })],
    ['what is no answer', () => Response.json({ ok: true })],
    ['what is no JSON', () => new Response('<html>')],
    ['a broken connection', () => Promise.reject(new Error()) as never],
  ])('rejects as the client does after %s, and tries once', async (_, answer) => {
    let requests = 0;
    const reo = clientThat(() => {
      requests += 1;
      return answer();
    });
    const rejection = async (promise: Promise<unknown>) => {
      const error = await promise.then(
        () => expect.fail('it was taken'),
        (error: Error) => error,
      );
      const { eventId: _, ...shown } = error as { eventId?: string };
      return { message: error.message, ...shown };
    };
    const port = portOf(reo);
    const thrown = await rejection(port.post('event', '{}', undefined));
    expect(requests).toBe(1);
    expect(thrown).toEqual(await rejection(reo.send(event, { maxRetries: 0 })));
    expect(thrown.message).not.toMatch(/(\(.*\)).*\1/);
  });

  it('ends with the signal', async () => {
    const reo = clientThat(() => new Promise(() => {}) as never);
    const abort = new AbortController();
    const posted = portOf(reo).post('event', '{}', abort.signal);
    abort.abort();
    await expect(posted).rejects.toMatchObject({ code: 'aborted' });
  });
});
