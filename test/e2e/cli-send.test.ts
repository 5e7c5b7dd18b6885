import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMockServer } from '../../src/mock/index.ts';
import { accept, reply, startSend, startUsageServer } from '../support/cli-send.ts';
import { buildPackage } from '../support/build.ts';

const STACK = /\n +at /;

let folder: string;
beforeAll(async () => {
  await buildPackage();
  folder = mkdtempSync(join(tmpdir(), 'tallywire-'));
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true }));

const event = (i: number, more: object = {}) => ({
  activity_type: 'LOGIN',
  product_id: 'studio',
  user_id: `user-${i}@example.com`,
  user_id_type: 'EMAIL',
  event_at: 1_700_000_000 + i,
  ...more,
});

let files = 0;
const fileOf = (text: string, ending = 'ndjson'): string => {
  const path = join(folder, `usage-${(files += 1)}.${ending}`);
  writeFileSync(path, text);
  return path;
};
const ndjson = (rows: readonly unknown[]): string =>
  rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join('');
const events = (count: number): string =>
  fileOf(ndjson(Array.from({ length: count }, (_, i) => event(i))));

const journalOf = (file: string): string => `${file}.tallywire-progress`;
const rejectsOf = (file: string): string => `${file}.rejected.ndjson`;
const linesOf = (path: string): readonly Record<string, unknown>[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const noDuplicates = (payloads: ReadonlyMap<string, readonly string[]>): void =>
  expect([...payloads.values()].filter((one) => one.length > 1)).toEqual([]);

describe('tallywire send', () => {
  it('sends a file to the emulator, once', async () => {
    const mock = await startMockServer();
    try {
      const file = fileOf(
        ndjson([
          event(1),
          event(2, { count: 3, event_at: '2024-01-31T10:00:00Z' }),
          {
            activity_type: 'LOGIN',
            product_id: 'studio',
            mode: 'DOMAIN',
            domain: 'x.io',
            count: 2,
            event_at: 1_700_000_000,
          },
        ]),
      );
      const run = () =>
        startSend(mock.url, [file, '--json'], { env: { REO_API_KEY: mock.keys.reo } });
      const first = await run().ended;
      expect(first).toMatchObject({ code: 0, err: '' });
      expect(JSON.parse(first.out)).toMatchObject({ end: 'done', sent: 3, bad: 0, attempts: 3 });
      const paths = async (): Promise<readonly string[]> => {
        const answer = await fetch(`${mock.url}/__mock/requests`);
        const { requests } = (await answer.json()) as { requests: { path: string }[] };
        return requests.map(({ path }) => path).sort();
      };
      expect(await paths()).toEqual([
        '/api/product/aggregateusage',
        '/api/product/aggregateusage',
        '/api/product/usage',
      ]);
      const second = await run().ended;
      expect(second).toMatchObject({ code: 0 });
      expect(second.err).toContain('was sent before: --restart sends it again');
      expect(JSON.parse(second.out)).toMatchObject({ sent: 0, before: { sent: 3 } });
      expect(await paths()).toHaveLength(3);
    } finally {
      await mock.close();
    }
  });

  it('reads CSV by a mapping, and puts what it cannot send aside', async () => {
    await using server = await startUsageServer();
    const file = fileOf(
      '\ufeffevent;email;created_at;n;plan\r\n' +
        'LOGIN;a@x.io;2024-01-31 10:00:00;3;"pro\r\n""x"""\r\n' +
        'LOGIN;b@x.io;1706695200000;;free\r\n' +
        'LOGIN;c@x.io\r\n' +
        'LOGIN;d@x.io;2024-01-31;;\r\n',
      'csv',
    );
    const map = 'activity_type=event,user_id=email,event_at=created_at,count=n';
    const options = ['--map', map, '--set', 'product_id=studio', '--set', 'user_id_type=EMAIL'];
    const refused = await startSend(server.url, [file, ...options]).ended;
    expect(refused).toMatchObject({ code: 64, out: '' });
    expect(refused.err).toContain('columns that are no fields (plan)');
    expect(existsSync(journalOf(file))).toBe(false);

    const sent = await startSend(server.url, [file, ...options, '--meta-rest']).ended;
    expect(sent.code).toBe(2);
    expect(sent.out).toMatch(/sent +2\n +bad +2\n/);
    expect(sent.out).toContain('line 4: event_at is neither');
    expect(linesOf(rejectsOf(file))).toEqual([
      {
        line: 4,
        reason: expect.stringContaining('look like milliseconds') as string,
        raw: 'LOGIN;b@x.io;1706695200000;;free',
      },
      { line: 5, reason: 'it has 2 fields, the header has 5', raw: 'LOGIN;c@x.io' },
    ]);
    expect(statSync(rejectsOf(file)).mode & 0o777).toBe(0o600);
    const payloads = [...server.payloads.values()].map(([one = '']) => JSON.parse(one) as object);
    expect(payloads).toEqual([
      expect.objectContaining({
        user_id: 'a@x.io',
        mode: 'USER',
        count: 3,
        event_at: 1_706_695_200,
        meta: { plan: 'pro\r\n"x"' },
      }),
      expect.objectContaining({ user_id: 'd@x.io', event_at: 1_706_659_200 }),
    ]);
  });

  it('checks a file without sending, and needs no key for it', async () => {
    await using server = await startUsageServer();
    const file = fileOf(ndjson([event(1), 'no json', event(2), { ...event(3), colour: 'red' }]));
    const run = startSend(server.url, [file, '--dry-run', '--json'], { env: { REO_API_KEY: '' } });
    const { code, out } = await run.ended;
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      end: 'checked',
      records: 2,
      sent: 0,
      bad: 2,
      rejects: null,
      examples: [
        { line: 2, reason: 'it is not JSON' },
        { line: 4, reason: '"colour" is no field' },
      ],
    });
    expect(server.arrived()).toBe(0);
    expect([journalOf(file), rejectsOf(file)].filter(existsSync)).toEqual([]);
  });

  it('folds a file into counts', async () => {
    await using server = await startUsageServer();
    const rows = Array.from({ length: 3_000 }, (_, i) => ({ ...event(i), user_id: `u${i % 3}` }));
    const file = fileOf(ndjson(rows));
    const { code, out } = await startSend(server.url, [file, '--aggregate', '1h', '--json']).ended;
    expect(code).toBe(0);
    const counts = [...server.payloads.values()].map(
      ([one = '']) => JSON.parse(one) as { count: number; event_at: number },
    );
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(3_000);
    expect(new Set(counts.map((one) => one.event_at % 3_600))).toEqual(new Set([0]));
    expect(counts).toHaveLength(6);
    expect(JSON.parse(out)).toMatchObject({ sent: 6, records: 6 });
  });

  it('reads standard input, and resumes it under a name', async () => {
    await using server = await startUsageServer();
    const input = ndjson([event(1), event(2)]);
    const progress = join(folder, 'piped');
    const rejects = join(folder, 'piped-rejects');
    const args = [
      '-',
      '--format',
      'ndjson',
      '--id',
      'june',
      '--progress',
      progress,
      '--rejects',
      rejects,
    ];
    const run = () => startSend(server.url, args, { input }).ended;
    expect(await run()).toMatchObject({ code: 0 });
    expect((await run()).err).toContain('was sent before');
    const plain = ['-', '--format', 'ndjson', '--rejects', rejects];
    expect(await startSend(server.url, plain, { input }).ended).toMatchObject({ code: 0 });
    // Without a name it is another input each time.
    expect(server.payloads.size).toBe(4);
    noDuplicates(server.payloads);
  });

  it('stops at once when the key is wrong, and goes on with the right one', async () => {
    await using server = await startUsageServer();
    const failure = { response_code: 400, response: 'Authentication Failure', status: 'failure' };
    server.answer = reply(200, failure);
    const file = events(500);
    const { code, out, err } = await startSend(server.url, [file]).ended;
    expect(code).toBe(1);
    expect(err).toContain('the API key was refused: check REO_API_KEY');
    expect(err + out).not.toMatch(STACK);
    expect(err + out).not.toContain('secret-key');
    expect(server.arrived()).toBeLessThan(10);
    server.answer = accept;
    expect(await startSend(server.url, [file, '-q']).ended).toMatchObject({ code: 0, err: '' });
    expect(server.payloads.size).toBe(500);
  });

  it('puts records aside that the API refuses, wherever they stand', async () => {
    await using server = await startUsageServer();
    const refuse = reply(400, { response_code: 400, response: 'Invalid user', status: 'failure' });
    server.answer = (response, payload) =>
      (payload.includes('poison') ? refuse : accept)(response, payload);
    const rows = Array.from({ length: 40 }, (_, i) => event(i));
    rows.splice(3, 1, event(3, { user_id: 'poison-1' }));
    rows.push(event(40, { user_id: 'poison-2' }), event(41, { user_id: 'poison-3' }));
    const file = fileOf(ndjson(rows));
    const { code, out } = await startSend(server.url, [file, '--json']).ended;
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ end: 'done', sent: 39, dead: 3 });
    const dead = linesOf(rejectsOf(file));
    expect(dead.map(({ line }) => Number(line)).sort((a, b) => a - b)).toEqual([4, 41, 42]);
    expect(dead.every(({ reason }) => String(reason).includes('Invalid user'))).toBe(true);
  });

  it('keeps to a rate, and to so many at once', async () => {
    await using server = await startUsageServer();
    server.answer = (response, payload) => setTimeout(() => accept(response, payload), 20);
    const started = performance.now();
    const args = [events(40), '--rate', '20', '--concurrency', '2'];
    expect(await startSend(server.url, args).ended).toMatchObject({ code: 0 });
    expect(performance.now() - started).toBeGreaterThan(1_000);
    expect(server.mostAtOnce()).toBeLessThanOrEqual(2);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['no format', ['file'], /tells no format/],
    ['a folder', ['/tmp', '-f', 'csv'], /is a directory/],
    ['no file', ['none.csv'], /cannot read none.csv/],
    ['a field that there is not', ['a.csv', '--map', 'user=x'], /There is no field user/],
    ['both', ['a.csv', '--meta-rest', '--ignore-unknown'], /give one of them/],
    ['one file for two', ['a.csv', '--rejects', 'a.csv'], /are three files/],
    ['a window of a month', ['a.csv', '--aggregate', '30d'], /24h at most/],
  ])('refuses %s', async (_, args, message) => {
    const { code, out, err } = await startSend('http://127.0.0.1:9', args).ended;
    expect([1, 64]).toContain(code);
    expect(err).toMatch(message);
    expect(out).toBe('');
    expect(err).not.toMatch(STACK);
  });

  it('refuses other options for a file that was begun', async () => {
    await using server = await startUsageServer();
    const file = events(3);
    expect((await startSend(server.url, [file]).ended).code).toBe(0);
    const other = await startSend(server.url, [file, '--set', 'environment=TEST']).ended;
    expect(other).toMatchObject({ code: 1 });
    expect(other.err).toContain('was begun with other options');
    const again = await startSend(server.url, [file, '--restart']).ended;
    expect(again.code).toBe(0);
    // Under the same ids.
    expect([...server.payloads.values()].map((one) => one.length)).toEqual([2, 2, 2]);
  });
});
