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
  expect(commands).toEqual(['npm ci', 'npm test']);
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

it('is red when the service is broken as it says', async () => {
  const reach = await walk.project.read('src/reach.ts');
  await walk.project.write('src/reach.ts', reach.replace(', partial: true', ''));
  const { code, output } = await walk.run('npm test');
  expect(code).toBe(1);
  expect(output).toMatch(/FAIL .*shows no 0 for what is not there/);
  expect(summary(output)).toContain('✓ test/logins.test.ts (2 tests)');
});
