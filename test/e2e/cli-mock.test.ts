import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildPackage } from '../support/build.ts';
import { call, CUSTOMER, EVENT, GET_DATA, MERCHANT } from '../unit/mock/support.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Run {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves to the exit code. */
  readonly end: Promise<number | null>;
  /** Resolves to the URL that it prints when it is ready. */
  readonly url: () => Promise<string>;
}

beforeAll(buildPackage, 180_000);

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

function tallywire(...args: string[]): Run {
  const child = spawn(process.execPath, ['dist/cli.js', ...args], {
    cwd: ROOT,
    env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined },
  });
  running.add(child);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  const end = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  const url = async (): Promise<string> => {
    const ready = /^listening on (http:\/\/\S+)$/m;
    await expect.poll(() => out + err, { timeout: 15_000 }).toMatch(ready);
    return ready.exec(out)?.[1] ?? '';
  };
  return { child, out: () => out, err: () => err, end, url };
}

describe('tallywire mock', () => {
  it('says who may come in, answers, logs and stops', async () => {
    const run = tallywire('mock', '--port', '0');
    const url = await run.url();
    expect(run.out()).toContain('X-API-KEY: test_reo_key');
    expect(run.out()).toContain('Authorization: Bearer test_reportei_token');
    expect(run.out()).toContain(`export REO_BASE_URL=${url} REO_API_KEY=test_reo_key`);
    expect(run.out()).toContain('REPORTEI_CUSTOMER_TOKEN=test_customer_token');
    expect(run.out()).toContain(`curl ${url}/api/metrics/get-data`);
    for (const [, command] of run.out().matchAll(/^ {2}(curl .*\\\n.*)$/gm)) {
      expect(execFileSync('sh', ['-c', `${command} -sf`], { encoding: 'utf8' })).toMatch(/^\{/);
    }

    expect(await call(url, 'GET /__mock/health')).toMatchObject({ status: 200 });
    const headers = { 'X-API-KEY': 'test_reo_key' };
    await call(url, 'POST /api/product/usage', { headers, json: { payload: EVENT } });
    await call(url, 'GET /api/customers?a=b', { headers: MERCHANT });
    const log = (): string => run.out().split(/^listening on .*$/m)[1] ?? '';
    await expect
      .poll(log)
      .toMatch(
        /POST +\/api\/product\/usage 200 [\d.]+ ms\nGET +\/api\/customers 200 [\d.]+ ms {2}\(a is not a documented field\)\n$/,
      );
    // A pipe is no terminal.
    expect(run.out()).not.toContain('\u001b');
    expect(log()).not.toMatch(/test_|a=b/);

    run.child.kill('SIGTERM');
    expect(await run.end).toBe(0);
    expect(run.err()).toBe('');
  });

  it('stops on SIGINT with a connection and a webhook open', async () => {
    const deaf = createServer(() => undefined);
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    const run = tallywire('mock', '-p', '0', '-q');
    const url = await run.url();
    const { body } = await call(url, 'GET /api/customer-integrations', { headers: CUSTOMER });
    const [{ uuid }] = (body as { data: [{ uuid: string }] }).data;
    const answer = await call(url, 'POST /api/metrics/get-data-async', {
      headers: CUSTOMER,
      json: {
        customer_integration: uuid,
        start: '2024-01-01',
        end: '2024-01-01',
        metrics: [{ id: uuid, reference_key: 'a', component: 'number_v1', metrics: [] }],
        metrics_webhook_url: `http://127.0.0.1:${(deaf.address() as AddressInfo).port}/`,
      },
    });
    expect(answer.status).toBe(200);
    run.child.kill('SIGINT');
    expect(await run.end).toBe(0);
    expect(run.out()).toBe(`listening on ${url}\n`);
    deaf.closeAllConnections();
    deaf.close();
  });

  it('says with --quiet what does not work, and no more', async () => {
    const run = tallywire('mock', '--port=0', '--quiet');
    const url = await run.url();
    await call(url, 'GET /api/customers', { headers: MERCHANT });
    await call(url, 'GET /api/customers', { headers: { origin: 'http://evil.test' } });
    await expect.poll(run.err).toMatch(/^GET \/api\/customers refused: .* other origins.*\n$/);
    expect(run.out()).toBe(`listening on ${url}\n`);
  });

  it('takes keys, a seed and a host', async () => {
    const keys = 'reo=r=1, merchant = m,customer=c';
    const run = tallywire('mock', '--port=0', '--host', 'localhost', '--seed', 'x', '--keys', keys);
    const url = await run.url();
    expect(run.out()).toContain('REO_API_KEY=r=1\n');
    const headers = { Authorization: 'Bearer m', 'x-customer-token': 'c' };
    expect(await call(url, 'GET /customers/settings', { headers })).toMatchObject({ status: 200 });
  });

  it('says that the port is taken, and exits with 1', async () => {
    const first = tallywire('mock', '--port', '0', '--quiet');
    const { port } = new URL(await first.url());
    const second = tallywire('mock', '--port', port);
    expect(await second.end).toBe(1);
    expect(second.err()).toMatch(
      `tallywire: Port ${port} on 127.0.0.1 is in use, perhaps by an emu`,
    );
    expect(second.err()).toContain(`--port ${Number(port) + 1}`);
    expect(second.out()).toBe('');
  });
});

describe('the options of tallywire mock', () => {
  const usage = (url: string, payload: object = EVENT): ReturnType<typeof call> =>
    call(url, 'POST /api/product/usage', {
      headers: { 'X-API-KEY': 'test_reo_key' },
      json: { payload },
    });

  it('takes faults, settings and a delay', async () => {
    const settings = ['--delay=30ms', '--strict', '--set=reoFailureStatus=200'];
    const faults = [
      'sendUsage status=503 retryAfter=7 times=1',
      '{"operation":"sendUsage","refuse":"Not today, no.","times":1}',
      'getData metrics.as=missing match.path=/api',
    ].map((rule) => `--fault=${rule}`);
    const run = tallywire('mock', '--port=0', ...settings, ...faults);
    const url = await run.url();
    // The first one that was named is the first one used.
    expect(await usage(url)).toMatchObject({ status: 503 });
    expect(await usage(url)).toMatchObject({ status: 200, body: { response: 'Not today, no.' } });
    const begun = performance.now();
    expect(await usage(url, { ...EVENT, wrong: 1 })).toMatchObject({
      status: 200,
      body: { response: 'payload.wrong is not a documented field' },
    });
    expect(performance.now() - begun).toBeGreaterThan(25);
    const { body } = await call(url, 'GET /__mock/faults');
    expect(body).toMatchObject({
      faults: [{ used: 1 }, { used: 1 }, { match: { path: '/api' }, metrics: { as: 'missing' } }],
    });
    expect(run.out()).toMatch(/503 [\d.]+ ms {2}Service Unavailable {2}\(fault f\d\)/);
  });

  it('keeps the state in a file, over a stop', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tallywire-'));
    const file = join(folder, 'state.json');
    const first = tallywire('mock', '-p', '0', '--state', file);
    await usage(await first.url());
    first.child.kill('SIGTERM');
    expect(await first.end).toBe(0);
    expect(first.out()).toMatch(/\nstopped\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const second = tallywire('mock', '-p', '0', '--state', file);
    const { body } = await call(await second.url(), 'GET /__mock/usage');
    expect(body).toMatchObject({ events: { received: 1, totals: { [EVENT.activity_type]: 1 } } });
    second.child.kill('SIGTERM');
    await second.end;

    writeFileSync(file, '{"version":2}');
    const third = tallywire('mock', '-p', '0', '--state', file);
    expect(await third.end).toBe(1);
    expect(third.err()).toMatch(/^tallywire: .*state\.json is no state of the emulator: .*version/);
    expect(readFileSync(file, 'utf8')).toBe('{"version":2}');
    rmSync(folder, { recursive: true });
  });

  it('logs in JSON, and says nothing else', async () => {
    const run = tallywire('mock', '-p', '0', '--json-logs', '--activities-are-no-option');
    expect(await run.end).toBe(64);
    const logging = tallywire('mock', '-p', '0', '--json-logs');
    await expect.poll(logging.out, { timeout: 15_000 }).toContain('listening');
    const { url } = JSON.parse(logging.out()) as { url: string };
    await usage(url, {});
    logging.child.kill('SIGINT');
    await logging.end;
    const lines = logging.out().trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { level: 'info', kind: 'note', message: 'listening', url },
      expect.objectContaining({
        level: 'warn',
        kind: 'request',
        operation: 'sendUsage',
        status: 400,
        reason: expect.stringContaining('payload.activity_type is required'),
      }),
      { level: 'info', kind: 'note', message: 'stopped' },
    ]);
  });

  it('records an upstream, and replays it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tallywire-'));
    const file = join(folder, 'answers.ndjson');
    const real = tallywire('mock', '-p', '0', '--seed', 'real');
    const realUrl = await real.url();
    const proxy = tallywire(
      'mock',
      '-p',
      '0',
      '--upstream',
      `reportei=${realUrl}/api`,
      '--record',
      file,
    );
    const headers = CUSTOMER;
    const ask = async (url: string, id: string): Promise<unknown> => {
      const json = { ...GET_DATA, metrics: [{ ...GET_DATA.metrics[0], id }] };
      const { body } = await call(url, 'POST /api/metrics/get-data', { headers, json });
      return (body as Record<string, unknown>)[id];
    };
    const [one, other] = GET_DATA.metrics.map(({ id }) => id) as [string, string];
    const found = await ask(realUrl, one);
    expect(await ask(await proxy.url(), one)).toEqual(found);
    expect(proxy.out()).toContain('(upstream)');
    const replay = tallywire('mock', '-p', '0', '--replay', file);
    expect(await ask(await replay.url(), other)).toEqual(found);
    expect(replay.out()).toContain('(recording)');
    expect(readFileSync(file, 'utf8')).not.toContain('test_');
    rmSync(folder, { recursive: true });
  });

  it('opens the page, where there is something to open it with', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tallywire-'));
    const opened = join(folder, 'opened');
    for (const name of ['xdg-open', 'open']) {
      writeFileSync(join(folder, name), `#!/bin/sh\nprintf %s "$1" > '${opened}'\n`, {
        mode: 0o755,
      });
    }
    const { PATH } = process.env;
    process.env['PATH'] = `${folder}:${PATH ?? ''}`;
    const run = tallywire('mock', '-p', '0', '--open');
    process.env['PATH'] = PATH;
    const url = await run.url();
    await expect
      .poll(() => existsSync(opened) && readFileSync(opened, 'utf8'))
      .toBe(`${url}/__mock/`);
    // Where there is nothing, the emulator runs all the same.
    process.env['PATH'] = '/nowhere';
    const alone = tallywire('mock', '-p', '0', '--open');
    process.env['PATH'] = PATH;
    expect(await call(await alone.url(), 'GET /__mock/health')).toMatchObject({ status: 200 });
    rmSync(folder, { recursive: true });
  });

  it('takes a catalogue', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tallywire-'));
    const metrics = [
      { reference_key: 'ig:story_replies', component: 'number_v1', metrics: ['replies'] },
    ];
    writeFileSync(join(folder, 'metrics.json'), JSON.stringify({ metrics }));
    const run = tallywire('mock', '-p', '0', '--catalog', folder, '--set', 'unknownMetric=null');
    const { body } = await call(await run.url(), 'POST /api/metrics/get-data', {
      headers: CUSTOMER,
      json: GET_DATA,
    });
    const [known, unknown] = GET_DATA.metrics.map(
      ({ id }) => (body as Record<string, unknown>)[id],
    );
    expect([known, unknown]).toEqual([
      expect.objectContaining({ values: expect.any(Number) }),
      null,
    ]);
    rmSync(folder, { recursive: true });
  });

  it('opens to hosts and origins by name', async () => {
    const origin = 'http://docs.test';
    const run = tallywire('mock', '-p', '0', '--allow-host', 'mock,other', '--cors', origin);
    const url = await run.url();
    const answer = await fetch(`${url}/api/customers`, { headers: { ...MERCHANT, origin } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect((await fetch(`${url}/__mock/health`, { headers: { origin } })).status).toBe(403);
  });

  it.each([
    [['--fault', 'sendUsage'], 'Write it as "sendUsage status=503 times=3", or as JSON.'],
    [['--fault', '{"operation"'], 'It is not JSON'],
    [['--fault', 'sendUsages status=503'], 'There is no operation sendUsages. There are sendUsage'],
    [['--fault', 'sendUsage statsu=503'], 'statsu is not a known field'],
    [['--fault', 'sendUsage times=3'], 'This fault does nothing: give it one of delay, status'],
    [['--fault', '* delay=soon'], 'delay'],
    [['--delay', 'soon'], 'delay'],
    [['--set', 'envelope'], 'Write it as envelope=true, for example.'],
    [['--set', 'envelope=maybe'], 'envelope must be boolean'],
    [['--upstream', 'nowhere'], 'Write it as a URL'],
  ])('refuses %j with 64', async (args, message) => {
    const run = tallywire('mock', '-p', '0', ...args);
    expect(await run.end).toBe(64);
    expect(run.err()).toContain(message);
    expect(run.err()).not.toMatch(/\n +at /);
  });

  it.each([
    [['--catalog', '/nowhere'], '/nowhere'],
    [['--state', '/nowhere/state.json'], 'The state cannot be written to /nowhere/state.json'],
    [['--webhook-allow', 'http://app:3000'], 'is not a name, or a name:port'],
    [['--replay', '/nowhere'], 'The recordings cannot be read from /nowhere'],
    [['--upstream', 'http://192.0.2.1/'], 'has to be https'],
  ])('cannot start with %j, says why, and exits with 1', async (args, message) => {
    const run = tallywire('mock', '-p', '0', ...args);
    expect(await run.end).toBe(1);
    expect(run.err()).toContain(message);
    expect(run.err()).not.toMatch(/\n +at /);
  });
});

describe('the command line', () => {
  it('knows its version', async () => {
    const run = tallywire('--version');
    expect(await run.end).toBe(0);
    const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
      version: string;
    };
    expect(run.out()).toBe(`${version}\n`);
  });

  it('helps, with examples', async () => {
    const run = tallywire('mock', '--help');
    expect(await run.end).toBe(0);
    for (const word of ['--port', '--host', '--seed', '--keys', '--quiet', 'Examples:', '4010']) {
      expect(run.out()).toContain(word);
    }
  });

  it.each([
    [['mock', '--port', 'x'], 'A port is a whole number from 0 to 65535.'],
    [['mock', '--port', '65536'], 'A port is a whole number from 0 to 65535.'],
    [['mock', '--keys', 'reo'], 'Write them as reo=…,merchant=…,customer=…'],
    [['mock', '--keys', 'other=1'], 'Write them as reo=…,merchant=…,customer=…'],
    [['mock', '--keys', '__proto__=1'], 'Write them as reo=…,merchant=…,customer=…'],
    [['mock', '--wat'], "unknown option '--wat'"],
    [['wat'], "unknown command 'wat'"],
  ])('refuses %j with 64', async (args, message) => {
    const run = tallywire(...args);
    expect(await run.end).toBe(64);
    expect(run.err()).toContain(message);
    expect(run.err()).not.toMatch(/\n +at /);
  });
});
