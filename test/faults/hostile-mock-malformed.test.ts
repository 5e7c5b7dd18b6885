import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CUSTOMER, EVENT } from '../unit/mock/support.ts';
import { METRICS, USAGE, expectInContract, guard, send, shoot } from './hostile-mock-support.ts';

guard();

describe('a body', () => {
  const event = JSON.stringify({ payload: EVENT });
  const deep = (n: number, open: string, close: string): string =>
    open.repeat(n) + '1' + close.repeat(n);

  const NOT_JSON: readonly (string | Buffer)[] = [
    '{',
    '}',
    '[',
    ']',
    '"',
    '{"',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,}',
    '[1,]',
    "{'a':1}",
    '{a:1}',
    'nul',
    'undefined',
    'NaN',
    '-',
    '01',
    '1.',
    '.5',
    '+1',
    '0x10',
    '1e',
    '"\\x"',
    '"\\u12"',
    '"\n"',
    '\ufeff{}',
    '{}{}',
    '{} x',
    '/* */{}',
    '\u0000',
    '{"a":"\u0000"}',
    '\ud800',
    '<xml/>',
    'a=1&b=2',
    '--boundary\r\n',
    '%7B%7D',
    '\u00a0{}',
    Buffer.from([0xff, 0xfe]),
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    Buffer.from('{}', 'utf16le'),
    gzipSync('{}'),
    deep(1_001, '[', ']'),
    deep(100_000, '{"a":', '}'),
    '['.repeat(4_000_000),
    '{"a":'.repeat(500_000),
    `"${'\\'.repeat(4_000_000)}`,
  ];
  it.each(NOT_JSON.map((body, i) => [i, String(body).slice(0, 20), body] as const))(
    'that is no JSON is malformed: %i %j',
    async (_i, _start, body) => {
      for (const path of [USAGE, METRICS]) {
        const answer = await shoot(path, { body });
        expectInContract(path, answer);
        expect(answer.status).toBe(400);
        expect(answer.body).toMatch(/The body is (not valid JSON|nested deeper)/);
      }
    },
  );

  it('of the wrong kind is told so', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonx',
      'json',
      '',
      'application/json, text/plain',
      'a'.repeat(10_000),
    ]) {
      const answer = await shoot(USAGE, { body: event, headers: { 'Content-Type': type } });
      expectInContract(USAGE, answer);
      expect([type.slice(0, 40), answer.status]).toEqual([type.slice(0, 40), 415]);
    }
    for (const encoding of ['gzip', 'br', 'deflate', 'x', 'gzip, gzip']) {
      const headers = { 'Content-Encoding': encoding };
      const answer = await shoot(USAGE, { body: gzipSync(event), headers });
      expectInContract(USAGE, answer);
      expect(answer).toMatchObject({
        status: 415,
        body: expect.stringContaining(`Content-Encoding ${encoding} is not known`),
      });
    }
    for (const type of [
      'application/json; charset=utf-8',
      'APPLICATION/JSON',
      'application/json;charset="x";;',
      'application/vnd.api+json',
    ]) {
      expect((await shoot(USAGE, { body: event, headers: { 'Content-Type': type } })).status).toBe(
        200,
      );
    }
  });

  it('beyond 4 MiB is too large, however it comes', async () => {
    const body = Buffer.alloc(4 * 1024 * 1024 + 1, ' ');
    const whole = await shoot(USAGE, { body });
    expectInContract(USAGE, whole);
    expect(whole.status).toBe(413);
    const head = `POST ${METRICS} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: ${CUSTOMER.Authorization}\r\nx-customer-token: test_customer_token\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = Buffer.concat([
      Buffer.from('100000\r\n'),
      Buffer.alloc(0x100000, 'x'),
      Buffer.from('\r\n'),
    ]);
    const answer = await send(head, chunk, chunk, chunk, chunk, chunk, '0\r\n\r\n');
    expect(answer).toMatchObject({ status: 413, body: expect.stringContaining('larger than') });
  });
});
