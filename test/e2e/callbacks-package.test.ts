import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addTypes, installPackage, type Project, repository } from '../support/package.ts';

/** Receives what it prepared, and is refused what it did not. */
const use = `
  const set = metricSet('weekly', { reach: number('ig:reach', { metrics: ['reach'] }) });
  const callbacks = createCallbacks({ url: 'https://a.io/hook', sets: [set], secrets: ['s'.repeat(32)] });
  const handler = callbacks.handler(() => {});
`;
const program = `${use}
  const run = async () => {
    const { url, ids } = await callbacks.prepare(set);
    const headers = { 'content-type': 'application/json' };
    const post = (to) => new Request(to, { method: 'POST', headers, body: JSON.stringify({ [ids.reach]: { values: 1 } }) });
    const { outcomes } = await callbacks.receive(post(url));
    const error = await callbacks.receive(post(url + 'A')).catch((error) => error);
    const kinds = [isSdkError(error), error instanceof CallbackError, error.name, error.status];
    const { status } = await handler(post(url));
    console.log(JSON.stringify([outcomes.reach.value, kinds, status, typeof toNodeListener(handler)]));
  };
  run();
`;
const names = '{ CallbackError, createCallbacks, toNodeListener }';
const others = '{ isSdkError, metricSet, number }';

const types = `
  import { createServer } from 'node:http';
  import { type Delivery, createCallbacks, toNodeListener } from 'tallywire/reportei/callbacks';
  import { createReporteiClient, metricSet, number } from 'tallywire/reportei';
  ${use}
  export const read = (delivery: Delivery<typeof set>): number | null | undefined =>
    delivery.outcomes.reach.ok ? delivery.outcomes.reach.value : undefined;
  export const ask = async (): Promise<void> => {
    const webhook = await callbacks.prepare(set, { context: 'a' });
    const days = { integration: 'uuid', start: '2024-01-01', end: '2024-01-31' };
    await createReporteiClient().customer().metricsAsync(set, { ...days, webhook });
    // @ts-expect-error not a set of these callbacks
    await callbacks.prepare(metricSet('other', set.queries));
    const answer: Response = await handler(new Request(webhook.url));
    console.log(answer.status);
  };
`;
const server = `createServer(toNodeListener(handler));`;

let project: Project;
beforeAll(async () => {
  project = await installPackage();
  await addTypes(project);
  await project.write('with-node/program.mts', types + server);
  await project.write(
    'with-dom/program.mts',
    types.replace(/.*node:http.*\n/, '').replace(', toNodeListener', ''),
  );
}, 180_000);
afterAll(() => project[Symbol.asyncDispose]());

describe('the webhook receiver in the package', () => {
  it.each([
    [
      'imported',
      'callbacks.mjs',
      `import ${names} from 'tallywire/reportei/callbacks'; import ${others} from 'tallywire/reportei';`,
    ],
    [
      'required',
      'callbacks.cjs',
      `const ${names} = require('tallywire/reportei/callbacks'); const ${others} = require('tallywire/reportei');`,
    ],
  ])('works %s', async (_, file, head) => {
    await project.write(file, head + program);
    const { code, output } = await project.run(process.execPath, [file]);
    expect(code, output).toBe(0);
    expect(JSON.parse(output)).toEqual([1, [true, true, 'CallbackError', 404], 200, 'function']);
  });

  it('brings nothing of the client along, and nothing of Node', async () => {
    await project.write('bundle.mjs', `export * from 'tallywire/reportei/callbacks';`);
    const build = await rolldown({
      cwd: project.folder,
      input: join(project.folder, 'bundle.mjs'),
      platform: 'neutral',
      resolve: { conditionNames: ['node', 'import'] },
      // Whatever of these is left over would show among the imports.
      external: ['undici', /^node:/],
    });
    const { output } = await build.generate({ format: 'esm', codeSplitting: false });
    await build.close();
    expect(output[0].imports).toEqual([]);
    expect(output[0].dynamicImports).toEqual([]);
    expect(output[0].code).not.toMatch(/undici|REPORTEI_TOKEN|connect\.reportei\.com|['"]node:/);
  });

  it.each([
    ['5.4', 'with-dom', { lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: [] }],
    ['5.9', 'with-node', { lib: ['ES2022'], types: ['node'] }],
    ['7', 'with-dom', { lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: [] }],
    ['7', 'with-node', { lib: ['ES2022'], types: ['node'] }],
  ])(
    'compiles in TypeScript %s, %s',
    async (version, platform, more) => {
      const compiler = {
        '5.4': join(project.folder, 'node_modules/typescript/bin/tsc'),
        '5.9': join(repository, 'node_modules/typescript/bin/tsc'),
        '7': join(repository, 'node_modules/typescript-7/bin/tsc'),
      }[version] as string;
      const compilerOptions = {
        strict: true,
        noEmit: true,
        target: 'ES2022',
        skipLibCheck: false,
        exactOptionalPropertyTypes: true,
        module: 'nodenext',
        moduleResolution: 'nodenext',
        ...more,
      };
      const config = `${platform}/tsconfig-${version}.json`;
      await project.write(config, JSON.stringify({ compilerOptions, files: ['program.mts'] }));
      const { output } = await project.run(process.execPath, [compiler, '-p', config]);
      expect(output).toBe('');
    },
    120_000,
  );
});
