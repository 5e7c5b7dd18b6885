import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../../src/mock/index.ts';
import { type RedisServer, skipRedis, startRedis } from '../support/redis.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Inside the project, so that `tallywire` is the built package, as its exports say. */
const folder = `${root}.cache/readme/`;

const readme = await readFile(`${root}README.md`, 'utf8');
const blocks = [...readme.matchAll(/```(\w*)\n(.*?)```/gs)].map(([, language, code = '']) => ({
  language,
  code,
}));
const snippets = blocks.filter(({ language }) => language === 'ts').map(({ code }) => code);

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

let mock: MockServer;
let redis: RedisServer | undefined;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  mock = await startMockServer();
  redis = skipRedis ? undefined : await startRedis('--maxmemory-policy', 'noeviction');
  environment = {
    ...process.env,
    REO_BASE_URL: mock.url,
    REO_API_KEY: mock.keys.reo,
    REPORTEI_BASE_URL: mock.url,
    REPORTEI_TOKEN: mock.keys.merchant,
    REPORTEI_CUSTOMER_TOKEN: mock.keys.customer,
    CALLBACK_SECRET: 'a secret of the tests, of more than 32 bytes',
    REDIS_PORT: String(redis?.port),
  };
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // Replayed by a command that is shown after the one that records.
  await writeFile(`${folder}answers.ndjson`, '');
  await writeFile(
    `${folder}usage.ndjson`,
    '{"activity_type":"LOGIN","user_id":"ann@example.com","event_at":"2024-01-01T12:00:00Z"}\n',
  );
  await Promise.all(snippets.map((code, i) => writeFile(`${folder}snippet-${i}.ts`, code)));
  const compilerOptions = {
    module: 'NodeNext',
    target: 'ES2022',
    strict: true,
    noEmit: true,
    types: ['node'],
    lib: ['ES2023', 'DOM'],
    paths: {},
  };
  await writeFile(`${folder}tsconfig.json`, JSON.stringify({ compilerOptions, include: ['*.ts'] }));
});

afterAll(async () => {
  await mock.close();
  await redis?.end();
});

describe('README', () => {
  it('has snippets that compile against the built package', async () => {
    const tsc = `${root}node_modules/typescript-7/bin/tsc`;
    const { stdout } = await run(process.execPath, [tsc, '-p', folder]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe('');
  });

  for (const [i, code] of snippets.entries()) {
    const begin = /from 'tallywire.*\n\n?(.*)/.exec(code)?.[1];
    const needsRedis = code.includes('REDIS_PORT');
    it.skipIf(needsRedis && skipRedis)(
      `runs snippet ${i}, which begins with ${begin}`,
      async () => {
        const tsx = `${root}node_modules/tsx/dist/cli.mjs`;
        const config = ['--tsconfig', `${folder}tsconfig.json`];
        const snippet = [tsx, ...config, `${folder}snippet-${i}.ts`];
        const options = { env: environment, cwd: folder };
        const { stdout, stderr } = await run(process.execPath, snippet, options);
        expect(stdout + stderr).not.toBe('');
      },
    );
  }

  const shell = blocks.filter(({ language }) => language === 'sh').map(({ code }) => code);
  const joined = shell.join('\n').replaceAll('\\\n', ' ').split('\n');

  it.each(joined.filter((line) => line.startsWith('npx tallywire mock')))(
    'starts the emulator by: %s',
    async (line) => {
      // In a folder of its own: some write files, and others read them.
      const cli = `"${process.execPath}" "${root}dist/cli.js"`;
      const command = line.replace('npx tallywire', cli);
      const child = spawn('sh', ['-c', `exec ${command} --port 0`], { cwd: folder });
      child.stdout.setEncoding('utf8');
      child.stderr.setEncoding('utf8');
      let output = '';
      const ready = new Promise<void>((resolve) => {
        for (const stream of [child.stdout, child.stderr]) {
          stream.on('data', (text: string) => {
            output += text;
            if (output.includes('listening on')) resolve();
          });
        }
        child.on('close', () => resolve());
      });
      await ready;
      child.kill('SIGKILL');
      expect(output).toMatch(/^listening on /m);
    },
  );

  it('has commands for payloads that work, one after another', async () => {
    const lines = joined.filter((line) => /^npx tallywire (types|metrics)/.test(line));
    const queries = [
      { reference_key: 'ig:story_replies', component: 'number_v1', metrics: ['replies'] },
    ];
    await writeFile(`${folder}payload.json`, JSON.stringify({ metrics: queries }));
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) {
      const command = line.replace('npx tallywire', `"${process.execPath}" "${root}dist/cli.js"`);
      await run('sh', ['-c', command], { cwd: folder, env: environment });
    }
    expect(await readFile(`${folder}dashboard.ts`, 'utf8')).toContain("number('ig:story_replies'");
    expect(await readFile(`${folder}report.html`, 'utf8')).toContain('<!doctype html>');
  });

  it('has commands for usage that work, one after another', async () => {
    const lines = joined.filter((line) => /^npx tallywire (send|outbox)/.test(line));
    expect(lines.length).toBeGreaterThan(4);
    const before = mock.usage.events().length;
    for (const line of lines) {
      const command = line.replace('npx tallywire', `"${process.execPath}" "${root}dist/cli.js"`);
      await run('sh', ['-c', command], { cwd: folder, env: environment });
    }
    expect(mock.usage.events().length - before).toBe(1);
  });

  it.each(joined.filter((line) => line.startsWith('curl ')))('asks by: %s', async (line) => {
    const command = line.replace('http://127.0.0.1:4010', mock.url).replace('curl', 'curl -sS -f');
    const { stdout } = await run('sh', ['-c', command], { cwd: folder });
    if (!command.includes(' > ')) expect(() => void JSON.parse(stdout)).not.toThrow();
    mock.reset();
  });

  it('has a recipe for CI that works', async () => {
    const port = await freePort();
    const recipe = shell.find((code) => code.includes('MOCK=$!')) ?? '';
    const commands = recipe
      .replace(
        'node_modules/.bin/tallywire mock',
        `"${process.execPath}" "${root}dist/cli.js" mock`,
      )
      .replace('--quiet', `--quiet --port ${port}`)
      .replaceAll(':4010', `:${port}`)
      .replace('npm test', `curl -sf http://127.0.0.1:${port}/nowhere`);
    await run('sh', ['-c', commands], { cwd: folder });
    const exported = await readFile(`${folder}requests.ndjson`, 'utf8');
    expect(exported.split('\n').filter(Boolean)).toHaveLength(1);
    await expect(fetch(`http://127.0.0.1:${port}/__mock/health`)).rejects.toThrow();
  });

  it('names no command that does not exist', async () => {
    const { scripts } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...readme.matchAll(/npm (?:run )?([a-z:]+)/g)].map(([, name = '']) => name);
    const own = named.filter((name) => !['ci', 'install', 'run'].includes(name));
    expect(own.length).toBeGreaterThan(2);
    for (const name of own) expect(Object.keys(scripts)).toContain(name);
  });
});
