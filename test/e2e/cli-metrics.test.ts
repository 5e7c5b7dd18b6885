import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { INTEGRATIONS, type MockServer, startMockServer } from '../../src/mock/index.ts';
import { buildPackage } from '../support/build.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const IG = INTEGRATIONS.instagram_business;
const GA = INTEGRATIONS.google_analytics_4;
const SECRETS = /test_reportei_token|test_customer_token|wrong-secret/;
const STACK = /\n +at /;

const PAYLOAD = {
  metrics: [
    { reference_key: 'ig:story_replies', component: 'number_v1', metrics: ['replies'] },
    {
      reference_key: 'ig:reach_over_time',
      component: 'chart_v1',
      metrics: ['reach'],
      dimensions: ['date'],
    },
    {
      reference_key: 'ig:clicks_breakdown',
      component: 'datatable_v1',
      metrics: ['count', 'ctr'],
      dimensions: ['clicks_breakdown'],
    },
  ],
};
const AUGUST = ['--start', '2024-08-01', '--end', '2024-08-31'];

let mock: MockServer;
let folder: string;
let payload: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  await buildPackage();
  mock = await startMockServer();
  folder = mkdtempSync(join(tmpdir(), 'tallywire-'));
  payload = join(folder, 'week.json');
  writeFileSync(payload, JSON.stringify(PAYLOAD));
}, 180_000);
afterAll(async () => {
  await mock.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => mock.reset());
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const metrics = (
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input = '',
): Promise<Ended> => {
  const child = spawn(process.execPath, ['dist/cli.js', 'metrics', ...args], {
    cwd: ROOT,
    env: {
      ...process.env,
      FORCE_COLOR: undefined,
      COLUMNS: undefined,
      TZ: 'America/Sao_Paulo',
      REPORTEI_BASE_URL: mock.url,
      REPORTEI_TOKEN: mock.keys.merchant,
      REPORTEI_CUSTOMER_TOKEN: mock.keys.customer,
      ...env,
    },
  });
  running.add(child);
  child.stdin.end(input);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code, out, err });
    });
  });
};

interface Json {
  readonly compare: unknown;
  readonly integrations: readonly {
    readonly integration: string;
    readonly title: string;
    readonly metrics: readonly Readonly<Record<string, unknown>>[];
  }[];
}

describe('tallywire metrics', () => {
  it('prints a report for people, and nothing else', async () => {
    const { code, out, err } = await metrics([
      payload,
      '-i',
      IG,
      ...AUGUST,
      '--compare=previous-period',
    ]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^week\n2024-08-01 to 2024-08-31, compared with 2024-07-01 to 2024-07-31\n/,
    );
    expect(out).toContain(`Instagram Business · example-account  ${IG}`);
    expect(out).toMatch(/\nig:story_replies +\d+ +[▲▼=] +[+-]\d+\.\d % +from \d+\n/);
    expect(out).toMatch(/\n {2}reach +[▁-█]{31} /);
    expect(out).toMatch(/\n {2}Total +[\d,]+ +0\.\d+\n/);
    // A pipe is no terminal.
    expect(out + err).not.toContain('\u001b');
  });

  it('gives one JSON object, with several integrations asked at the same time', async () => {
    mock.settings.change({ delay: 900 });
    const { code, out } = await metrics([payload, '-i', `${IG},${GA}`, ...AUGUST, '-f', 'json']);
    expect(code).toBe(0);
    const json = JSON.parse(out) as Json;
    expect(json.compare).toBeNull();
    expect(json.integrations.map(({ integration }) => integration)).toEqual([IG, GA]);
    expect(json.integrations[1]?.title).toMatch(/^Google Analytics/);
    expect(json.integrations[0]?.metrics.map(({ name, ok }) => [name, ok])).toEqual(
      PAYLOAD.metrics.map(({ reference_key }) => [reference_key, true]),
    );
    const asked = mock.requests.list({ operation: 'getData' });
    expect(asked).toHaveLength(2);
    const [first, second] = asked.map(({ at }) => Date.parse(at));
    expect(Math.abs((second ?? 0) - (first ?? 0))).toBeLessThan(800);
  });

  it('gives each metric on a line as it comes, in chunks', async () => {
    const { code, out } = await metrics([payload, '-i', IG, ...AUGUST, '-fndjson', '--chunk=1']);
    expect(code).toBe(0);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatchObject({ integration: IG, ok: true, period: { start: '2024-08-01' } });
    expect(mock.requests.list({ operation: 'getData' })).toHaveLength(3);
  });

  it('takes a payload from standard input, with the dates and the integration in it', async () => {
    const input = JSON.stringify({
      ...PAYLOAD,
      customer_integration: IG,
      start: '2024-02-01',
      end: '2024-02-29',
      comparison_start: '2024-01-01',
      comparison_end: '2024-01-31',
    });
    const { code, out } = await metrics(['-', '--format', 'json'], {}, input);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      period: { start: '2024-02-01', end: '2024-02-29' },
      compare: { start: '2024-01-01', end: '2024-01-31' },
    });
  });

  it('takes a TypeScript module without any compiler', async () => {
    const file = join(folder, 'dashboard.ts');
    const [query] = PAYLOAD.metrics;
    writeFileSync(
      file,
      `export const dashboard = { name: 'dashboard', queries: { replies: { wire: ${JSON.stringify(query)} } } };\n`,
    );
    const { code, out, err } = await metrics([file, '-i', IG, '--period=last-month', '-f', 'json']);
    expect(code).toBe(0);
    expect(err).toMatch(/^\d{4}-\d\d-01 to \d{4}-\d\d-\d\d, as days in America\/Sao_Paulo \(/);
    expect(JSON.parse(out)).toMatchObject({ name: 'dashboard', timeZone: 'America/Sao_Paulo' });
    const [request] = mock.requests.list({ operation: 'getData' });
    expect(request?.request.body).toContain('"client_timezone":"America/Sao_Paulo"');
  });
});

describe('failures of tallywire metrics', () => {
  const expired = {
    operation: 'getData',
    metrics: { type: 'expired_token', referenceKey: 'ig:story_replies' },
  } as const;

  it.each(['table', 'json', 'ndjson', 'csv', 'html'])(
    'are in the %s, and the exit code is 2',
    async (format) => {
      mock.faults.add(expired);
      const { code, out, err } = await metrics([payload, '-i', IG, ...AUGUST, '-f', format]);
      expect(code).toBe(2);
      expect(out).toContain('expired_token');
      expect(out).toContain('clicks_breakdown');
      expect(out + err).not.toMatch(SECRETS);
      if (format !== 'table') {
        expect(err).toMatch(
          new RegExp(
            `^tallywire: ${IG}: 1 of 3 metrics failed\n  expired_token: .+\n    The account .+\n    ig:story_replies\n$`,
          ),
        );
      }
    },
  );

  it('of single metrics are found when they make a request refused', async () => {
    mock.faults.add({
      operation: 'getData',
      match: { body: { metrics: [{ reference_key: 'ig:story_replies' }] } },
      status: 422,
      body: { message: 'invalid metrics' },
    });
    const all = await metrics([payload, '-i', IG, ...AUGUST, '-f', 'json']);
    expect(all.code).toBe(1);
    const split = await metrics([payload, '-i', IG, ...AUGUST, '-f', 'json', '--split-refused']);
    expect(split.code).toBe(2);
    const [found] = (JSON.parse(split.out) as Json).integrations;
    expect(found?.metrics.map(({ ok, reason }) => ok || reason)).toEqual(['refused', true, true]);
  });

  it('of one integration do not take the other with them', async () => {
    const other = '00000000-0000-4000-8000-000000000000';
    const { code, out, err } = await metrics([payload, '-i', IG, '-i', other, ...AUGUST]);
    expect(code).toBe(2);
    expect(out).toMatch(/\nig:story_replies +\d+\n/);
    expect(out).toMatch(/3 failed\n {2}✗ http: POST \/metrics\/get-data answered 404/);
    expect(err).toBe('');
  });

  it.each([
    ['a wrong token', { REPORTEI_TOKEN: 'wrong-secret' }, /answered 401 .*check REPORTEI_TOKEN/],
    ['no token', { REPORTEI_TOKEN: '' }, /^tallywire: .*REPORTEI_TOKEN/],
    ['nobody there', { REPORTEI_BASE_URL: 'http://127.0.0.1:9' }, /network: .*check the base URL/],
  ])('of everything leave no report and exit with 1: %s', async (_, env, message) => {
    const file = join(folder, 'kept.html');
    writeFileSync(file, 'the one before');
    const args = [payload, '-i', IG, ...AUGUST, '-o', file, '--deadline', '20s'];
    const { code, out, err } = await metrics(args, env);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toMatch(SECRETS);
    expect(err).not.toMatch(STACK);
    expect(readFileSync(file, 'utf8')).toBe('the one before');
  });

  it('of everything are also those of a page in the place of each answer', async () => {
    const headers = { 'Content-Type': 'text/html' };
    mock.faults.add({ operation: 'getData', status: 200, headers, body: '<h1>Log in</h1>' });
    const file = join(folder, 'kept.json');
    writeFileSync(file, 'the one before');
    const { code, out, err } = await metrics([payload, '-i', IG, ...AUGUST, '-o', file]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(
      /3 of 3 metrics failed\n  unreadable: .* not JSON .*check the base URL\)\n$/,
    );
    expect(readFileSync(file, 'utf8')).toBe('the one before');
  });

  it('at the deadline are those of what is still missing', async () => {
    mock.faults.add({
      operation: 'getData',
      match: { body: { metrics: [{ reference_key: 'ig:clicks_breakdown' }] } },
      delay: '60s',
    });
    const args = [payload, '-i', IG, ...AUGUST, '--chunk=1', '--deadline=4s', '-f', 'json'];
    const { code, out } = await metrics(args);
    expect(code).toBe(2);
    const [found] = (JSON.parse(out) as Json).integrations;
    expect(found?.metrics.map(({ ok, reason }) => ok || reason)).toEqual([true, true, 'timeout']);
  });

  it.each([
    [['--period', 'today'], 'whose metrics?'],
    [['-i', 'x', '--period', 'today'], 'An integration is named by its UUID.'],
    [['-i', IG], 'which days?'],
    [['-i', IG, '--period', 'today', '--time-zone', 'Mars'], 'error: --time-zone is "Mars"'],
    [['-i', IG, ...AUGUST, '--title', 'X', '-f', 'csv'], '--title goes with --format html'],
    [['-i', IG, ...AUGUST, '--format', 'pdf'], 'Allowed choices are table, json'],
    [['-i', IG, ...AUGUST, '--open', '--format', 'csv'], '--open goes with --format html'],
    [['-i', IG, ...AUGUST, '--output', 'report.pdf'], 'report.pdf tells no format'],
    [['-i', IG, ...AUGUST, '--output', '/nowhere/x.csv'], 'there is no folder /nowhere'],
    [['-i', IG, ...AUGUST, '--token', 'abc'], "unknown option '--token'"],
  ])('%j is a mistake: 64, and nothing is sent', async (args, message) => {
    const { code, out, err } = await metrics([payload, ...args]);
    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(err).toContain(message);
    expect(err).not.toMatch(STACK);
    expect(mock.requests.list({})).toHaveLength(0);
  });

  it('of the source are told in a sentence, with 1', async () => {
    const { code, out, err } = await metrics([join(folder, 'nowhere.json'), '-i', IG, ...AUGUST]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^tallywire: there is no file .*nowhere\.json\n$/);
  });
});

describe('the files of tallywire metrics', () => {
  it('are of the kind that their names say, and replaced whole', async () => {
    const file = join(folder, 'report.csv');
    writeFileSync(file, 'old');
    chmodSync(folder, 0o755);
    const { code, out, err } = await metrics([payload, '-i', IG, ...AUGUST, '-o', file]);
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: `${file}: 3 metrics\n` });
    const quiet = await metrics([payload, '-i', IG, ...AUGUST, '-q', '-o', file]);
    expect(quiet).toEqual({ code: 0, out: '', err: '' });
    expect(readFileSync(file, 'utf8')).toMatch(/^\ufeffintegration,metric,.*\r\n/);
  });

  it('may be devices', async () => {
    const args = [payload, '-i', IG, ...AUGUST, '-f', 'csv', '-o', '/dev/null'];
    expect(await metrics(args)).toEqual({ code: 0, out: '', err: '/dev/null: 3 metrics\n' });
    expect(existsSync('/dev/null')).toBe(true);
  });

  it('are shown in the browser on --open', async () => {
    const opened = join(folder, 'opened');
    for (const name of ['xdg-open', 'open']) {
      writeFileSync(join(folder, name), `#!/bin/sh\nprintf %s "$1" > '${opened}'\n`, {
        mode: 0o755,
      });
    }
    const args = [payload, '-i', IG, ...AUGUST, '--open', '--title', 'R & D'];
    const { code, out, err } = await metrics(args, {
      PATH: `${folder}${delimiter}${process.env.PATH ?? ''}`,
    });
    expect({ code, out }).toEqual({ code: 0, out: '' });
    const [, page = ''] = /^(.*\.html): 3 metrics\n$/.exec(err) ?? [];
    await expect.poll(() => existsSync(opened) && readFileSync(opened, 'utf8')).toBe(page);
    expect(readFileSync(page, 'utf8')).toContain('<title>R &amp; D</title>');
    rmSync(join(page, '..'), { recursive: true });
  });
});

describe('texts that Connect sends', () => {
  it('do nothing to the terminal, also as reasons', async () => {
    const hostile = '\u001b[2J\u009b31m\u202etxt';
    mock.faults.add({
      operation: 'getData',
      metrics: { type: 'internal_error', message: hostile, referenceKey: 'ig:story_replies' },
    });
    // oxlint-disable-next-line no-control-regex -- they are what must not be there
    const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;
    for (const format of ['table', 'json', 'ndjson']) {
      const { code, out, err } = await metrics([payload, '-i', IG, ...AUGUST, '-f', format]);
      expect(code).toBe(2);
      expect(out).not.toMatch(obeyed);
      expect(err).not.toMatch(obeyed);
    }
  });
});

describe('tallywire metrics --help', () => {
  it('tells the formats, where tokens come from, and the exit codes', async () => {
    const { code, out } = await metrics(['--help']);
    expect(code).toBe(0);
    for (const word of [
      'ndjson',
      'REPORTEI_TOKEN',
      'last-N-days',
      'Examples:',
      '64 on a mistake',
    ]) {
      expect(out).toContain(word);
    }
    expect(out.split('\n').every((line) => line.length <= 110)).toBe(true);
  });
});
