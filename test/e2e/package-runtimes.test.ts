import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../scripts/lib/run.ts';
import { answers, hostileServer } from '../../src/testing/index.ts';
import { installPackage, link, type Project } from '../support/package.ts';
import { programOf, serve } from '../support/runtimes.ts';

let project: Project;
beforeAll(async () => {
  project = await installPackage();
  await link(project, ['lmdb', 'email-providers']);
}, 180_000);
afterAll(() => project[Symbol.asyncDispose]());

const event = `({
  source: 'PRODUCT_CLOUD', activity_type: 'login', product_id: 'p', user_id: 'jo@acme.com', user_id_type: 'EMAIL',
})`;

describe('on workerd', () => {
  const worker = `
    import { createReoClient } from 'tallywire/reo';
    import { createTracker } from 'tallywire/tracker';
    export default {
      async fetch(request, env, context) {
        const baseUrl = new URL(request.url).searchParams.get('to');
        const reo = createReoClient({ apiKey: 'k', baseUrl });
        const tracker = createTracker(reo, { waitUntil: (promise) => context.waitUntil(promise) });
        for (let i = 0; i < 20; i += 1) tracker.track(${event});
        for (let i = 0; i < 20; i += 1) {
          tracker.count({ mode: 'DOMAIN', source: 'PRODUCT_CLOUD', activity_type: 'b', product_id: 'p', domain: 'acme.com' });
        }
        const onDisk = createTracker(reo, { outbox: 'usage', hooks: { degraded() {} } });
        const refusal = await onDisk.ready().catch((error) => error);
        const { sent, complete } = await tracker.flush();
        return Response.json({ sent, complete, calls: tracker.stats().sent.calls, refusal: refusal.message });
      },
    };`;
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker", esModule = embed "workerd-bundle.mjs")],
      compatibilityDate = "2024-01-01",
    )),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;

  it('the tracker sends, and says that there is no disk', async ({ skip }) => {
    const workerd = await programOf('workerd').catch((error: unknown) => String(error));
    skip(!workerd.startsWith('/'), workerd);
    await project.write('worker.mjs', worker);
    await project.write('workerd.capnp', config);
    const build = await rolldown({
      cwd: project.folder,
      input: join(project.folder, 'worker.mjs'),
      platform: 'neutral',
      resolve: { conditionNames: ['workerd', 'import'], mainFields: ['module', 'main'] },
    });
    const { output } = await build.generate({ format: 'esm', codeSplitting: false });
    await build.close();
    await writeFile(join(project.folder, 'workerd-bundle.mjs'), output[0].code);

    await using api = await hostileServer(answers.status(503), answers.taken);
    const args = ['serve', '--control-fd=3', join(project.folder, 'workerd.capnp')];
    await using running = await serve(workerd, args);
    const answer = await fetch(`${running.origin}/?to=${encodeURIComponent(api.url)}`);
    expect(answer.status, running.output()).toBe(200);
    expect(await answer.json()).toEqual({
      sent: 21,
      complete: true,
      calls: 40,
      refusal: expect.stringContaining('Node.js'),
    });
    expect(api.eventIds().size).toBe(21);
  });
});

describe.each([
  ['bun', ['run']],
  ['deno', ['run', '--no-prompt', '--allow-all']],
] as const)('on %s', (runtime, args) => {
  it('the tracker sends from an outbox on disk', async ({ skip }) => {
    const program = await programOf(runtime).catch((error: unknown) => String(error));
    skip(!program.startsWith('/'), program);
    await using api = await hostileServer(answers.status(503), answers.taken);
    const text = `
      import { createReoClient } from 'tallywire/reo';
      import { createTracker } from 'tallywire/tracker';
      import { companyDomain } from 'tallywire/tracker/domain';
      import { drainOnExit } from 'tallywire/tracker/exit';
      const reo = createReoClient({ apiKey: 'k', baseUrl: '${api.url}' });
      const tracker = createTracker(reo, { outbox: './usage-${runtime}' });
      drainOnExit(tracker)();
      await tracker.ready();
      await tracker.put(${event});
      const { sent } = await tracker.close();
      console.log(JSON.stringify([sent, tracker.stats().scope, companyDomain('jo@acme.com')]));`;
    await project.write(`${runtime}.mjs`, text);
    const { output } = await run(program, [...args, `${runtime}.mjs`], { cwd: project.folder });
    expect(output.trim()).toBe('[1,"store","acme.com"]');
    expect(api.eventIds().size).toBe(1);
  });
});
