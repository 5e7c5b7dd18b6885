import { describe, expect, it } from 'vitest';
import { EVENT } from '../unit/mock/support.ts';
import { SESSION, USAGE, expectInContract, guard, send, shoot } from './hostile-mock-support.ts';

guard();

describe('on the wire', () => {
  const HEAD = 'Host: localhost\r\nConnection: close\r\n';
  const json = JSON.stringify({ payload: EVENT });

  it.each([
    ['TRACE', `TRACE /customers HTTP/1.1\r\n${HEAD}\r\n`, /^40[05]$/],
    ['CONNECT', `CONNECT evil.test:443 HTTP/1.1\r\n${HEAD}\r\n`, /^(0|40\d)$/],
    ['PRI', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /^(0|400)$/],
    ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${HEAD}\r\n`, /^40[45]$/],
    ['an unknown method', `BREW / HTTP/1.1\r\n${HEAD}\r\n`, /^400$/],
    ['a method in small letters', `get / HTTP/1.1\r\n${HEAD}\r\n`, /^400$/],
    [
      'an upgrade',
      `GET /customers HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n`,
      /^(0|401)$/,
    ],
    [
      'an upgrade to h2c',
      `GET /customers HTTP/1.1\r\nHost: localhost\r\nConnection: close, Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n`,
      /^(0|401)$/,
    ],
    ['another expectation', `POST ${USAGE} HTTP/1.1\r\n${HEAD}Expect: a-miracle\r\n\r\n`, /^417$/],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001', /^(0|400)$/],
    ['a bare line feed', 'GET / HTTP/1.1\nHost: localhost\nConnection: close\n\n', /^[04]/],
    ['a space before the colon', `GET / HTTP/1.1\r\nHost : localhost\r\n\r\n`, /^400$/],
    ['a folded header', `GET / HTTP/1.1\r\n${HEAD}X: a\r\n b\r\n\r\n`, /^40[01]|404$/],
    ['a NUL in a header', `GET / HTTP/1.1\r\n${HEAD}X: a\u0000b\r\n\r\n`, /^400$/],
    [
      '__proto__ as a header',
      `GET /customers HTTP/1.1\r\n${HEAD}__proto__: x\r\nconstructor: y\r\n\r\n`,
      /^401$/,
    ],
    ['5,000 headers', `GET / HTTP/1.1\r\n${HEAD}${'a:b\r\n'.repeat(5_000)}\r\n`, /^(404|431)$/],
    ['a long header', `GET / HTTP/1.1\r\n${HEAD}X: ${'a'.repeat(20_000)}\r\n\r\n`, /^431$/],
    ['a long target', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${HEAD}\r\n`, /^431$/],
    [
      'two lengths',
      `POST ${USAGE} HTTP/1.1\r\n${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`,
      /^400$/,
    ],
    [
      'a length and chunks',
      `POST ${USAGE} HTTP/1.1\r\n${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      /^400$/,
    ],
    [
      'a length of letters',
      `POST ${USAGE} HTTP/1.1\r\n${HEAD}Content-Length: 1x\r\n\r\n{}`,
      /^400$/,
    ],
    [
      'a huge length',
      `POST ${USAGE} HTTP/1.1\r\n${HEAD}Content-Length: 99999999999999999999\r\n\r\n{}`,
      /^400$/,
    ],
    [
      'chunks of garbage',
      `POST ${USAGE} HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n`,
      /^40[01]$/,
    ],
    [
      'chunks that lie',
      `POST ${USAGE} HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\nxxxx\r\n0\r\n\r\n`,
      /^40[01]$/,
    ],
    [
      'a huge chunk',
      `POST ${USAGE} HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n`,
      /^40[01]$/,
    ],
    [
      'another coding',
      `POST ${USAGE} HTTP/1.1\r\n${HEAD}Transfer-Encoding: gzip\r\n\r\nx`,
      /^(400|501)$/,
    ],
    ['HTTP/0.9', 'GET /customers\r\n\r\n', /^403$/],
    ['HTTP/1.0 without a host', 'GET /customers HTTP/1.0\r\n\r\n', /^403$/],
    ['two hosts', `GET /customers HTTP/1.1\r\n${HEAD}Host: evil.test\r\n\r\n`, /^403$/],
    [
      'two hosts, the other way round',
      `GET /customers HTTP/1.1\r\nHost: evil.test\r\n${HEAD}\r\n`,
      /^403$/,
    ],
    [
      'two hosts by HTTP/1.0',
      'GET /customers HTTP/1.0\r\nHost: localhost\r\nhOST: localhost\r\n\r\n',
      /^403$/,
    ],
  ])('%s is refused', async (_what, bytes, status) => {
    const answer = await send(Buffer.from(bytes, 'latin1'));
    expect(String(answer.status || 0)).toMatch(status);
    expect(answer.body).not.toMatch(/\bat .*\.[jt]s:\d/);
  });

  it('a client that waits for 100 gets it', async () => {
    const head = `POST ${USAGE} HTTP/1.1\r\n${HEAD}X-API-KEY: test_reo_key\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ${json.length}\r\n\r\n`;
    const answer = await send(head, json);
    expect(answer.status).toBe(100);
    expect(answer.body).toContain('Data Uploaded');
  });

  it('pipelined requests are answered in their order', async () => {
    const one = (path: string, more = ''): string =>
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
    const { head, body } = await send(
      one('/customers') +
        one('/__mock/health') +
        one('/api/product/x') +
        one('/', 'Connection: close\r\n'),
    );
    const statuses = `${head}\r\n\r\n${body}`.match(/HTTP\/1\.1 \d+/g);
    expect(statuses).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 404']);
  });

  it('a host goes into a link only as far as it was let in', async () => {
    for (const host of [
      'localhost:99999',
      'localhost:999999999999',
      'a_b.localhost',
      '..localhost',
      '-.localhost',
      'LOCALHOST',
      '[::1]:1',
    ]) {
      const answer = await shoot(SESSION, { headers: { Host: host } });
      expectInContract(SESSION, answer);
      if (answer.status === 200)
        expect(answer.body).toContain(`"session_link":"http://${host}/__mock/`);
    }
    for (const host of [
      'localhost/x',
      'localhost"x',
      'x@localhost',
      'localhost#',
      'localhost?',
      'localhost\\',
      'loc alhost',
      'é.localhost',
      'localhost:',
      'localhost:80:80',
      'localhost:a',
    ]) {
      const answer = await shoot(SESSION, { headers: { Host: host } });
      expect([host, answer.status >= 400]).toEqual([host, true]);
      expect(answer.body).not.toContain('session_link');
    }
  });
});
