import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetched } from '../../scripts/lib/fetched.ts';
import { installPackage, link, type Project, repository } from '../support/package.ts';

const esm = `
  import { createReoClient, isSdkError, type Receipt } from 'tallywire';
  import { createReoClient as reo } from 'tallywire/reo';
  import { createReporteiClient, datatable, metricSet, number } from 'tallywire/reportei';
  import { startMockServer, type MockServer } from 'tallywire/mock';
  import { createTracker, type Tracker, type TrackerStats } from 'tallywire/tracker';
  import { companyDomain } from 'tallywire/tracker/domain';
  import { createCallbacks, type Delivery } from 'tallywire/reportei/callbacks';
`;

const cjs = `
  import tallywire = require('tallywire');
  import reoEntry = require('tallywire/reo');
  import reporteiEntry = require('tallywire/reportei');
  import mock = require('tallywire/mock');
  import type { Receipt } from 'tallywire';
  import type { MockServer } from 'tallywire/mock';
  import trackerEntry = require('tallywire/tracker');
  import domainEntry = require('tallywire/tracker/domain');
  import type { Tracker, TrackerStats } from 'tallywire/tracker';
  import callbacksEntry = require('tallywire/reportei/callbacks');
  import type { Delivery } from 'tallywire/reportei/callbacks';
  const { createCallbacks } = callbacksEntry;
  const { createTracker } = trackerEntry;
  const { companyDomain } = domainEntry;
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
    const domain: string | undefined = companyDomain(event.user_id);
    const tracker = createTracker(client, {
      outbox: 'usage',
      hooks: { dropped: ({ reason, dropped }) => console.log(reason, dropped.calls) },
    });
    tracker.track({ ...event, source: 'PRODUCT_CLOUD' });
    // @ts-expect-error a typo in a field
    tracker.track({ ...event, source: 'PRODUCT_CLOUD', ip_adr: '127.0.0.1' });
    // @ts-expect-error no product_id here, and none by default
    createTracker(reo()).track({ ...event, source: 'PRODUCT_CLOUD' });
    const stats: TrackerStats = tracker.stats();
    const closed = async <Key extends never>(one: Tracker<string, Key>) => (await one.close()).sent;
    console.log(domain, stats.pending.calls, await closed(createTracker(reo())));
    return data;
  };
  const weekly = metricSet('weekly', { reach: number('ig:reach', { metrics: ['reach'] }) });
  const callbacks = createCallbacks({ url: 'https://a.io/hook', sets: [weekly], secrets: ['s'.repeat(32)] });
  const handler = callbacks.handler(() => {});
  export const read = (delivery: Delivery<typeof weekly>): number | null | undefined =>
    delivery.outcomes.reach.ok ? delivery.outcomes.reach.value : undefined;
  export const ask = async (): Promise<void> => {
    const webhook = await callbacks.prepare(weekly, { context: 'a' });
    const days = { integration: 'uuid', start: '2024-01-01', end: '2024-01-31' };
    await createReporteiClient().customer().metricsAsync(weekly, { ...days, webhook });
    // @ts-expect-error not a set of these callbacks
    await callbacks.prepare(metricSet('other', weekly.queries));
    const answer: Response = await handler(new Request(webhook.url));
    console.log(answer.status);
  };
`;

const esmOnNode = `
  import { createServer } from 'node:http';
  import { createReoClient } from 'tallywire/reo';
  import { createCallbacks, toNodeListener } from 'tallywire/reportei/callbacks';
  import { createTracker } from 'tallywire/tracker';
  import { createUsageWorker, usageQueue } from 'tallywire/tracker/bullmq';
  import { drainOnExit } from 'tallywire/tracker/exit';
  import { openLmdbOutbox } from 'tallywire/tracker/lmdb';
  import { instrumentTracker } from 'tallywire/tracker/otel';
  import { answers, fakeClock, hostileServer, outboxContract } from 'tallywire/testing';
`;

/** The same entries by `require`. */
const cjsOnNode = esmOnNode.replace(
  /import (\{.*\}) from ('.*');/g,
  (_, imported: string, name: string) => {
    const entry = name.replace(/\W/g, '_');
    return `import ${entry} = require(${name}); const ${imported} = ${entry};`;
  },
);

/** What needs Node, and packages of others. */
const useOnNode = `
  export const run = async () => {
    const reo = createReoClient();
    const connection = { host: '127.0.0.1', port: 6379 };
    const tracker = createTracker(reo, { sink: usageQueue({ connection, queue: 'q' }), clock: fakeClock() });
    createTracker(reo, { outbox: () => openLmdbOutbox('usage', { baseUrl: 'https://ingest.reo.dev' }) });
    const undo: readonly (() => void)[] = [
      drainOnExit(tracker, { signals: ['SIGTERM'], timeout: '5s' }),
      instrumentTracker(tracker, { attributes: { part: 'web' } }),
      instrumentTracker(createUsageWorker(reo, { connection, queue: 'q' })),
    ];
    // @ts-expect-error no such signal
    drainOnExit(tracker, { signals: ['SIGNONE'] });
    const server = await hostileServer(answers.status(503), answers.taken);
    return { undo, ids: server.eventIds(), contract: outboxContract };
  };
  const receiver = createCallbacks({ url: 'https://a.io/hook', sets: [], secrets: ['s'.repeat(32)] });
  createServer(toNodeListener(receiver.handler(() => {})));
`;

const compilers = {
  '5.4': async () => fetched('typescript@5.4.5'),
  '5.9': async () => join(repository, 'node_modules/typescript'),
  '7': async () => join(repository, 'node_modules/typescript-7'),
};

const resolutions = {
  node16: {
    module: 'node16',
    files: ['module.mts', 'common.cts'],
    onNode: ['node.mts', 'node.cts'],
  },
  nodenext: {
    module: 'nodenext',
    files: ['module.mts', 'common.cts'],
    onNode: ['node.mts', 'node.cts'],
  },
  bundler: { module: 'esnext', files: ['plain.ts'], onNode: ['node.ts'] },
};

/** Where the types of `Request` and the like come from. */
const platforms = {
  'with-dom': { lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: [] },
  'with-node': { lib: ['ES2022'], types: ['node'], exactOptionalPropertyTypes: true },
};

let project: Project;
beforeAll(async () => {
  project = await installPackage();
  await link(project, ['@types/node', 'undici-types'], 'with-node');
  // Where the package is, since its types look for theirs from there.
  await link(project, ['@opentelemetry/api', 'ioredis']);
  for (const folder of Object.keys(platforms)) {
    await project.write(`${folder}/module.mts`, esm + use);
    await project.write(`${folder}/common.cts`, cjs + use);
    await project.write(`${folder}/plain.ts`, esm + use);
    await project.write(`${folder}/node.mts`, esmOnNode + useOnNode);
    await project.write(`${folder}/node.cts`, cjsOnNode + useOnNode);
    await project.write(`${folder}/node.ts`, esmOnNode + useOnNode);
  }
}, 180_000);
afterAll(() => project[Symbol.asyncDispose]());

type Case = readonly [
  version: keyof typeof compilers,
  resolution: keyof typeof resolutions,
  platform: keyof typeof platforms,
];

const namesOf = <Key extends string>(table: Readonly<Record<Key, unknown>>): readonly Key[] =>
  Object.keys(table) as Key[];

const every = namesOf(compilers).flatMap((version) =>
  namesOf(resolutions).flatMap((resolution) =>
    namesOf(platforms).map((platform): Case => [version, resolution, platform]),
  ),
);

/** The two before 7 take five times as long. */
const corners: readonly Case[] = [
  ['7', 'node16', 'with-dom'],
  ['7', 'nodenext', 'with-node'],
  ['7', 'bundler', 'with-dom'],
  ['5.4', 'node16', 'with-dom'],
  ['5.9', 'bundler', 'with-dom'],
];

describe('the types compile, library checks included', () => {
  it.each(process.env.LONG ? every : corners)(
    'in TypeScript %s, %s, %s',
    async (version, resolution, platform) => {
      const { module, files, onNode } = resolutions[resolution];
      const config = `${platform}/tsconfig-${version}-${resolution}.json`;
      const compilerOptions = {
        strict: true,
        noEmit: true,
        target: 'ES2022',
        skipLibCheck: false,
        // The compiler's own say little about ours, and take longest.
        skipDefaultLibCheck: !process.env.LONG,
        module,
        moduleResolution: resolution,
        ...platforms[platform],
      };
      const all = platform === 'with-node' ? [...files, ...onNode] : files;
      await project.write(config, JSON.stringify({ compilerOptions, files: all }));
      const compiler = join(await compilers[version](), 'bin/tsc');
      const { output } = await project.run(process.execPath, [compiler, '-p', config]);
      expect(output).toBe('');
    },
    120_000,
  );
});
