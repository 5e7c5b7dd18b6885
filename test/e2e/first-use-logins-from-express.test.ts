import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { follow, type Started, type Walkthrough } from '../support/walkthrough.ts';

/** Machines of tests may be busy. */
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const app = 'node --import tsx app.ts';
const emulator = 'npx tallywire mock';
const stats = 'npx tallywire outbox ./outbox stats';
const login = (name: string): string =>
  `curl -s http://127.0.0.1:3000/login -H 'Content-Type: application/json' -d '{"email":"${name}@acme.com"}'`;

/** Slow machines take their time; a record that a killed process had waits for its lease of 15 s. */
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

it('says why nothing arrives', async () => {
  await walk.write('app.ts');
  const running = await walk.start(app, /^http:\S+$/m, { isBare: true });
  await walk.run(login('ann'));
  const why =
    /no usage record gets through until somebody mends something \(configuration: the Reo API key is missing/;
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
  expect(running.output()).toMatch(/^at the end: [01] sent, 0 kept, 0 lost$/m);
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
  expect(next.output()).toMatch(/^at the end: 0 sent, 0 kept, 0 lost$/m);
  await again.end('SIGINT');
});
