import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  installPackage,
  link,
  optionalPackages,
  outputOf,
  type Project,
} from '../support/package.ts';

let project: Project;
beforeAll(async () => {
  project = await installPackage();
}, 120_000);
afterAll(() => project[Symbol.asyncDispose]());

/** One text for both module systems: `load` imports or requires. */
const bothWays = (text: string) =>
  [
    ['imports.mjs', `const load = (name) => import(name);\n${text}`],
    ['requires.cjs', `const load = async (name) => require(name);\n(async () => {${text}})();`],
  ] as const;

const entries = [
  'tracker',
  'tracker/lmdb',
  'tracker/bullmq',
  'tracker/otel',
  'tracker/exit',
  'tracker/domain',
  'testing',
];

const event = `({
  source: 'PRODUCT_CLOUD', activity_type: 'login', product_id: 'p', user_id: 'jo@acme.com', user_id_type: 'EMAIL',
})`;

describe('without the optional packages', () => {
  it.each(
    bothWays(`
      const loaded = {};
      for (const name of ${JSON.stringify(entries)}) {
        loaded[name] = await load('tallywire/' + name).then(
          () => 'loads', (error) => [error.code, /'([^']+)'/.exec(error.message)?.[1]]);
      }
      console.log(JSON.stringify(loaded));`),
  )('%s: what needs none loads, what needs one says which', async (file, text) => {
    const missing = file.endsWith('.mjs') ? 'ERR_MODULE_NOT_FOUND' : 'MODULE_NOT_FOUND';
    expect(await outputOf(project, file, text)).toEqual({
      tracker: 'loads',
      'tracker/lmdb': 'loads',
      'tracker/bullmq': [missing, expect.stringMatching(/^(ioredis|bullmq)$/)],
      'tracker/otel': [missing, '@opentelemetry/api'],
      'tracker/exit': 'loads',
      'tracker/domain': [missing, 'email-providers'],
      testing: 'loads',
    });
  });

  it.each(
    bothWays(`
      const { createReoClient } = await load('tallywire/reo');
      const { createTracker } = await load('tallywire/tracker');
      const { hostileServer } = await load('tallywire/testing');
      const server = await hostileServer();
      const reo = createReoClient({ apiKey: 'k', baseUrl: server.url });
      const tracker = createTracker(reo, { outbox: './usage', hooks: { degraded: () => {} } });
      const error = await tracker.ready().catch((error) => error);
      tracker.track(${event});
      const { sent } = await tracker.close();
      console.log(JSON.stringify([error.code, error.reason, error.hint, sent, server.eventIds().size]));
      await server.close();`),
  )('%s: an outbox on disk says what is missing, and memory does its work', async (file, text) => {
    expect(await outputOf(project, file, text)).toEqual([
      'outbox',
      'unusable',
      'npm install lmdb',
      1,
      1,
    ]);
  });
});

describe('with the optional packages', () => {
  beforeAll(() => link(project, optionalPackages));

  it('a tracker of one module system sends through a client of the other', async () => {
    const text = `
      const { createTracker } = require('tallywire/tracker');
      import('tallywire').then(async ({ createReoClient }) => {
        const { hostileServer } = await import('tallywire/testing');
        const server = await hostileServer();
        const tracker = createTracker(createReoClient({ apiKey: 'k', baseUrl: server.url }));
        tracker.track(${event});
        console.log(JSON.stringify((await tracker.close()).sent));
        await server.close();
      });`;
    expect(await outputOf(project, 'mixed.cjs', text)).toBe(1);
  });

  it('the tracker is there without Node’s transport, and without an outbox on disk', async () => {
    const text = `
      import { createRequire } from 'node:module';
      import 'tallywire/tracker';
      const { cache, resolve } = createRequire(import.meta.url);
      const loaded = ['undici', 'lmdb', 'bullmq', 'ioredis', '@opentelemetry/api'];
      console.log(JSON.stringify(loaded.filter((name) => resolve(name) in cache)));`;
    expect(await outputOf(project, 'lean.mjs', text)).toEqual([]);
  });
});
