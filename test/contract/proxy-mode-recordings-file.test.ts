import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startMockServer } from '../../src/mock/index.ts';
import { json, type Answer } from '../../src/testing/answers.ts';
import { hostileServer } from '../../src/testing/hostile-server.ts';
import { CUSTOMER, REO, startTested } from '../unit/mock/support.ts';
import {
  inFolder,
  lines,
  recorded,
  replayed,
  theFile,
  theFolder,
} from './proxy-mode-recordings-support.ts';

inFolder();

describe('the file', () => {
  const SECRETS = { ...CUSTOMER, ...REO, Authorization: 'Bearer real/merchant+token' };

  it('holds no key and no token, and is for its owner alone', async () => {
    const echo: Answer = (response, { headers }) =>
      json({
        ...headers,
        customer: { api_token: 'once-only' },
        link: '/?t=real%2Fmerchant%2Btoken',
      })(response, undefined as never);
    const name = 'test_customer_token';
    await recorded(
      [echo],
      ['POST /customers?t=real/merchant%2Btoken', { headers: SECRETS, json: { name } }],
    );
    expect(readFileSync(theFile(), 'utf8')).not.toMatch(
      /real.{1,3}merchant|test_customer_token|test_reo_key|once-only/,
    );
    expect(statSync(theFile()).mode & 0o777).toBe(0o600);
    // With another key in the same places it is the same request.
    const headers = { Authorization: 'Bearer abcd', 'x-customer-token': 'other' };
    const answer = await replayed('POST /customers?t=abcd', { headers, json: { name: 'other' } });
    expect(answer.source).toBe('recording');
  });

  it('is added to', async () => {
    await recorded([json({})], ['GET /customers', {}]);
    await recorded([json({})], ['GET /customers', {}], ['GET /merchants/settings', {}]);
    expect(lines()).toHaveLength(3);
    for (const line of lines()) expect(JSON.parse(line)).toMatchObject({ version: 1 });
  });

  it('may be recorded and replayed at once, also if it is not there yet', async () => {
    await using vendor = await hostileServer(json({ data: [] }));
    const options = { upstream: { reportei: vendor.url }, record: theFile(), replay: theFile() };
    for (const source of ['upstream', 'recording']) {
      await using mock = await startTested(options);
      await mock.call('GET /customers');
      expect(mock.requests.list()[0]?.source).toBe(source);
    }
    expect(vendor.received).toHaveLength(1);
  });

  it('that cannot be written to is told once it is gone, and the answer still comes', async () => {
    await using vendor = await hostileServer(json({ data: [] }));
    await using proxy = await startTested({
      upstream: { reportei: vendor.url },
      record: theFile(),
    });
    rmSync(theFolder(), { recursive: true });
    expect(await proxy.call('GET /customers')).toMatchObject({ status: 200, body: { data: [] } });
    expect(proxy.lines).toContainEqual(
      expect.stringContaining(`cannot be recorded in ${theFile()}`),
    );
  });

  it.each<[string, number]>([
    ['{"version":1,', 3],
    ['null', 3],
    ['[]', 3],
    ['{"version":2,"operation":"x","key":"k","response":{"status":200,"headers":{},"body":""}}', 3],
    ['{"version":1,"operation":"x","key":"k"}', 3],
    ['{"version":1,"operation":"x","key":"k","response":{"status":42,"headers":{},"body":""}}', 3],
    ['{"version":1,"operation":"x","key":"k","response":{"status":200,"headers":{},"body":{}}}', 3],
    [
      '{"version":1,"operation":"x","key":"k","response":{"status":200,"headers":{"a b":"c"},"body":""}}',
      3,
    ],
    [
      '{"version":1,"operation":"x","key":"k","response":{"status":200,"headers":{"a":"c\\r\\nx: y"},"body":""}}',
      3,
    ],
    [
      '{"version":1,"operation":"x","key":"k","response":{"status":200,"headers":null,"body":""}}',
      3,
    ],
  ])('with a broken line is refused, and the line is named: %s', async (line, number) => {
    const good =
      '{"version":1,"operation":"x","key":"k","response":{"status":200,"headers":{},"body":""}}';
    writeFileSync(theFile(), `${good}\n\n${line}\n${good}\n`);
    await expect(startMockServer({ replay: theFile() })).rejects.toThrow(
      `Line ${number} of ${theFile()} is no recording`,
    );
    writeFileSync(theFile(), `${good}\r\n\n${good}`);
    await (await startMockServer({ replay: theFile(), listen: false })).close();
  });

  it('that cannot be used is an error at the start', async () => {
    const upstream = { reo: 'http://127.0.0.1:1' };
    await expect(startMockServer({ replay: theFile() })).rejects.toThrow(
      `The recordings cannot be read from ${theFile()}: ENOENT`,
    );
    await expect(startMockServer({ upstream, record: theFolder() })).rejects.toThrow(
      `Answers cannot be recorded in ${theFolder()}: EISDIR`,
    );
    for (const options of [{ record: theFile() }, { record: theFile(), upstream: {} }]) {
      await expect(startMockServer(options)).rejects.toThrow(
        'There is nothing to record without an upstream',
      );
    }
  });
});
