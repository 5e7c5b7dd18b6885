import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { call, CUSTOMER, EVENT, MERCHANT } from '../unit/mock/support.ts';

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

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

function tallywire(...args: string[]): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...args], {
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
    expect(run.out()).toContain(`curl ${url}/api/customers`);

    expect(await call(url, 'GET /__mock/health')).toMatchObject({ status: 200 });
    const headers = { 'X-API-KEY': 'test_reo_key' };
    await call(url, 'POST /api/product/usage', { headers, json: { payload: EVENT } });
    await call(url, 'GET /api/customers?a=b', { headers: MERCHANT });
    const log = (): string => run.out().split(/^listening on .*$/m)[1] ?? '';
    await expect
      .poll(log)
      .toMatch(
        /^\nPOST +\/api\/product\/usage 200 [\d.]+ ms\nGET +\/api\/customers 200 [\d.]+ ms\n$/,
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
    expect(second.err()).toBe(
      `tallywire: Port ${port} on 127.0.0.1 is in use. Stop what uses it, or take another port\n`,
    );
    expect(second.out()).toBe('');
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
  ])('refuses %j with 2', async (args, message) => {
    const run = tallywire(...args);
    expect(await run.end).toBe(2);
    expect(run.err()).toContain(message);
    expect(run.err()).not.toMatch(/\n +at /);
  });
});
