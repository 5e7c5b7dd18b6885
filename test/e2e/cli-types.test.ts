import { spawn } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Project, installPackage, repository } from '../support/package.ts';
import { payloads } from '../unit/cli/types-support.ts';

/** What a person may copy from the application. */
const payload = {
  customer_integration: '4addc0da-8583-4dbb-a0e9-c7e2e8470f50',
  start: '2024-01-01',
  end: '2024-01-31',
  metrics: [
    {
      id: '0ea43e6e-8b0f-4d43-a9ae-7e7f8a3a5d3f',
      reference_key: 'ig:story_replies',
      component: 'number_v1',
      metrics: ['replies'],
      type: [],
    },
    {
      id: '56dbf0c8-90e0-4a8a-8d2d-0d0f7a2a9b11',
      reference_key: 'ig:followers_gender',
      component: 'chart_v1',
      metrics: ['followers'],
      dimensions: ['gender'],
      chart_type: 'pie',
    },
    {
      reference_key: 'ig:followers_gender',
      component: 'datatable_v1',
      metrics: ['followers', 'reach:average'],
      dimensions: [{ field: 'gender' }],
      sort: ['-followers'],
      table: 'genders',
    },
    { reference_key: 'ig:1d', component: 'pipeline_v1', metrics: ['a'], custom: [] },
    { reference_key: 'summary', component: 'container_v1', metrics: [], widgets: [] },
  ],
};

const use = `
import { createReporteiClient } from 'tallywire/reportei';
import { startMockServer } from 'tallywire/mock';
import { dashboard } from './dashboard.js';

const mock = await startMockServer();
const customer = createReporteiClient({ token: mock.keys.merchant, baseUrl: mock.url })
  .customer(mock.keys.customer);
const [first] = await customer.integrations.list().toArray();
const results = await customer.metrics(dashboard, {
  integration: first?.uuid ?? '',
  start: '2024-01-01',
  end: '2024-01-31',
});
await mock.close();

const value: number | null = results.storyReplies.value;
const points: readonly (number | null)[] = results.followersGender.series.followers;
const [row] = results.followersGender_datatable.rows;
const cells = [row?.gender, row?.followers, row?.['reach:average']];
const unknown: unknown = results._1d.data;
// @ts-expect-error no such column
void row?.folowers;
// @ts-expect-error no such series
void results.followersGender.series.reach;
// @ts-expect-error no such query
void results.replies;
console.log(JSON.stringify({ value, points, cells, names: Object.keys(results), unknown }));
`;

const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  noUnusedLocals: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
  declaration: true,
  target: 'ES2022',
  module: 'nodenext',
  lib: ['ES2022', 'DOM', 'DOM.Iterable', 'ESNext.Disposable'],
  types: [],
  // Another test checks the package's own declarations.
  skipLibCheck: true,
  rootDir: '.',
  outDir: 'out',
};

const compilers = {
  '5.9': join(repository, 'node_modules/typescript/bin/tsc'),
  '7': join(repository, 'node_modules/typescript-7/bin/tsc'),
};

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let project: Project;
beforeAll(async () => {
  project = await installPackage();
  await project.write(
    'package.json',
    (await project.read('package.json')).replace('{', '{"type":"module",'),
  );
  await project.write('payload.json', JSON.stringify(payload));
}, 180_000);
afterAll(() => project[Symbol.asyncDispose]());

/** Runs `tallywire types`, with standard input if it is given. */
const types = (args: readonly string[], input?: string): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const cli = join(project.folder, 'node_modules/tallywire/dist/cli.js');
    const child = spawn(process.execPath, [cli, 'types', ...args], { cwd: project.folder });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
    child.stdin.end(input ?? '');
  });

const compile = async (
  version: keyof typeof compilers,
  files: readonly string[],
  ...args: string[]
): Promise<string> => {
  const config = `tsconfig-${version}.json`;
  await project.write(config, JSON.stringify({ compilerOptions, files }));
  const { output } = await project.run(process.execPath, [
    compilers[version],
    '-p',
    config,
    ...args,
  ]);
  return output;
};

describe('tallywire types', () => {
  it.each(['5.9', '7'] as const)(
    'makes a module that TypeScript %s compiles, and that the emulator answers in full',
    async (version) => {
      const made = await types([
        'payload.json',
        '-n',
        'dashboard',
        '-o',
        'dashboard.ts',
        '--force',
      ]);
      const err = 'kept in extra, since no document names them: "table"\n';
      expect(made).toEqual({ code: 0, out: '', err });
      await project.write('use.ts', use);
      expect(await compile(version, ['use.ts'])).toBe('');
      const { output } = await project.run(process.execPath, ['out/use.js']);
      const { value, points, cells, names, unknown } = JSON.parse(output) as Record<
        string,
        unknown
      >;
      expect(names).toEqual([
        'storyReplies',
        'followersGender',
        'followersGender_datatable',
        '_1d',
        'summary',
      ]);
      expect(value).toEqual(expect.any(Number));
      expect((points as number[]).length).toBeGreaterThan(0);
      expect(cells).toEqual([expect.any(String), expect.any(Number), expect.any(Number)]);
      expect(unknown).toBeTypeOf('object');
    },
    60_000,
  );

  it.each(['5.9', '7'] as const)(
    'makes modules that compile in TypeScript %s, strict, whatever is in the payload',
    async (version) => {
      const seed = 20_240_901;
      const sample = [
        ...fc.sample(payloads('any'), { seed, numRuns: 20 }),
        ...fc.sample(payloads('usual'), { seed, numRuns: 20 }),
      ];
      const files: string[] = [];
      const { moduleOf } = await import('../../src/cli/types/module.ts');
      for (const [i, payload] of sample.entries()) {
        files.push(`any/${i}.ts`);
        await project.write(`any/${i}.ts`, moduleOf(payload, 'dashboard'));
      }
      expect(await compile(version, files)).toBe('');
    },
    60_000,
  );

  it('makes modules of 350 queries that cost the compiler little', async () => {
    const components = ['number_v1', 'chart_v1', 'datatable_v1', 'pipeline_v1'];
    const queries = Array.from({ length: 350 }, (_, i) => ({
      reference_key: `ig:metric_${i}`,
      component: components[i % 4],
      metrics: [`a${i}`, 'reach', `b${i}`],
      dimensions: [`day_${i}`, 'country'].slice(i % 2),
      sort: [`-a${i}`],
    }));
    const { out } = await types(['-', '--name', 'large'], JSON.stringify(queries));
    await project.write('large.ts', out);
    await project.write(
      'small.ts',
      (await types(['--name', 'small'], JSON.stringify(queries[0]))).out,
    );
    const instantiations = async (file: string): Promise<number> => {
      const output = await compile('7', [file], '--extendedDiagnostics');
      expect(output).not.toContain('error TS');
      return Number(/^Instantiations:\s+(\d+)/m.exec(output)?.[1]);
    };
    const extra = (await instantiations('large.ts')) - (await instantiations('small.ts'));
    expect(extra).toBeGreaterThan(0);
    expect(extra).toBeLessThan(20_000);
  }, 60_000);

  it('takes standard input, and names the set after the file', async () => {
    const text = JSON.stringify(payload);
    const made = await types(['payload.json']);
    expect(made.out).toContain("export const payload = metricSet('payload', {\n");
    expect((await types(['-', '--name', 'payload'], `\ufeff${text}`)).out).toBe(made.out);
    expect((await types([], text)).out).toContain('export const dashboard = metricSet(');
    await project.write('1 Relatório (de métricas).json', text);
    const named = await types(['1 Relatório (de métricas).json']);
    expect(named.out).toContain('export const _1RelatorioDeMetricas = metricSet(');
    await project.write('chart.json', text);
    expect((await types(['chart.json'])).out).toContain(
      "export const chartSet = metricSet('chartSet'",
    );
  });

  it('replaces no file unless told to', async () => {
    await project.write('kept.ts', 'mine');
    const refused = await types(['payload.json', '-o', 'kept.ts']);
    expect(refused).toEqual({
      code: 1,
      out: '',
      err: 'tallywire: cannot write kept.ts: it exists already (--force replaces it)\n',
    });
    expect(await project.read('kept.ts')).toBe('mine');
    expect((await types(['payload.json', '-o', 'kept.ts', '--force'])).code).toBe(0);
    expect(await project.read('kept.ts')).toBe((await types(['payload.json'])).out);
  });

  it('names the keys that no document names, since some may be misspelt', async () => {
    const query = { reference_key: 'x', component: 'number_v1', metrcs: ['a'], title: 'X' };
    const { code, out, err } = await types(['-'], JSON.stringify([query]));
    expect(code).toBe(0);
    expect(out).toContain("extra: { metrcs: ['a'], title: 'X' }");
    expect(err).toMatch(/"metrcs", "title"\n$/);
  });

  it('names the components that no document names, since some may be misspelt', async () => {
    const query = { reference_key: 'x', component: 'numbr_v1', metrics: ['a'] };
    const { code, out, err } = await types(['-'], JSON.stringify([query]));
    expect(code).toBe(0);
    expect(out).toContain("custom('x', 'numbr_v1'");
    expect(err).toBe('unknown component "numbr_v1", kept as custom (did you mean number_v1?)\n');
  });

  it('says what is wrong with a payload, and writes nothing', async () => {
    const two = JSON.stringify([payload.metrics[0], { component: 'chart_v1' }]);
    const refused = await types(['-', '-o', 'none.ts'], two);
    expect(refused).toEqual({
      code: 1,
      out: '',
      err: 'tallywire: query 2 of the payload has no reference_key\n',
    });
    await expect(stat(join(project.folder, 'none.ts'))).rejects.toThrow('ENOENT');
    expect(await types(['-'], '{')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^tallywire: cannot read standard input: it is not JSON: .*\n$/),
    });
    expect((await types(['no.json'])).err).toMatch(/^tallywire: cannot read no.json: ENOENT/);
    expect((await types(['-'], '[{"id":1e999}]')).err).toContain('cannot hold the number 1e999');
  });

  it.each([
    [['--name', 'my dashboard'], /--name must be a name.* \(did you mean myDashboard\?\)\n/],
    [['--name', 'weekly-report'], /\(did you mean weeklyReport\?\)\n/],
    [['--name', 'class'], /--name must be a name/],
    [['--name', 'chart'], /none of metricSet, custom, number, chart, datatable\n/],
    [['--force'], /--force goes with --output/],
    [['payload.json', 'other.json'], /too many arguments/],
    [['--nme', 'x'], /unknown option '--nme'/],
  ])('takes %j for a mistake in the command line', async (args, message) => {
    const ended = await types(args, JSON.stringify(payload));
    expect(ended).toMatchObject({ code: 64, out: '', err: expect.stringMatching(message) });
  });

  it('explains itself', async () => {
    const { code, out } = await types(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('tallywire types payload.json > dashboard.ts');
    expect(out).toContain('Exits with 0 when done, 1 when that cannot be done, 64 on a mistake');
    expect(out.split('\n').every((line) => line.length <= 100)).toBe(true);
  });

  it('makes the same module again, wherever and whenever', async () => {
    const folder = await readFile(join(project.folder, 'payload.json'), 'utf8');
    await project.write('deep/er/payload.json', folder);
    const made = await types(['deep/er/payload.json']);
    expect(made.out).toBe((await types(['payload.json'])).out);
  });
});
