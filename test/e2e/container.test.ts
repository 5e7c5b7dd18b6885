/** What `containers-and-ci.md` and the Dockerfile show. No container runs here: their commands do. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { run } from '../../scripts/lib/run.ts';
import { pinned } from '../../scripts/release/make.ts';
import { createReoClient } from '../../src/reo/index.ts';
import { createReporteiClient } from '../../src/reportei/index.ts';
import { failure } from '../support/failure.ts';
import { installPackage, type Project, repository } from '../support/package.ts';
import { freePort } from '../support/redis.ts';
import { titledBlocks } from '../support/titled-blocks.ts';

const read = (path: string): Promise<string> => readFile(join(repository, path), 'utf8');

const dockerfile = await read('Dockerfile');
const guide = await read('src/site/guides/containers-and-ci.md');

const block = titledBlocks(guide);

/** `CMD ["a"]` → `['a']`, wherever in an instruction it stands. */
const listOf = (text: string, keyword: string): readonly string[] => {
  const [, list = 'no list'] = new RegExp(`^ *${keyword} (\\[.*\\])$`, 'm').exec(text) ?? [];
  return JSON.parse(list) as string[];
};
const healthCheck = listOf(/^HEALTHCHECK(.*\n)+?.*\]$/m.exec(dockerfile)?.[0] ?? '', 'CMD');
const entryPoint = listOf(dockerfile, 'ENTRYPOINT');
const [defaults] = [...dockerfile.matchAll(/^CMD (\[.*\])$/gm)].map(
  ([, list = '']) => JSON.parse(list) as string[],
);

const instructions = (text: string): string[] =>
  text
    .replaceAll('\\\n', '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

let project: Project;
let port: number;
const running: ChildProcess[] = [];

beforeAll(async () => {
  project = await installPackage();
}, 120_000);
afterAll(() => project[Symbol.asyncDispose]());
afterEach(() => {
  vi.unstubAllEnvs();
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** Where Docker would find programs, with those that the package brings. */
const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${project.folder}/node_modules/.bin:${dirname(process.execPath)}:${process.env.PATH}`,
});

const isHealthy = async (): Promise<boolean> => {
  const [program = '', ...args] = healthCheck.map((part) => part.replace(':4010', `:${port}`));
  const { code } = await run(program, args, { env: environment() });
  return code === 0;
};

/** As a container does, but for the port. */
const start = async (args: readonly string[]): Promise<ChildProcess> => {
  port = await freePort();
  const [program = '', ...first] = entryPoint;
  const all = [...first, ...args, '--port', `${port}`];
  const child = spawn(program, all, { env: environment(), stdio: 'ignore' });
  running.push(child);
  await vi.waitFor(async () => expect(await isHealthy()).toBe(true), { timeout: 15_000 });
  return child;
};

/** The status by which the emulator answers to a name, asked by way of an address. */
const ask = async (path: string, host: string, address = '127.0.0.1'): Promise<number> => {
  const headers = { host, 'x-api-key': 'none' };
  const asked = request({ host: address, port, path, headers }).end();
  const [answer] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }];
  answer.resume();
  return answer.statusCode;
};

describe('the Dockerfile', () => {
  it.each([
    ['of the repository', dockerfile],
    ['of the guide', block('mock/Dockerfile')],
  ])('%s is one', (_name, text) => {
    expect(validate(text)).toEqual([]);
    expect(instructions(text).find((line) => /^(ENV|ARG|ADD)\b/.test(line))).toBeUndefined();
    // Who is not root is so before anything of ours runs.
    expect(text.indexOf('\nUSER node\n')).toBeGreaterThan(text.lastIndexOf('\nRUN '));
    expect(text.indexOf('\nUSER node\n')).toBeLessThan(text.indexOf('\nENTRYPOINT '));
  });

  it('would be told from one with mistakes', () => {
    expect(validate(dockerfile.replace('USER', 'USR'))).toHaveLength(1);
    expect(validate(dockerfile.replace('--interval', '--intervall'))).toHaveLength(1);
  });

  it('is the same in both places, but for where the package is from', () => {
    const same = (text: string): string[] =>
      instructions(text).filter((line) => !/^(COPY|RUN) /.test(line));
    expect(same(block('mock/Dockerfile'))).toEqual(same(dockerfile));
    expect(block('mock/Dockerfile')).toMatch(/ --ignore-scripts .* tallywire@\d+\.\d+\.\d+ /);
  });

  it('is of this version, as a release sets it', async () => {
    const { version } = JSON.parse(await read('package.json')) as { readonly version: string };
    expect(pinned(guide, version)).toBe(guide);
    const folder = 'src/site/guides';
    const names = (await readdir(join(repository, folder))).filter((name) => name.endsWith('.md'));
    const others = names.filter((name) => name !== 'containers-and-ci.md');
    for (const path of ['README.md', ...others.map((name) => `${folder}/${name}`)]) {
      const text = await read(path);
      expect(pinned(text, 'which a release leaves as it is'), path).toBe(text);
    }
  });

  it('gets nothing from here but the package', async () => {
    expect(instructions(await read('.dockerignore'))).toEqual(['*', '!tallywire-*.tgz']);
    expect(dockerfile).toContain('COPY tallywire-*.tgz ');
  });
});

describe('the container', () => {
  it('is healthy while it answers, and ends at once when it is asked to', async () => {
    port = await freePort();
    expect(await isHealthy()).toBe(false);
    const child = await start(defaults ?? []);
    // What others keep open does not hold it.
    const open = request({ host: '127.0.0.1', port, path: '/__mock/stream' }).end();
    open.on('error', () => undefined);
    await once(open, 'response');
    const asked = performance.now();
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(performance.now() - asked).toBeLessThan(5_000);
    expect(await isHealthy()).toBe(false);
  });

  it('answers to the names of its CMD, from wherever they are called', async () => {
    await start(defaults ?? []);
    const addresses = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => address);
    for (const address of ['127.0.0.1', ...addresses]) {
      for (const host of [`mock:${port}`, `localhost:${port}`, `127.0.0.1:${port}`]) {
        expect(await ask('/__mock/health', host, address), `${host} at ${address}`).toBe(200);
      }
      expect(await ask('/__mock/health', 'example.com', address)).toBe(403);
      expect(await ask('/merchants/settings', 'example.com', address)).toBe(403);
    }
    // By its own address: the APIs, which refuse the key, but not the control API.
    for (const address of addresses) {
      expect(await ask('/merchants/settings', `${address}:${port}`, address)).toBe(401);
      expect(await ask('/__mock/health', `${address}:${port}`, address)).toBe(403);
    }
  });
});

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly command?: readonly string[];
        readonly depends_on?: object;
        readonly environment?: Readonly<Record<string, string>>;
        readonly network_mode?: string;
      }
    >
  >;
}

/** What calls of the clients come to in this environment: `network`, where they get as far as that. */
const codes = async (
  variables: Readonly<Record<string, string>> = {},
  allowInsecure = false,
): Promise<readonly string[]> => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const nowhere = () => Promise.reject(new TypeError('there is no network here'));
  const options = { allowInsecure, fetch: nowhere, maxRetries: 0 };
  const event = { activity_type: 'LOGIN', product_id: 'web', user_id: 'a' };
  const calls = [
    createReoClient(options).send({ ...event, user_id_type: 'EMAIL' }),
    createReporteiClient(options).customer().integrations.list().toArray(),
  ];
  const errors = await Promise.all(calls.map((call) => failure(call)));
  return errors.map(({ code }) => code);
};

describe('Compose', () => {
  const { services } = parse(block('compose.yaml')) as Compose;

  it('starts the emulator under its name, and the program when it is healthy', async () => {
    await start(services.mock?.command ?? []);
    expect(await ask('/__mock/health', `mock:${port}`)).toBe(200);
    expect(await ask('/__mock/health', `app:${port}`)).toBe(403);
    expect(services.app?.depends_on).toEqual({ mock: { condition: 'service_healthy' } });
  });

  it('needs a word from the program, since its network is not this machine', async () => {
    const variables = services.app?.environment;
    expect(await codes(variables)).toEqual(['config', 'config']);
    expect(await codes(variables, true)).toEqual(['network', 'network']);
  });

  it('gets that word by a variable that it sets', async () => {
    await project.write('clients.mjs', block('clients.ts'));
    const program = `
      import { connect, reo } from './clients.mjs';
      const event = { activity_type: 'LOGIN', product_id: 'web', user_id: 'a', user_id_type: 'EMAIL' };
      const options = { timeout: 500, maxRetries: 0 };
      const calls = [reo.send(event, options), connect.customers.get('4addc0da-8583-4dbb-a0e9-c7e2e8470f50', options)];
      for (const one of await Promise.allSettled(calls)) console.log(one.reason.code);`;
    const said = async (variables: NodeJS.ProcessEnv | undefined): Promise<readonly string[]> => {
      const args = ['--input-type=module', '-e', program];
      const env = { ...environment(), ...variables };
      const { output } = await run(process.execPath, args, { cwd: project.folder, env });
      return output.trim().split('\n');
    };
    const { USE_EMULATOR, ...others } = services.app?.environment ?? {};
    expect(USE_EMULATOR).toBe('yes');
    expect(await said(others)).toEqual(['config', 'config']);
    for (const code of await said({ ...others, USE_EMULATOR })) {
      expect(['network', 'timeout']).toContain(code);
    }
  });

  it('needs none where both share a network', async () => {
    const other = parse(block('compose.override.yaml')) as Compose;
    expect(other.services.app?.network_mode).toBe('service:mock');
    const variables = { ...services.app?.environment, ...other.services.app?.environment };
    expect(await codes(variables)).toEqual(['network', 'network']);
  });
});

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A usage event by the clients of the installed package, in the environment of a workflow. */
const send = (variables: Readonly<Record<string, string>> = {}) => {
  const program = `
    import { createReoClient } from 'tallywire/reo';
    import { createReporteiClient } from 'tallywire/reportei';
    const reo = createReoClient({ defaults: { product_id: 'web', user_id_type: 'EMAIL' } });
    await reo.send({ activity_type: 'LOGIN', user_id: 'ann@example.com' });
    await createReporteiClient().customer().integrations.list().toArray();`;
  const own = Object.entries(variables).map(([name, value]) => [
    name,
    value.replace(':4010', `:${port}`),
  ]);
  const env = { ...environment(), ...(Object.fromEntries(own) as Record<string, string>) };
  const args = ['--input-type=module', '-e', program];
  return run(process.execPath, args, { cwd: project.folder, env });
};

const shell = (script: string) =>
  run('bash', ['-e', '-c', script.replaceAll(':4010', `:${port}`)], {
    cwd: project.folder,
    env: environment(),
  });

describe('a workflow', () => {
  it('has the emulator as a process', async () => {
    const steps = parse(block('steps of a job')) as readonly Step[];
    const named = (name: string): string => steps.find((step) => step.name === name)?.run ?? '';
    port = await freePort();
    const started = await shell(
      named('Start the emulator')
        .replace('--quiet', `--quiet --port ${port}`)
        .replace('2>&1 &', '2>&1 & echo $! > emulator.pid'),
    );
    const pid = Number(await project.read('emulator.pid'));
    try {
      expect(started).toEqual({ code: 0, output: '' });
      const variables = steps.find((step) => step.run === 'npm test')?.env;
      expect(await send(variables)).toEqual({ code: 0, output: '' });
      const { output } = await shell(named('What was asked, and answered'));
      expect(output.trim().split('\n')).toHaveLength(2);
      expect(output).toContain('ann@example.com');
      expect(output).not.toContain(variables?.REO_API_KEY);
    } finally {
      process.kill(pid);
    }
  });

  it('has it as a service, under the names that the image allows', async () => {
    const { jobs } = parse(block('.github/workflows/test.yml')) as {
      readonly jobs: {
        readonly test: {
          readonly env: Readonly<Record<string, string>>;
          readonly steps: readonly Step[];
        };
      };
    };
    for (const { uses } of jobs.test.steps) {
      if (uses !== undefined) expect(uses).toMatch(/@[\da-f]{40}$/);
    }
    await start(defaults ?? []);
    expect(await send(jobs.test.env)).toEqual({ code: 0, output: '' });
    const { output } = await shell(jobs.test.steps.at(-1)?.run ?? '');
    expect(output.trim().split('\n')).toHaveLength(2);
    const [, patch = ''] = /`(curl -X PATCH .*?)`/.exec(guide) ?? [];
    const changed = await shell(patch.replace('curl', 'curl -sS -f'));
    expect(JSON.parse(changed.output)).toMatchObject({ strict: true });
  });
});
