import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addTypes, installPackage, type Project, repository } from '../support/package.ts';

const esm = `
  import { createReoClient, isSdkError, type Receipt } from 'tallywire';
  import { createReoClient as reo } from 'tallywire/reo';
  import { createReporteiClient, datatable, metricSet, number } from 'tallywire/reportei';
  import { startMockServer, type MockServer } from 'tallywire/mock';
`;

const cjs = `
  import tallywire = require('tallywire');
  import reoEntry = require('tallywire/reo');
  import reporteiEntry = require('tallywire/reportei');
  import mock = require('tallywire/mock');
  import type { Receipt } from 'tallywire';
  import type { MockServer } from 'tallywire/mock';
  const { createReoClient, isSdkError } = tallywire;
  const { createReoClient: reo } = reoEntry;
  const { createReporteiClient, datatable, metricSet, number } = reporteiEntry;
  const { startMockServer } = mock;
`;

/** What does not compile as it says here shows that a type was lost on the way. */
const use = `
  export const run = async (): Promise<Receipt> => {
    const server: MockServer = await startMockServer();
    const client = createReoClient({ apiKey: 'k', baseUrl: server.url, defaults: { product_id: 'web' } });
    const event = { activity_type: 'LOGIN', user_id: 'ann@example.com', user_id_type: 'EMAIL' } as const;
    // @ts-expect-error a typo in an option
    reo({ apikey: 'k' });
    // @ts-expect-error a typo in a field
    await client.send({ ...event, ip_adr: '127.0.0.1' });
    const connect = createReporteiClient({ token: 't' }).customer('c');
    const set = metricSet('set', {
      replies: number('ig:story_replies', { metrics: ['replies'] }),
      clicks: datatable('ig:clicks', { metrics: ['count'], dimensions: ['type'] }),
    });
    const { replies, clicks } = await connect.metrics(set, {
      integration: 'uuid', start: '2024-01-01', end: '2024-01-31', compare: 'previous-period',
    });
    const value: number | null = replies.value;
    const cells = clicks.rows.map((row) => [row.type, row.count]);
    // @ts-expect-error a number has no rows
    replies.rows;
    // @ts-expect-error no such column
    cells.push(clicks.rows.map((row) => row.cuont));
    if (isSdkError(value)) console.log(value.code);
    const { data, response } = await client.send(event).withResponse();
    const status: number = response.status;
    console.log(status);
    return data;
  };
`;

let project: Project;
beforeAll(async () => {
  project = await installPackage();
  await addTypes(project);
  for (const folder of ['with-dom', 'with-node']) {
    await project.write(`${folder}/module.mts`, esm + use);
    await project.write(`${folder}/common.cts`, cjs + use);
    await project.write(`${folder}/plain.ts`, esm + use);
  }
}, 180_000);
afterAll(() => project[Symbol.asyncDispose]());

const compilers = {
  '5.4': () => join(project.folder, 'node_modules/typescript/bin/tsc'),
  '5.9': () => join(repository, 'node_modules/typescript/bin/tsc'),
  '7': () => join(repository, 'node_modules/typescript-7/bin/tsc'),
};

const resolutions = {
  node16: { module: 'node16', files: ['module.mts', 'common.cts'] },
  nodenext: { module: 'nodenext', files: ['module.mts', 'common.cts'] },
  bundler: { module: 'esnext', files: ['plain.ts'] },
};

/** Where the types of `Request` and the like come from. */
const platforms = {
  'with-dom': { lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: [] },
  'with-node': { lib: ['ES2022'], types: ['node'] },
};

type Case = readonly [
  version: keyof typeof compilers,
  resolution: keyof typeof resolutions,
  platform: keyof typeof platforms,
];

/** Everything with the quick compiler, enough of it with the slow ones. */
const cases: readonly Case[] = [
  ['7', 'node16', 'with-dom'],
  ['7', 'node16', 'with-node'],
  ['7', 'nodenext', 'with-dom'],
  ['7', 'nodenext', 'with-node'],
  ['7', 'bundler', 'with-dom'],
  ['7', 'bundler', 'with-node'],
  ['5.9', 'node16', 'with-dom'],
  ['5.9', 'bundler', 'with-node'],
  ['5.4', 'node16', 'with-dom'],
  ['5.4', 'bundler', 'with-dom'],
];

describe('the types compile, library checks included', () => {
  it.each(cases)(
    'in TypeScript %s, %s, %s',
    async (version, resolution, platform) => {
      const { module, files } = resolutions[resolution];
      const config = `${platform}/tsconfig-${version}-${resolution}.json`;
      const compilerOptions = {
        strict: true,
        noEmit: true,
        target: 'ES2022',
        skipLibCheck: false,
        module,
        moduleResolution: resolution,
        ...platforms[platform],
      };
      await project.write(config, JSON.stringify({ compilerOptions, files }));
      const { output } = await project.run(process.execPath, [compilers[version](), '-p', config]);
      expect(output).toBe('');
    },
    120_000,
  );
});
