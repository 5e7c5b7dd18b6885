import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../../src/mock/index.ts';

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

let mock: MockServer;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  mock = await startMockServer();
  environment = {
    ...process.env,
    REO_BASE_URL: mock.url,
    REO_API_KEY: mock.keys.reo,
    REPORTEI_BASE_URL: mock.url,
    REPORTEI_TOKEN: mock.keys.merchant,
    REPORTEI_CUSTOMER_TOKEN: mock.keys.customer,
  };
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
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

afterAll(() => mock.close());

describe('README', () => {
  it('has snippets that compile against the built package', async () => {
    const tsc = `${root}node_modules/typescript/bin/tsc`;
    const { stdout } = await run(process.execPath, [tsc, '-p', folder]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe('');
  });

  it.each(
    snippets.map((code, i) => [/from 'tallywire.*\n\n?(.*)/.exec(code)?.[1] ?? '', i] as const),
  )('runs the snippet that begins with %s', async (_, i) => {
    const tsx = `${root}node_modules/tsx/dist/cli.mjs`;
    const config = ['--tsconfig', `${folder}tsconfig.json`];
    const snippet = [tsx, ...config, `${folder}snippet-${i}.ts`];
    const { stdout, stderr } = await run(process.execPath, snippet, { env: environment });
    expect(stdout + stderr).not.toBe('');
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
