import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = `${root}.cache/type-cost/`;

const kinds = [
  (n: number) => `number('ig:a${n}', { metrics: ['a${n}'] })`,
  (n: number) => `chart('ig:b${n}', { metrics: ['a${n}', 'b${n}'], dimensions: ['date'] })`,
  (n: number) => `chart('ig:c${n}', { metrics: ['a${n}'], dimensions: ['date', 'd${n}'] })`,
  (n: number) =>
    `datatable('ig:d${n}', { metrics: ['a${n}', 'b${n}', 'c${n}'], dimensions: ['d${n}', { field: 'e${n}' }], sort: ['-a${n}'] })`,
  (n: number) => `custom('ig:e${n}', 'pipeline_v1', { metrics: ['a${n}'] })`,
];

const program = (count: number): string => {
  const queries = Array.from({ length: count }, (_, n) => `q${n}: ${kinds[n % 5]?.(n)},`);
  return `
    import { chart, createReporteiClient, custom, datatable, metricSet, number } from 'tallywire/reportei';
    const set = metricSet('set', { ${queries.join('\n')} });
    export const run = async () => {
      const found = await createReporteiClient().customer().metrics(set, {
        integration: 'uuid', start: '2024-01-01', end: '2024-01-31', compare: 'previous-period',
      });
      return [found.q0.value, found.q1.series.a1, found.q3.rows[0]?.c3, found.q4.data];
    };
  `;
};

const instantiations = async (compiler: string, name: string): Promise<number> => {
  const args = [`${root}node_modules/${compiler}/bin/tsc`, '-p', `${folder}${name}.json`];
  const { stdout } = await run(process.execPath, [...args, '--extendedDiagnostics']);
  return Number(/^Instantiations:\s+(\d+)/m.exec(stdout)?.[1]);
};

beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  for (const [name, count] of Object.entries({ few: 5, many: 355 })) {
    await writeFile(`${folder}${name}.ts`, program(count));
    const compilerOptions = {
      module: 'NodeNext',
      target: 'ES2022',
      lib: ['ES2023', 'DOM'],
      strict: true,
      noEmit: true,
      // What is checked in any case costs both programs the same.
      skipLibCheck: true,
      types: [],
      paths: {},
    };
    const config = { compilerOptions, files: [`${name}.ts`] };
    await writeFile(`${folder}${name}.json`, JSON.stringify(config));
  }
});

describe('350 queries in one set', () => {
  it.each(['typescript', 'typescript-7'])(
    'cost %s less than 20,000 type instantiations',
    async (compiler) => {
      const few = await instantiations(compiler, 'few');
      const many = await instantiations(compiler, 'many');
      expect(few).toBeGreaterThan(0);
      expect(many - few).toBeLessThan(20_000);
    },
    60_000,
  );
});
