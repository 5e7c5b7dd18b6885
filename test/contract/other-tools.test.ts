/** The documents in the hands of others: bundlers, parsers and generators of clients. */
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { mustRun } from '../../scripts/lib/run.ts';
import { INTEGRATIONS, startMockServer } from '../../src/mock/index.ts';
import { asObject, isObject, type Json, type JsonObject } from './documents.ts';

const names = ['reo', 'reportei', 'emulator'] as const;

const read = (name: string): Promise<string> => readFile(`openapi/${name}.yaml`, 'utf8');

/** Under the name of an environment that is not `test`, where it writes no file. */
const redocly = (...args: readonly string[]): Promise<string> =>
  mustRun(process.execPath, ['node_modules/@redocly/cli/bin/cli.js', ...args], {
    env: { ...process.env, NODE_ENV: 'production' },
  });

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallywire-tools-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** `post /api/product/usage` → the operation. */
const operationsOf = (document: JsonObject): ReadonlyMap<string, JsonObject> =>
  new Map(
    Object.entries(asObject(document['paths'])).flatMap(([path, item]) =>
      Object.entries(asObject(item))
        .filter(([, value]) => isObject(value) && 'operationId' in value)
        .map(([method, operation]) => [`${method} ${path}`, asObject(operation)] as const),
    ),
  );

describe('parsers of YAML 1.1', () => {
  // Where a date is none of its texts, and `on` is a truth value.
  it.each(names)('read %s.yaml as those of 1.2 do', async (name) => {
    const text = await read(name);
    expect(parse(text, { version: '1.1' })).toEqual(parse(text));
  });
});

describe('redocly', () => {
  it('bundles each document to what it is', async () => {
    await redocly('bundle', ...names, '--output', folder, '--ext', 'json');
    for (const name of names) {
      const bundled = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as Json;
      expect(bundled).toEqual(parse(await read(name)));
    }
  }, 120_000);

  it('joins them to one that is valid, and loses nothing', async () => {
    const file = join(folder, 'joined.yaml');
    await redocly('join', ...names.map((name) => `openapi/${name}.yaml`), '--output', file);
    const joined = asObject(parse(await readFile(file, 'utf8')) as Json);
    for (const name of names) {
      const document = asObject(parse(await read(name)) as Json);
      const paths = asObject(joined['paths']);
      for (const [path] of Object.entries(asObject(document['paths']))) {
        expect([path, asObject(paths[path])['servers']]).toEqual([path, document['servers']]);
      }
      const all = operationsOf(joined);
      for (const [where, operation] of operationsOf(document)) {
        const { security = document['security'], ...same } = operation;
        expect(all.get(where), where).toMatchObject({ ...same, security });
      }
    }
    // What stands at the root of each is not taken along by `join`: the servers are with the paths.
    const skipped = ['rule/dialect-is-stated', 'no-empty-servers'];
    await redocly('lint', file, ...skipped.flatMap((rule) => ['--skip-rule', rule]));
  }, 120_000);
});

/** What each does with its generated client: a write, a read where there is one, and what is refused. */
const programs: Readonly<Record<(typeof names)[number], string>> = {
  reo: `
    import { sendAggregateUsage, sendUsage } from './reo/index.js';
    import { client } from './reo/client.gen.js';
    const [baseUrl = ''] = process.argv.slice(2);
    client.setConfig({ baseUrl, auth: 'test_reo_key' });
    const record = { activity_type: 'LOGIN', source: 'PRODUCT_CLOUD', product_id: 'web', event_at: 1735689600 };
    const event = { ...record, user_id: 'ann@example.com', user_id_type: 'EMAIL' } as const;
    const taken = await sendUsage({ body: { payload: event } });
    const counted = await sendAggregateUsage({
      body: { payload: { ...record, mode: 'DOMAIN', domain: 'example.com', count: 3 } },
    });
    // @ts-expect-error a field that is needed is missing
    const refused = await sendUsage({ body: { payload: record } });
    const wrongKey = await sendUsage({ body: { payload: event }, auth: 'wrong' });
    const saysWhy = wrongKey.error as { readonly response: string } | undefined;
    console.log(JSON.stringify([
      taken.data?.status, counted.data?.response, refused.response?.status, saysWhy?.response,
    ]));`,
  reportei: `
    import { createCustomer, getData, listCustomers } from './reportei/index.js';
    import { client } from './reportei/client.gen.js';
    const [baseUrl = '', integration = ''] = process.argv.slice(2);
    const tokens = { bearer: 'test_reportei_token', apiKey: 'test_customer_token' };
    client.setConfig({
      baseUrl: baseUrl + '/api',
      auth: ({ type }) => (type === 'http' ? tokens.bearer : tokens.apiKey),
    });
    const created = await createCustomer({ body: { name: 'Ann' } });
    const listed = await listCustomers({ query: { per_page: 100 } });
    const id = '6f1c2a8e-5d0b-4c6e-9d5e-3f4a5b6c7d8e';
    const answer = await getData({
      body: {
        customer_integration: integration,
        start: '2024-01-01',
        end: '2024-01-31',
        metrics: [{ id, reference_key: 'ig:story_replies', component: 'number_v1', metrics: ['replies'] }],
      },
    });
    // @ts-expect-error a name is needed
    const refused = await createCustomer({ body: {} });
    console.log(JSON.stringify([
      created.response?.status, listed.data?.data.some(({ name }) => name === 'Ann'),
      Object.keys(answer.data ?? {}), refused.response?.status, Object.keys(refused.error ?? {}),
    ]));`,
  emulator: `
    import { addFault, getUsage, listFaults, switchFault } from './emulator/index.js';
    import { client } from './emulator/client.gen.js';
    const [baseUrl = ''] = process.argv.slice(2);
    client.setConfig({ baseUrl: baseUrl + '/__mock' });
    const added = await addFault({ body: { operation: 'getData', status: 503, retryAfter: 2, times: 3 } });
    const listed = await listFaults();
    const refused = await switchFault({ path: { fault_id: 'none' }, body: { enabled: false } });
    // @ts-expect-error no such kind
    await addFault({ body: { connection: 'cut' } });
    const usage = await getUsage();
    console.log(JSON.stringify([
      added.data?.operation, listed.data?.faults.length, refused.response?.status, refused.error, usage.data?.events.received,
    ]));`,
};

describe('clients by @hey-api/openapi-ts', () => {
  it('compile under strict, and call the emulator', async () => {
    const jobs = names.map((name) => ({
      input: join(process.cwd(), `openapi/${name}.yaml`),
      output: join(folder, name),
      plugins: ['@hey-api/client-fetch', '@hey-api/sdk', '@hey-api/typescript'],
    }));
    const config = join(folder, 'openapi-ts.config.mjs');
    await writeFile(config, `export default ${JSON.stringify(jobs)};`);
    const generate = ['node_modules/@hey-api/openapi-ts/bin/run.js', '--file', config];
    await mustRun(process.execPath, generate);
    for (const name of names) await writeFile(join(folder, `${name}.ts`), programs[name]);
    await symlink(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
    const compilerOptions = {
      strict: true,
      noUncheckedIndexedAccess: true,
      module: 'nodenext',
      target: 'es2022',
      lib: ['es2022', 'dom', 'dom.iterable'],
      types: ['node'],
      outDir: 'js',
    };
    const files = names.map((name) => `${name}.ts`);
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    await mustRun(process.execPath, ['node_modules/typescript-7/bin/tsc', '-p', folder]);

    await using server = await startMockServer();
    const outputOf = async (name: string): Promise<unknown> => {
      const args = [join(folder, 'js', `${name}.js`), server.url, INTEGRATIONS.instagram_business];
      return JSON.parse(await mustRun(process.execPath, args));
    };
    expect(await outputOf('reo')).toEqual([
      'success',
      'Aggregated Data Uploaded',
      400,
      'Authentication Failure',
    ]);
    expect(await outputOf('reportei')).toEqual([
      201,
      true,
      ['6f1c2a8e-5d0b-4c6e-9d5e-3f4a5b6c7d8e'],
      422,
      ['message', 'errors'],
    ]);
    expect(await outputOf('emulator')).toEqual([
      'getData',
      1,
      404,
      { message: 'There is no fault none.' },
      1,
    ]);
  }, 120_000);
});
