import { parse } from 'yaml';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { follow, type Walkthrough } from '../support/walkthrough.ts';

/** Machines of tests may be busy. */
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let walk: Walkthrough;
beforeAll(async () => {
  walk = await follow('testing-in-ci');
  await walk.project.write(
    'package.json',
    JSON.stringify({
      ...(JSON.parse(await walk.project.read('package.json')) as object),
      scripts: { test: 'vitest run' },
    }),
  );
  for (const file of files) await walk.write(file);
});
afterAll(() => walk[Symbol.asyncDispose]());

const files = [
  'src/logins.ts',
  'src/reach.ts',
  'test/emulator.ts',
  'vitest.config.ts',
  'test/control.ts',
  'test/logins.test.ts',
  'test/reach.test.ts',
  '.github/workflows/test.yml',
];

/** Without what differs from run to run: times, colours, npm's words. */
const summary = (output: string): readonly string[] =>
  output
    .split('\n')
    .filter((line) => /^ *(✓ test|Test Files|Tests)/.test(line))
    .map((line) => line.replace(/ *\d+ms$/, '').trim())
    .toSorted();

it('has a workflow that runs what is there, and passes as shown', async () => {
  const workflow = parse(await walk.project.read('.github/workflows/test.yml')) as {
    readonly jobs: { readonly test: { readonly steps: readonly { readonly run?: string }[] } };
  };
  const commands = workflow.jobs.test.steps.flatMap(({ run }) => run ?? []);
  expect(commands).toEqual(['npm ci', 'npx tsc', 'npm test']);
  const { code, output } = await walk.run('npm test');
  expect(code, output).toBe(0);
  expect(summary(output)).toEqual(summary(walk.blocks('text')[0] as string));
});

it('leaves a journal without keys', async () => {
  const journal = await walk.project.read('requests.ndjson');
  const requests = journal.split('\n').map((line) => JSON.parse(line) as { status: number });
  expect(requests.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    200, 200, 503, 503,
  ]);
  expect(journal).toContain('[redacted]');
  expect(journal).not.toContain('test_reo_key');
});

it('tests hand-written calls and webhooks as well, and all types hold', async () => {
  const more = ['src/own.ts', 'test/own.test.ts', 'test/webhook.test.ts'];
  for (const file of more) await walk.write(file);
  expect(await walk.types()).toEqual({ code: 0, output: '' });
  const { code, output } = await walk.run('npm test');
  expect(code, output).toBe(0);
  expect(summary(output)).toEqual(
    expect.arrayContaining(['✓ test/own.test.ts (3 tests)', '✓ test/webhook.test.ts (1 test)']),
  );
  const own = await walk.project.read('src/own.ts');
  await walk.project.write('src/own.ts', own.replace("source: 'PRODUCT_CLOUD'", "sourc: 'x'"));
  expect((await walk.run('npm test')).output).toMatch(/FAIL .*keeps to the contract/);
  await walk.project.write('src/own.ts', own);
});

it('is red when the service is broken as it says', async () => {
  const reach = await walk.project.read('src/reach.ts');
  await walk.project.write('src/reach.ts', reach.replace(', partial: true', ''));
  const { code, output } = await walk.run('npm test');
  expect(code).toBe(1);
  expect(output).toMatch(/FAIL .*shows no 0 for what is not there/);
  expect(summary(output)).toContain('✓ test/logins.test.ts (2 tests)');
});
