import { describe, expect, it } from 'vitest';
import { call, EVENT, MERCHANT, REO, startTested } from './support.ts';

const PAGE = 'http://localhost:3000';
const USAGE = 'POST /api/product/usage';

const corsOf = (headers: Headers): Record<string, string> =>
  Object.fromEntries(
    [...headers].filter(([name]) => name.startsWith('access-control') || name === 'vary'),
  );

const READABLE = {
  'access-control-allow-origin': PAGE,
  'access-control-expose-headers': 'retry-after, x-ratelimit-limit, x-ratelimit-remaining',
  vary: 'origin',
};

const PREFLIGHT = { 'Access-Control-Request-Method': 'POST' };

describe('a page of an allowed origin', () => {
  it('reads answers, also failures and faults', async () => {
    await using mock = await startTested({ cors: ['http://127.0.0.1:1', PAGE] });
    const headers = { ...REO, Origin: PAGE };
    const good = await mock.call(USAGE, { headers, json: { payload: EVENT } });
    expect([good.status, corsOf(good.headers)]).toEqual([200, READABLE]);
    for (const [what, sent, status] of [
      [USAGE, { headers, json: {} }, 400],
      [USAGE, { headers, text: ' '.repeat(5_000_000) }, 413],
      ['GET /customers', { headers: { Origin: PAGE } }, 401],
      ['GET /nowhere', { headers: { Origin: PAGE } }, 404],
      ['OPTIONS /customers', { headers: { Origin: PAGE } }, 405],
    ] as const) {
      const failed = await mock.call(what, sent);
      expect([failed.status, corsOf(failed.headers)]).toEqual([status, READABLE]);
    }
    mock.faults.once({ status: 503, headers: { 'Access-Control-Allow-Origin': '*' } });
    const fault = await mock.call(USAGE, { headers, json: { payload: EVENT } });
    expect([fault.status, corsOf(fault.headers)]).toEqual([503, READABLE]);
  });

  it('may ask before', async () => {
    await using mock = await startTested({ cors: [PAGE] });
    for (const path of ['/api/product/usage', '/customers', '/nowhere']) {
      const headers = { Origin: PAGE, ...PREFLIGHT };
      const asked = await mock.call(`OPTIONS ${path}`, { headers });
      expect([asked.status, asked.body, corsOf(asked.headers)]).toEqual([
        204,
        '',
        {
          ...READABLE,
          'access-control-allow-methods': 'GET, POST, PUT, DELETE',
          'access-control-allow-headers':
            'accept, authorization, content-type, x-api-key, x-customer-token',
          'access-control-max-age': '600',
        },
      ]);
    }
    // Only the browser asked: nothing was called.
    expect(mock.requests.list()).toEqual([]);
  });

  it('does not reach the control API, whatever it asks', async () => {
    await using mock = await startTested({ cors: [PAGE] });
    for (const path of [
      '/__mock/',
      '/__mock',
      '/__mock/state',
      '/__mock/stream',
      '/__mock/reset',
    ]) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const headers = { Origin: PAGE, ...(method === 'OPTIONS' ? PREFLIGHT : {}) };
        const answer = await mock.call(`${method} ${path}`, { headers });
        expect([answer.status, corsOf(answer.headers)]).toEqual([403, {}]);
      }
    }
  });

  it('is known by its origin, however far away it is', async () => {
    await using mock = await startTested({ cors: [PAGE] });
    const headers = { ...MERCHANT, Origin: PAGE, 'Sec-Fetch-Site': 'cross-site' };
    expect((await mock.call('GET /customers', { headers })).status).toBe(200);
  });

  it('does not come through another host', async () => {
    await using mock = await startTested({ cors: [PAGE] });
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      const headers = { host: 'evil.test', origin: PAGE, ...PREFLIGHT };
      request(`${mock.url}/customers`, { method: 'OPTIONS', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });
});

describe('a page of another origin', () => {
  it.each([[[PAGE]], [[]]])('gets no leave, if %j may', async (cors) => {
    await using mock = await startTested({ cors });
    for (const Origin of ['http://evil.test', 'null', `${PAGE}0`, 'https://localhost:3000']) {
      for (const method of ['OPTIONS', 'GET']) {
        const headers = { ...MERCHANT, Origin, ...PREFLIGHT };
        const answer = await mock.call(`${method} /customers`, { headers });
        expect([answer.status, corsOf(answer.headers)]).toEqual([403, {}]);
      }
    }
  });
});

it('a page of the emulator itself needs no leave, and gets none', async () => {
  await using mock = await startTested({ cors: [PAGE] });
  const headers = { Origin: mock.url, ...PREFLIGHT };
  const asked = await mock.call('OPTIONS /customers', { headers });
  expect([asked.status, corsOf(asked.headers)]).toEqual([405, { vary: 'origin' }]);
});

describe('whoever is no page', () => {
  it('sees that answers differ by origin only where they do', async () => {
    await using open = await startTested({ cors: [PAGE] });
    const asked = await open.call('GET /customers', { headers: MERCHANT });
    expect(corsOf(asked.headers)).toEqual({ vary: 'origin' });
    await using closed = await startTested();
    const { headers } = await closed.call('GET /customers', { headers: MERCHANT });
    expect(corsOf(headers)).toEqual({});
  });
});

describe('in front of an upstream', () => {
  it('which pages may read an answer is for the emulator to say', async () => {
    await using vendor = await startTested({ cors: [PAGE] });
    await using proxy = await startTested({ upstream: { reportei: vendor.url }, cors: [PAGE] });
    const headers = { ...MERCHANT, Origin: PAGE, 'Sec-Fetch-Site': 'same-site' };
    // The origin does not reach the vendor, which has no reason to refuse it.
    const answer = await call(proxy.url, 'GET /customers', { headers });
    expect([answer.status, corsOf(answer.headers)]).toEqual([200, READABLE]);
    expect(vendor.requests.list()[0]?.request.headers).not.toHaveProperty('origin');
  });
});
