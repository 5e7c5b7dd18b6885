import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { follow, type Started, type Walkthrough } from '../support/walkthrough.ts';

/** Machines of tests may be busy. */
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const integration = '4addc0da-8583-4dbb-a0e9-c7e2e8470f50';
const metrics = `npx tallywire metrics weekly.ts --integration ${integration}`;
const asPage = `${metrics} --period last-week --compare previous-period --time-zone America/Sao_Paulo --output report.html`;

let walk: Walkthrough;
let emulator: Started;
beforeAll(async () => {
  walk = await follow('weekly-report');
  emulator = await walk.start('npx tallywire mock', /^listening on /m);
});
afterAll(() => walk[Symbol.asyncDispose]());

/** What is shown was seen on other days. */
const anyDay = (text: string | undefined): string =>
  (text ?? '')
    .replace(/\d{4}-\d\d-\d\d/g, 'DAY')
    .replace(/: -?\d+(?=$|,)/gm, ': N')
    .replace(/-?\d+\.\d$/gm, 'N')
    .trim();

/** The block that holds this. */
const shown = (language: string, part: string): string | undefined =>
  walk.blocks(language).find((code) => code.includes(part));

it('is told by the emulator what to export', () => {
  for (const line of walk.exported.split('\n')) expect(emulator.output()).toContain(line);
});

it('makes the module that is shown of the payload that is shown', async () => {
  await walk.write('payload.json');
  const made = await walk.run('npx tallywire types payload.json --name weekly --output weekly.ts');
  expect(made).toEqual({ code: 0, output: '' });
  expect(await walk.project.read('weekly.ts')).toBe(shown('ts', 'made from a payload'));
});

it('shows in the terminal what is shown here', async () => {
  const days = '--start 2024-08-05 --end 2024-08-11 --compare previous-period';
  const { code, output } = await walk.run(`${metrics} ${days}`);
  expect(code, output).toBe(0);
  expect(output.trim()).toBe(shown('text', '3 metrics\n')?.trim());
});

it('writes a page of last week', async () => {
  const { code, output } = await walk.run(asPage);
  expect(code, output).toBe(0);
  const page = await walk.project.read('report.html');
  expect(page).toContain('<!doctype html>');
  expect(page).not.toMatch(/(src|href)="http/);
});

it('goes on without a metric that fails, and says so', async () => {
  const before = await stat(join(walk.project.folder, 'report.html'));
  const { code } = await walk.run(
    `curl -s http://127.0.0.1:4010/__mock/faults -H 'Content-Type: application/json' -d '{"operation":"getData","metrics":{"referenceKey":"ig:story_replies","type":"expired_token"}}'`,
  );
  expect(code).toBe(0);
  const page = await walk.run(asPage);
  expect(page.code).toBe(2);
  expect(anyDay(page.output)).toBe(anyDay(shown('text', '1 of 3 metrics failed')));
  const after = await stat(join(walk.project.folder, 'report.html'));
  expect(after.mtimeMs).toBeGreaterThan(before.mtimeMs);
  expect(await walk.project.read('report.html')).toContain('expired_token');

  await walk.write('report.ts');
  const text = await walk.run('node --import tsx report.ts');
  expect(text.code, text.output).toBe(0);
  expect(anyDay(text.output)).toBe(anyDay(shown('text', 'Story replies')));
});

it('has types that hold', async () => {
  await walk.write('integrations.ts');
  expect(await walk.types()).toEqual({ code: 0, output: '' });
});

it('is run by cron, with the address and the tokens of a file', async () => {
  for (const command of [
    `printf 'REPORTEI_BASE_URL=%s\\nREPORTEI_TOKEN=%s\\nREPORTEI_CUSTOMER_TOKEN=%s\\n' "$REPORTEI_BASE_URL" "$REPORTEI_TOKEN" "$REPORTEI_CUSTOMER_TOKEN" > .env`,
    'chmod 600 .env',
  ]) {
    expect((await walk.run(command)).code).toBe(0);
  }
  const listed = await walk.run('node --env-file=.env --import tsx integrations.ts');
  expect(listed).toEqual({ code: 0, output: expect.stringContaining(integration) });
  expect((await stat(join(walk.project.folder, '.env'))).mode & 0o777).toBe(0o600);
  const [, command = ''] = /^0 7 \* \* 1 cd \S+ && (.*)$/m.exec(shown('text', '* * 1') ?? '') ?? [];
  // Nothing but what cron has.
  const variables = ['-i', `PATH=${process.env.PATH}`];
  const cron = () => walk.project.run('env', [...variables, 'sh', '-c', command]);
  const { code, output } = await cron();
  expect([code, output]).toEqual([2, expect.stringContaining('expired_token')]);
  await fetch(`${walk.url}/__mock/faults`, { method: 'DELETE' });
  expect(await cron()).toEqual({ code: 0, output: '' });
});

it('leaves the former page alone when nothing can be fetched', async () => {
  const before = await walk.project.read('report.html');
  await fetch(`${walk.url}/__mock/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"operation":"getData","status":401}',
  });
  expect((await walk.run(asPage)).code).toBe(1);
  expect(await walk.project.read('report.html')).toBe(before);
});
