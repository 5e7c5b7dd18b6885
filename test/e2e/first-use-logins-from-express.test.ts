import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { follow, type Started, type Walkthrough } from '../support/walkthrough.ts';

/** Machines of tests may be busy. */
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const app = 'node --import tsx app.ts';
const emulator = 'npx tallywire mock';
const stats = 'npx tallywire outbox ./outbox stats';
const login = (name: string): string =>
  `curl -s http://127.0.0.1:3000/login -H 'Content-Type: application/json' -d '{"email":"${name}@acme.com"}'`;

/** Slow machines take their time; what a killed process had is taken over within half a minute. */
const patience = { timeout: 120_000, interval: 500 };

let walk: Walkthrough;
beforeAll(async () => {
  walk = await follow('logins-from-express', [3000]);
});
afterAll(() => walk[Symbol.asyncDispose]());

const startEmulator = (): Promise<Started> => walk.start(emulator, /^listening on /m);
const startApp = (): Promise<Started> => walk.start(app, /^http:\S+$/m);

interface Usage {
  readonly events: { readonly totals: Readonly<Record<string, number>> };
  readonly domains: Readonly<Record<string, number>>;
}

const usage = async (): Promise<Usage> =>
  (await (await fetch(`${walk.url}/__mock/usage`)).json()) as Usage;

const arrived = async (): Promise<number | undefined> => (await usage()).events.totals.LOGIN;

it('tells of logins, also of those while Reo.Dev was away', async () => {
  await walk.write('app.ts');
  const first = await startEmulator();
  expect(first.output()).toContain(walk.exported);
  const running = await startApp();
  expect(JSON.parse((await walk.run(login('ann'))).output)).toEqual(
    JSON.parse(walk.blocks('json')[0] as string),
  );
  await expect.poll(usage, patience).toMatchObject({
    events: { totals: { LOGIN: 1 } },
    domains: { 'acme.com': 1 },
  });
  await first.end('SIGINT');

  expect((await walk.run(login('bob'))).output).toBe('{"welcome":"bob@acme.com"}');
  const second = await startEmulator();
  await expect.poll(arrived, patience).toBe(1);
  await running.end('SIGKILL');
  await second.end('SIGKILL');
});

it('has types that hold, in each of its steps, and tells of one that does not', async () => {
  for (const nth of [0, 1, 2]) {
    await walk.write('app.ts', nth);
    expect(await walk.types()).toEqual({ code: 0, output: '' });
  }
  const code = await walk.project.read('app.ts');
  await walk.project.write('app.ts', code.replace('activity_type:', 'activity:'));
  expect((await walk.types()).output).toMatch(/^app\.ts.* error TS/m);
});

it('ends when the port is taken', async () => {
  await walk.write('app.ts', 2);
  const first = await startApp();
  const { code, output } = await walk.run(app);
  expect([code, output]).toEqual([1, expect.stringContaining('EADDRINUSE')]);
  await first.end('SIGKILL');
});

it('says at its start that lmdb is missing', async () => {
  await walk.write('app.ts', 2);
  const lmdb = join(walk.project.folder, 'node_modules/lmdb');
  await rename(lmdb, `${lmdb}-elsewhere`);
  const { code, output } = await walk.run(app);
  await rename(`${lmdb}-elsewhere`, lmdb);
  const said = 'OutboxError: an outbox in a directory needs the package "lmdb"';
  expect([code, output]).toEqual([1, expect.stringContaining(said)]);
});

it('says why nothing arrives', async () => {
  await walk.write('app.ts');
  const running = await walk.start(app, /^http:\S+$/m, { isBare: true });
  await walk.run(login('ann'));
  const why =
    /configuration: the Reo API key is missing: .*\. No usage record gets through until that is mended, and nothing is lost yet/;
  await expect.poll(running.output, patience).toMatch(why);
  await running.end('SIGKILL');
});

it('sends what is left before it ends', async () => {
  await walk.write('app.ts', 1);
  const beside = await startEmulator();
  const running = await startApp();
  await walk.run(login('ann'));
  await expect.poll(arrived, patience).toBe(1);
  await walk.run(login('bob'));
  await running.end('SIGTERM');
  expect(running.output()).toMatch(/^while closing: [01] sent, 0 kept, 0 lost$/m);
  expect(await arrived()).toBe(2);
  await beside.end('SIGKILL');
});

it('loses nothing by a kill, with an outbox on disk', async () => {
  await walk.write('app.ts', 2);
  const killed = await startApp();
  await walk.run(login('ann'));
  const table = (text: string): string => text.replace(/ *the oldest .*/, '').trimEnd();
  const shown = table(walk.blocks('text')[0] as string);
  await expect.poll(async () => table((await walk.run(stats)).output), patience).toBe(shown);
  await killed.end('SIGKILL');

  const again = await startEmulator();
  const next = await startApp();
  await expect.poll(arrived, patience).toBe(1);
  await next.end('SIGINT');
  expect(next.output()).toMatch(/^while closing: [01] sent, 0 kept, 0 lost$/m);
  await again.end('SIGINT');
});
