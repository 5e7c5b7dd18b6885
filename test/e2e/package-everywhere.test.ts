/** The packed package where its users are: every entry is loaded and used, against servers. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { EdgeVM } from '@edge-runtime/vm';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { laterNodes, nodeOf, oldestNode } from '../../scripts/lib/fetched.ts';
import { run } from '../../scripts/lib/run.ts';
import { INTEGRATIONS, type MockServer, startMockServer } from '../../src/mock/index.ts';
import { chromiumPath, launchChromium, noChromium } from '../support/chromium.ts';
import {
  noDiskProgram,
  nodeProgram,
  nodeResult,
  portableProgram,
  portableResult,
} from '../support/everywhere.ts';
import { installPackage, link, optionalPackages, type Project } from '../support/package.ts';
import { type RedisServer, skipRedis, startRedis } from '../support/redis.ts';
import { programOf, serve } from '../support/runtimes.ts';

const integration = INTEGRATIONS.instagram_business;
/** What the page in the browser is served as. */
let page = '';
let pages: Server;
let mock: MockServer;
let project: Project;
let redis: RedisServer | undefined;

beforeAll(async () => {
  pages = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end(page);
  }).listen(0, '127.0.0.1');
  await once(pages, 'listening');
  mock = await startMockServer({ cors: [origin()] });
  if (!skipRedis) redis = await startRedis();
  project = await installPackage();
  await link(project, optionalPackages);
}, 180_000);
afterAll(async () => {
  pages.close();
  await mock.close();
  await redis?.end();
  await project[Symbol.asyncDispose]();
});

const origin = (): string => `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;

const loads = {
  imports: ['mjs', 'const load = (name) => import(name);'],
  requires: ['cjs', 'const load = async (name) => require(name);'],
} as const;

type Loads = keyof typeof loads;

const nodes = [process.version, ...(process.env.LONG ? [oldestNode, ...laterNodes] : [])];

/** A program, and what stands before the file's name. */
const programs: Readonly<Record<string, () => Promise<readonly [string, ...string[]]>>> = {
  ...Object.fromEntries(
    nodes.map((version) => [
      `Node ${version}`,
      async () => [version === process.version ? process.execPath : await nodeOf(version)],
    ]),
  ),
  Bun: async () => [await programOf('bun'), 'run'],
  Deno: async () => [await programOf('deno'), 'run', '--no-prompt', '--allow-all'],
};

const cases = Object.keys(programs).flatMap((name) =>
  // What requires on one of them requires on the others, but for the long run.
  (name.startsWith('Node') || process.env.LONG
    ? (['imports', 'requires'] as const)
    : (['imports'] as const)
  ).map((how): readonly [string, Loads] => [name, how]),
);

describe('where there is a disk', () => {
  it.each(cases)(
    '%s %s every entry',
    async (name, how) => {
      const [program, ...args] = (await programs[name]?.()) ?? [''];
      const [ending, load] = loads[how];
      const file = `${name}-${how}.${ending}`.replace(' ', '-');
      const given = {
        url: mock.url,
        integration,
        outbox: `./usage-${file.replaceAll('.', '-')}`,
        redisPort: redis?.port,
      };
      await project.write(
        file,
        `${load}${portableProgram}${nodeProgram}
      const given = ${JSON.stringify(given)};
      const main = async () => ({ ...(await usePortable(load, given)), ...(await useNode(load, given)) });
      main().then((result) => console.log(JSON.stringify(result)));`,
      );
      const { code, output } = await run(program, [...args, file], {
        cwd: project.folder,
        timeout: 60_000,
      });
      expect(code, output).toBe(0);
      expect(JSON.parse(output)).toEqual({
        ...portableResult,
        ...nodeResult,
        ...(redis && { delivered: true }),
        sent: 1,
      });
    },
    120_000,
  );
});

/** One file of the portable entries that imports nothing, and puts `use` where the text says. */
const bundle = async (conditions: readonly string[], last: string): Promise<string> => {
  const entries = ['', '/reo', '/reportei', '/reportei/callbacks', '/tracker'];
  const file = `portable-${conditions.join('-')}.mjs`;
  await project.write(
    file,
    `${entries.map((entry, at) => `import * as entry${at} from 'tallywire${entry}';`).join('\n')}
    const loaded = { ${entries.map((entry, at) => `'tallywire${entry}': entry${at}`).join(', ')} };
    const load = async (name) => loaded[name];
    ${portableProgram}${noDiskProgram}
    const use = async (given) => ({ ...(await usePortable(load, given)), disk: await askForDisk(load, given) });
    ${last}`,
  );
  const build = await rolldown({
    cwd: project.folder,
    input: join(project.folder, file),
    platform: 'neutral',
    resolve: { conditionNames: [...conditions, 'import'], mainFields: ['module', 'main'] },
  });
  const { output } = await build.generate({ format: 'esm', codeSplitting: false });
  await build.close();
  const [{ code, imports }] = output;
  expect(imports).toEqual([]);
  expect(/(from|import|require)\s*\(?\s*['"](undici|node:)/.exec(code)).toBeNull();
  return code;
};

const given = () => ({ url: mock.url, integration });

describe('where there is none', () => {
  const result = { ...portableResult, disk: ['outbox', true] };

  it('workerd', async () => {
    const last = `export default {
      fetch: async (request) => Response.json(await use(await request.json())),
    };`;
    await project.write('worker.mjs', await bundle(['workerd'], last));
    await project.write(
      'workerd.capnp',
      `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker", esModule = embed "worker.mjs")],
      compatibilityDate = "2024-01-01",
    )),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`,
    );
    const args = ['serve', '--control-fd=3', join(project.folder, 'workerd.capnp')];
    await using running = await serve(await programOf('workerd'), args);
    const answer = await fetch(running.origin, { method: 'POST', body: JSON.stringify(given()) });
    expect(answer.status, running.output()).toBe(200);
    expect(await answer.json()).toEqual(result);
  }, 60_000);

  it('edge-runtime', async () => {
    const vm = new EdgeVM();
    vm.evaluate(await bundle(['edge-light'], 'globalThis.use = use;'));
    const text: string = await vm.evaluate(
      `use(${JSON.stringify(given())}).then((result) => JSON.stringify(result))`,
    );
    expect(JSON.parse(text)).toEqual(result);
  }, 60_000);

  it('a page in a browser', async ({ skip }) => {
    skip(chromiumPath === undefined, noChromium);
    const script = await bundle(['browser'], 'globalThis.use = use;');
    page = `<!doctype html><meta charset="utf-8"><script type="module">${script.replaceAll('</script', '<\\/script')}</script>`;
    await using browser = await launchChromium();
    const tab = await browser.newPage();
    const errors: Error[] = [];
    tab.on('pageerror', (error) => errors.push(error));
    await tab.goto(origin());
    await tab.waitForFunction('globalThis.use !== undefined');
    expect(await tab.evaluate(`use(${JSON.stringify(given())})`)).toEqual(result);
    expect(errors).toEqual([]);
  }, 60_000);
});
