import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addTypes, installPackage, link, type Project, repository } from '../support/package.ts';

const esm = `
  import { createReoClient, isSdkError, type Receipt } from 'tallywire';
  import { createReoClient as reo } from 'tallywire/reo';
  import { createReporteiClient, datatable, metricSet, number } from 'tallywire/reportei';
  import { startMockServer, type MockServer } from 'tallywire/mock';
  import { createTracker, type Tracker, type TrackerStats } from 'tallywire/tracker';
  import { companyDomain } from 'tallywire/tracker/domain';
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
`;

/** What needs Node, and packages of others. */
const onNode = `
  import { createReoClient } from 'tallywire/reo';
  import { createTracker } from 'tallywire/tracker';
  import { createUsageWorker, usageQueue } from 'tallywire/tracker/bullmq';
  import { drainOnExit } from 'tallywire/tracker/exit';
  import { openLmdbOutbox } from 'tallywire/tracker/lmdb';
  import { instrumentTracker } from 'tallywire/tracker/otel';
  import { answers, fakeClock, hostileServer, outboxContract } from 'tallywire/testing';
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
`;

let project: Project;
beforeAll(async () => {
  project = await installPackage();
  await addTypes(project);
  // Where the package is, since its types look for theirs from there.
  await link(project, ['@opentelemetry/api', 'ioredis']);
  for (const folder of ['with-dom', 'with-node']) {
    await project.write(`${folder}/module.mts`, esm + use);
    await project.write(`${folder}/common.cts`, cjs + use);
    await project.write(`${folder}/plain.ts`, esm + use);
    await project.write(`${folder}/node.mts`, onNode);
    await project.write(`${folder}/node.ts`, onNode);
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

const nodeFiles = { node16: 'node.mts', nodenext: 'node.mts', bundler: 'node.ts' };

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
  ['7', 'bundler', 'with-dom'],
  ['7', 'bundler', 'with-node'],
  ['5.9', 'bundler', 'with-node'],
  ['5.4', 'node16', 'with-dom'],
  ['5.4', 'bundler', 'with-dom'],
  // Slow, and the like of others: in the long run only.
  ...(process.env.LONG
    ? ([
        ['7', 'nodenext', 'with-node'],
        ['5.9', 'node16', 'with-dom'],
        ['5.4', 'node16', 'with-node'],
      ] as const)
    : []),
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
      const all = platform === 'with-node' ? [...files, nodeFiles[resolution]] : files;
      await project.write(config, JSON.stringify({ compilerOptions, files: all }));
      const { output } = await project.run(process.execPath, [compilers[version](), '-p', config]);
      expect(output).toBe('');
    },
    120_000,
  );
});
