import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  startMockServer,
  type FaultRule,
  type MockServer,
  type MockServerOptions,
} from '../../src/mock/index.ts';
import { CUSTOMER, EVENT, GET_DATA, REO } from '../unit/mock/support.ts';

const WAYS = ['HTTP', 'mock.fetch'] as const;

describe.each(WAYS)('over %s', (way) => {
  const start = (options: MockServerOptions = {}): Promise<MockServer> =>
    startMockServer({ listen: way === 'HTTP', ...options });
  const send = (mock: MockServer, path: string, init?: RequestInit): Promise<Response> =>
    way === 'HTTP' ? fetch(mock.url + path, init) : mock.fetch(path, init);

  const usage = (mock: MockServer, init: RequestInit = {}, changes = {}): Promise<Response> =>
    send(mock, '/api/product/usage', {
      method: 'POST',
      headers: { ...REO, 'Content-Type': 'application/json' },
      body: JSON.stringify({ payload: { ...EVENT, ...changes } }),
      ...init,
    });
  const customers = (mock: MockServer, query = '', headers = {}): Promise<Response> =>
    send(mock, `/api/customers${query}`, { headers: { ...CUSTOMER, ...headers } });
  const getData = (mock: MockServer): Promise<Response> =>
    send(mock, '/api/metrics/get-data', {
      method: 'POST',
      headers: { ...CUSTOMER, 'Content-Type': 'application/json' },
      body: JSON.stringify(GET_DATA),
    });

  describe('a rule', () => {
    it('hits the calls that it is about, and no others', async () => {
      await using mock = await start();
      const hit = async (rule: FaultRule): Promise<boolean[]> => {
        mock.faults.clear();
        mock.faults.add({ status: 503, ...rule });
        const answers = [await usage(mock), await customers(mock, '?page=1', { 'X-Who': 'me' })];
        return answers.map(({ status }) => status === 503);
      };
      expect(await hit({})).toEqual([true, true]);
      expect(await hit({ operation: 'sendUsage' })).toEqual([true, false]);
      expect(await hit({ operation: 'listCustomers' })).toEqual([false, true]);
      expect(await hit({ match: { path: '/api/product' } })).toEqual([true, false]);
      expect(await hit({ match: { query: { page: '1' } } })).toEqual([false, true]);
      expect(await hit({ match: { headers: { 'x-WHO': 'me' } } })).toEqual([false, true]);
      const body = { payload: { user_id_type: 'EMAIL' } };
      expect(await hit({ match: { body } })).toEqual([true, false]);
      // Nothing but the two APIs can be hit.
      expect((await send(mock, '/__mock/health')).status).toBe(200);
      expect((await send(mock, '/nowhere')).status).toBe(404);
    });

    it('may come with the start, the first one first, and comes back with a reset', async () => {
      const faults = [{ operation: 'sendUsage', status: 500 }, { status: 503 }];
      await using mock = await start({ faults });
      const statuses = async (): Promise<number[]> => [
        (await usage(mock)).status,
        (await customers(mock)).status,
      ];
      expect(await statuses()).toEqual([500, 503]);
      mock.faults.clear();
      expect(await statuses()).toEqual([200, 200]);
      mock.reset();
      expect(await statuses()).toEqual([500, 503]);
    });

    it('of probability hits the same calls in every run', async () => {
      const run = async (seed: number): Promise<number[]> => {
        const faults = [{ probability: 0.4, status: 503 }];
        await using mock = await start({ seed, faults });
        const statuses: number[] = [];
        for (let n = 0; n < 30; n += 1) statuses.push((await usage(mock)).status);
        mock.reset();
        for (const status of statuses) expect((await usage(mock)).status).toBe(status);
        return statuses;
      };
      const first = await run(1);
      expect(new Set(first)).toEqual(new Set([200, 503]));
      expect(await run(1)).toEqual(first);
      expect(await run(2)).not.toEqual(first);
    });

    it('for one call is for one call, and the journal names it', async () => {
      await using mock = await start();
      const { id } = mock.faults.once({ status: 500 });
      expect([(await usage(mock)).status, (await usage(mock)).status]).toEqual([500, 200]);
      expect(mock.usage.events()).toHaveLength(1);
      expect(mock.requests.list()).toMatchObject([
        { status: 500, source: 'fault', fault: id },
        { status: 200, source: 'emulator', fault: null },
      ]);
    });

    it('that cannot work is refused in words, and is not added', async () => {
      await using mock = await start();
      expect(() => mock.faults.add({ operation: 'sendUsages' })).toThrow(/There is no operation/);
      expect(() => mock.faults.once({ delay: 'soon' })).toThrow(/delay "soon" is not a duration/);
      expect(mock.faults.list()).toEqual([]);
      const typo = { staus: 500 } as object;
      await expect(start({ faults: [typo] })).rejects.toThrow(/This is no fault: .*staus/);
    });
  });

  describe('an answer', () => {
    it('of a status alone is the one that the API documents', async () => {
      await using mock = await start();
      mock.faults.add({ status: 503 });
      const [reo, connect] = [await usage(mock), await customers(mock)];
      expect(await reo.json()).toEqual({
        response_code: 503,
        response: 'Service Unavailable',
        status: 'failure',
      });
      expect(await connect.json()).toEqual({ message: 'Service Unavailable' });
      expect(mock.usage.events()).toEqual([]);
    });

    it.each([
      [
        { status: 500, body: '<h1>Oops</h1>', headers: { 'Content-Type': 'text/html' } },
        '<h1>Oops</h1>',
      ],
      [{ status: 422, body: { extra: [1] } }, '{"extra":[1]}'],
      [{ body: [] }, '[]'],
      [{ status: 500, body: '' }, ''],
      [{ refuse: 'Not today' }, '{"response_code":400,"response":"Not today","status":"failure"}'],
    ] satisfies [FaultRule, string][])('of %j is %s', async (rule, text) => {
      await using mock = await start();
      mock.faults.add(rule);
      const answer = await usage(mock);
      expect(answer.status).toBe('status' in rule ? rule.status : 200);
      expect(await answer.text()).toBe(text);
      const json = text === '' ? 'text/plain; charset=utf-8' : 'application/json';
      const type = 'headers' in rule ? 'text/html' : json;
      expect(answer.headers.get('content-type')).toBe(type);
      expect(mock.usage.events()).toEqual([]);
    });

    it.each([2, '2', 'Wed, 21 Oct 2015 07:28:00 GMT', 'soon', '-1'])(
      'asks to come back after %j',
      async (retryAfter) => {
        await using mock = await start();
        mock.faults.add({ status: 429, retryAfter, headers: { 'X-More': 'yes' } });
        const { status, headers } = await customers(mock);
        expect([status, headers.get('retry-after')]).toEqual([429, String(retryAfter)]);
        expect(headers.get('x-more')).toBe('yes');
      },
    );

    it('may have no body', async () => {
      await using mock = await start();
      for (const status of [204, 304]) {
        mock.faults.add({ status });
        const answer = await usage(mock);
        expect([answer.status, await answer.text()]).toEqual([status, '']);
      }
    });

    it('may be broken JSON, behind which the record was stored', async () => {
      await using mock = await start();
      mock.faults.add({ malformed: true });
      const answer = await usage(mock);
      expect(answer.status).toBe(200);
      await expect(answer.json()).rejects.toThrow(SyntaxError);
      expect(mock.usage.events()).toHaveLength(1);
    });

    it('comes later', async () => {
      await using mock = await start();
      mock.faults.add({ delay: '0.3s' });
      const begun = performance.now();
      expect((await usage(mock)).status).toBe(200);
      expect(performance.now() - begun).toBeGreaterThanOrEqual(295);
      expect(mock.requests.list()[0]?.ms).toBeGreaterThanOrEqual(295);
    });

    it('does not come later once its client has gone', async () => {
      await using mock = await start();
      mock.faults.once({ delay: '1h' });
      await expect(usage(mock, { signal: AbortSignal.timeout(300) })).rejects.toThrow();
      const [entry] = await mock.requests.waitFor({}, { timeout: 2_000 });
      expect(entry?.ms).toBeLessThan(1_500);
    });

    it('has a slow body that takes about as long as it should, and is whole', async () => {
      await using mock = await start();
      mock.faults.add({ slowBody: 400 });
      const begun = performance.now();
      const answer = await getData(mock);
      const headersAfter = performance.now();
      const body = await answer.text();
      // The headers are there before the body is.
      expect(performance.now() - headersAfter).toBeGreaterThan(200);
      const took = performance.now() - begun;
      expect(took).toBeGreaterThan(350);
      expect(took).toBeLessThan(4_000);
      mock.faults.clear();
      expect(await (await getData(mock)).text()).toBe(body);
    });
  });

  describe('a connection', () => {
    it('is reset before the call is carried out', async () => {
      await using mock = await start();
      mock.faults.once({ connection: 'reset' });
      await expect(usage(mock)).rejects.toThrow(TypeError);
      expect(mock.usage.events()).toEqual([]);
      expect(mock.requests.list()).toMatchObject([
        { status: null, source: 'fault', reason: expect.stringContaining('before the call') },
      ]);
    });

    it('is reset after the call was carried out', async () => {
      await using mock = await start();
      mock.faults.once({ connection: 'lose-answer' });
      await expect(usage(mock)).rejects.toThrow(TypeError);
      expect(mock.usage.events()).toHaveLength(1);
      expect(mock.requests.list()).toMatchObject([
        { status: null, source: 'fault', reason: expect.stringContaining('after the call') },
      ]);
    });

    it('is reset in the middle of the body', async () => {
      await using mock = await start();
      mock.faults.once({ connection: 'cut-body' });
      const answer = await usage(mock);
      expect(answer.status).toBe(200);
      await expect(answer.text()).rejects.toThrow(TypeError);
      expect(mock.usage.events()).toHaveLength(1);
      expect(mock.requests.list()).toMatchObject([{ status: 200, source: 'fault' }]);
    });

    it('hangs until the client gives up', async () => {
      await using mock = await start();
      mock.faults.once({ connection: 'hang' });
      const begun = performance.now();
      const error = await usage(mock, { signal: AbortSignal.timeout(100) }).catch(
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ name: 'TimeoutError' });
      expect(performance.now() - begun).toBeGreaterThan(95);
      expect(mock.usage.events()).toEqual([]);
    });

    it('hangs until the emulator is closed', async () => {
      const mock = await start();
      mock.faults.once({ connection: 'hang' });
      const hanging = usage(mock).then(
        () => 'answered',
        () => 'ended',
      );
      await mock.requests.waitFor();
      await mock.close();
      const late = new Promise((resolve) => setTimeout(resolve, 2_000, 'still open'));
      expect(await Promise.race([hanging, late])).toBe('ended');
    });
  });

  describe('metrics', () => {
    type Results = Record<string, Record<string, unknown> | null>;
    const ask = async (mock: MockServer, metrics: FaultRule['metrics']): Promise<unknown[]> => {
      mock.faults.clear();
      if (metrics) mock.faults.add({ metrics });
      const answer = await getData(mock);
      expect(answer.status).toBe(200);
      const results = (await answer.json()) as Results;
      return GET_DATA.metrics.map(({ id }) => results[id]);
    };
    const values = expect.objectContaining({ values: expect.anything() }) as unknown;
    const failure = { message: 'The metric could not be collected.', type: 'internal_error' };

    it('fail in each documented way, all or one', async () => {
      await using mock = await start();
      expect(await ask(mock, undefined)).toEqual([values, values, values]);
      expect(await ask(mock, {})).toEqual([failure, failure, failure]);
      const one = { referenceKey: 'ig:followers_gender' };
      expect(await ask(mock, { ...one, type: 'expired_token', message: 'Gone' })).toEqual([
        values,
        { message: 'Gone', type: 'expired_token' },
        values,
      ]);
      expect(await ask(mock, { ...one, as: 'warning' })).toEqual([
        values,
        { warning: expect.any(String) },
        values,
      ]);
      expect(await ask(mock, { ...one, as: 'null' })).toEqual([values, null, values]);
      expect(await ask(mock, { ...one, as: 'missing' })).toEqual([values, undefined, values]);
      expect(await ask(mock, { referenceKey: 'ig:other' })).toEqual([values, values, values]);
    });
  });
});

describe('a client that goes', () => {
  it('while the body is slow harms nobody', async () => {
    await using mock = await startMockServer({ faults: [{ slowBody: '10s' }] });
    const socket = connect(mock.port, '127.0.0.1', () => {
      socket.write(
        'GET /api/customers HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer test_reportei_token\r\n\r\n',
      );
    });
    socket.once('data', () => socket.destroy());
    await new Promise((resolve) => socket.once('close', resolve));
    mock.faults.clear();
    expect((await mock.fetch('/api/customers', { headers: CUSTOMER })).status).toBe(200);
  });
});
