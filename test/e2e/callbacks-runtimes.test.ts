import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/lib/run.ts';
import { createCallbacks, type PreparedWebhook } from '../../src/reportei/callbacks/index.ts';
import { settings, views } from '../support/callbacks-app.ts';
import { programOf, type Running, type Runtime, serve } from '../support/runtimes.ts';

let folder = '';
const why: Partial<Record<Runtime, string>> = {};
const running: Record<string, Running> = {};

const inBun = `Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: app })`;
const inDeno = `Deno.serve({ port: 0, hostname: '127.0.0.1', onListen: ({ port }) => console.log('port', port) }, app)`;
const onNodeHttp = `const server = createServer(listener).listen(0, '127.0.0.1', () => console.log('port', server.address().port))`;

const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker", esModule = embed "workerd.mjs"), (name = "app.mjs", esModule = embed "app.mjs")],
    compatibilityDate = "2024-01-01",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;

/** What each runtime is given beside the receiver. */
const programs: Readonly<
  Record<
    string,
    { runtime: Runtime; files: Record<string, string>; args: (folder: string) => string[] }
  >
> = {
  Bun: {
    runtime: 'bun',
    files: { 'bun.mjs': `import { app } from './app.mjs'; console.log('port', (${inBun}).port);` },
    args: (folder) => ['run', join(folder, 'bun.mjs')],
  },
  'Bun with node:http': {
    runtime: 'bun',
    files: {
      'bun-http.mjs': `import { createServer } from 'node:http'; import { listener } from './app.mjs'; ${onNodeHttp};`,
    },
    args: (folder) => ['run', join(folder, 'bun-http.mjs')],
  },
  Deno: {
    runtime: 'deno',
    files: { 'deno.mjs': `import { app } from './app.mjs'; ${inDeno};` },
    args: (folder) => [
      'run',
      '--no-prompt',
      '--no-remote',
      '--allow-net=127.0.0.1',
      join(folder, 'deno.mjs'),
    ],
  },
  'Deno with node:http': {
    runtime: 'deno',
    files: {
      'deno-http.mjs': `import { createServer } from 'node:http'; import { listener } from './app.mjs'; ${onNodeHttp};`,
    },
    args: (folder) => [
      'run',
      '--no-prompt',
      '--no-remote',
      '--allow-net=127.0.0.1',
      join(folder, 'deno-http.mjs'),
    ],
  },
  workerd: {
    runtime: 'workerd',
    files: {
      'workerd.mjs': `import { app } from './app.mjs'; export default { fetch: (request) => app(request) };`,
      'workerd.capnp': config,
    },
    args: (folder) => ['serve', '--control-fd=3', join(folder, 'workerd.capnp')],
  },
};

/** The receiver in one file that imports nothing. */
const bundle = async (): Promise<string> => {
  const build = await rolldown({
    input: join(root, 'test/support/callbacks-app.ts'),
    platform: 'neutral',
    tsconfig: false,
  });
  const { output } = await build.generate({ format: 'esm', codeSplitting: false });
  await build.close();
  return output[0].code;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallywire-runtimes-'));
  const code = await bundle();
  expect(code).not.toMatch(/^import\b|\bimport\(|\brequire\(/m);
  await writeFile(join(folder, 'app.mjs'), code);
  for (const [name, { runtime, files, args }] of Object.entries(programs)) {
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
    const program = await programOf(runtime).catch((error: Error) => {
      why[runtime] = `${runtime} is not to be had here: ${error.message}`;
    });
    if (program !== undefined) running[name] = await serve(program, args(folder));
  }
}, 600_000);

afterAll(async () => {
  await Promise.all(Object.values(running).map((one) => one[Symbol.asyncDispose]()));
  await rm(folder, { recursive: true, force: true });
});

const here = createCallbacks(settings);

const bodyFor = ({ ids }: Pick<PreparedWebhook<'views'>, 'ids'>): string =>
  JSON.stringify({ data: { [ids.views]: { values: '7' } } });

interface Seen {
  readonly deliveries: readonly { readonly jobId: string; readonly outcomes: unknown }[];
  readonly errors: readonly string[];
}

describe.each(Object.entries(programs))('%s', (name, { runtime }) => {
  const from = (skip: (reason: string) => never): Running =>
    running[name] ?? skip(why[runtime] ?? 'it did not start');
  const json = { 'content-type': 'application/json' };
  const send = ({ origin }: Running, url: string, body: string, headers = json) =>
    fetch(`${origin}/hook${new URL(url).search}`, { method: 'POST', headers, body });
  const seen = async ({ origin }: Running): Promise<Seen> =>
    (await (await fetch(`${origin}/seen`)).json()) as Seen;

  it('takes what was prepared here, at once and many at a time', async ({ skip }) => {
    const it = from(skip);
    const webhooks = await Promise.all(
      Array.from({ length: 8 }, () => here.prepare(views, { context: 'Zoë' })),
    );
    const answers = await Promise.all(
      webhooks.map((webhook) => send(it, webhook.url, bodyFor(webhook))),
    );
    expect(answers.map(({ status }) => status)).toEqual(webhooks.map(() => 200));
    const { deliveries, errors } = await seen(it);
    expect(errors).toEqual([]);
    expect(deliveries.map(({ jobId }) => jobId).toSorted()).toEqual(
      webhooks.map(({ jobId }) => jobId).toSorted(),
    );
    expect(deliveries[0]).toMatchObject({
      set: 'views',
      context: 'Zoë',
      outcomes: { views: { ok: true, value: 7 } },
    });
  });

  it('prepares what is taken here', async ({ skip }) => {
    const { origin } = from(skip);
    const webhook = (await (await fetch(`${origin}/prepare`)).json()) as PreparedWebhook<'views'>;
    const request = new Request(webhook.url, {
      method: 'POST',
      headers: json,
      body: bodyFor(webhook),
    });
    expect(await here.receive(request)).toMatchObject({ jobId: webhook.jobId, context: 'Zoë' });
  });

  it('refuses as it does here', async ({ skip }) => {
    const it = from(skip);
    const before = (await seen(it)).deliveries.length;
    const webhook = await here.prepare(views);
    const expired = await createCallbacks({ ...settings, ttl: 1_000 }).prepare(views);
    const body = bodyFor(webhook);
    const statuses = async (...asked: readonly Promise<Response>[]): Promise<number[]> =>
      (await Promise.all(asked)).map(({ status }) => status);
    expect(
      await statuses(
        send(it, `${webhook.url}A`, body),
        send(it, `${webhook.url}=`, body),
        send(it, webhook.url, '{}'),
        send(it, webhook.url, '{'),
        send(it, webhook.url, ' '.repeat(2_000)),
        send(it, webhook.url, body, { 'content-type': 'text/plain' }),
        fetch(`${it.origin}/hook${new URL(webhook.url).search}`),
      ),
    ).toEqual([404, 404, 404, 400, 413, 415, 405]);
    await expect
      .poll(async () => (await send(it, expired.url, bodyFor(expired))).status, { timeout: 5_000 })
      .toBe(410);
    const after = await seen(it);
    expect(after.errors).toEqual([]);
    expect(after.deliveries.slice(before).every(({ jobId }) => jobId === expired.jobId)).toBe(true);
  });
});
