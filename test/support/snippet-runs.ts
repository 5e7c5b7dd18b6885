/** Compiles the samples of pages, and runs them as plain JavaScript against an emulator of their own. */
import { execFile, spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root, run } from '../../scripts/lib/run.ts';
import { startMockServer } from '../../src/mock/index.ts';
import { freePort } from './redis.ts';
import type { MarkdownPage, Sample } from './snippets.ts';

/** Inside the project, so that `tallywire` is the built package, as its exports say; of this run alone. */
const folder = `${root}.cache/samples-${process.pid}/`;

export const folderOf = (page: MarkdownPage): string => `${folder}${page.name}/`;

export const removeSamples = (): Promise<void> => rm(folder, { recursive: true, force: true });

const folderOfSample = (page: MarkdownPage, sample: Sample): string =>
  join(folderOf(page), String(sample.line));

const compilerOptions = {
  module: 'NodeNext',
  moduleDetection: 'force',
  target: 'ES2022',
  lib: ['ES2023', 'DOM'],
  types: ['node'],
  strict: true,
  // The package's own declarations are checked by test/e2e/package-types.test.ts.
  skipLibCheck: true,
  inlineSourceMap: true,
  rewriteRelativeImportExtensions: true,
};

/** What readers may have at hand when they type a command. */
const writeInputs = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const query = { reference_key: 'ig:story_replies', component: 'number_v1', metrics: ['replies'] };
  const files = {
    'payload.json': JSON.stringify({ metrics: [query] }),
    'usage.ndjson':
      '{"activity_type":"LOGIN","user_id":"ann@example.com","event_at":"2024-01-01T12:00:00Z"}\n',
    // Replayed by a command that is shown after the one that records.
    'answers.ndjson': '',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
};

/**
 * Writes the samples of pages to folders and compiles them all at once. What the compiler says names
 * `page/sample/file(line)`, and the line is that of the page.
 */
export const compile = async (pages: readonly MarkdownPage[]): Promise<readonly string[]> => {
  await removeSamples();
  for (const page of pages) {
    await writeInputs(folderOf(page));
    for (const sample of page.samples) {
      for (const { name, line, code } of sample.files) {
        const path = join(folderOfSample(page, sample), name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, '\n'.repeat(line - 1) + code);
      }
    }
  }
  const config = `${folder}tsconfig.json`;
  await writeFile(config, JSON.stringify({ compilerOptions, include: ['**/*.ts'] }));
  const args = ['node_modules/typescript-7/bin/tsc', '-p', config, '--pretty', 'false'];
  const { output } = await run(process.execPath, args);
  return output
    .split(/\n(?=\S)/)
    .filter((text) => text.trim() !== '')
    .map((text) => text.replace(/^\.cache\/samples-\d+\//, ''));
};

/** An emulator, and the environment in which its clients find it. */
export const startEmulator = async (redisPort: number | undefined) => {
  const mock = await startMockServer();
  const port = await freePort();
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    REO_BASE_URL: mock.url,
    REO_API_KEY: mock.keys.reo,
    REPORTEI_BASE_URL: mock.url,
    REPORTEI_TOKEN: mock.keys.merchant,
    REPORTEI_CUSTOMER_TOKEN: mock.keys.customer,
    CALLBACK_SECRET: 'a secret of the tests, of more than 32 bytes',
    REDIS_PORT: String(redisPort),
    PORT: String(port),
    NODE_OPTIONS: '',
  };
  return {
    mock,
    environment,
    [Symbol.asyncDispose]: () => mock.close(),
  };
};

export type Emulator = Awaited<ReturnType<typeof startEmulator>>;

/** What a sample prints. Throws when it fails, or does not end. */
export const runSample = async (
  page: MarkdownPage,
  sample: Sample,
  redisPort: number | undefined,
): Promise<string> => {
  await using emulator = await startEmulator(redisPort);
  const entry = sample.entry.replace(/ts$/, 'js');
  const options = {
    cwd: folderOfSample(page, sample),
    env: emulator.environment,
    timeout: 120_000,
    killSignal: 'SIGKILL',
  } as const;
  const args = ['--enable-source-maps', entry];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, options);
  return stdout + stderr;
};

export const needsRedis = ({ files }: Sample): boolean =>
  files.some(({ code }) => code.includes('REDIS_PORT'));

const cli = `"${process.execPath}" "${root}dist/cli.js"`;

/** Leaves a record in `./outbox`, as a service does that was killed while nobody answered. */
export const fillOutbox = async (folder: string): Promise<void> => {
  const program = `
    import { createReoClient } from 'tallywire/reo';
    import { createTracker } from 'tallywire/tracker';
    const defaults = { product_id: 'web', user_id_type: 'EMAIL' };
    const reo = createReoClient({ apiKey: 'any', baseUrl: 'http://127.0.0.1:1', defaults });
    const tracker = createTracker(reo, { outbox: ${JSON.stringify(join(folder, 'outbox'))} });
    await tracker.put({ activity_type: 'LOGIN', user_id: 'ann@example.com' });
    process.exit(0);`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    cwd: root,
  });
};

/** Runs a command of the package, or one that asks the emulator; what it prints. */
export const runCommand = async (
  text: string,
  folder: string,
  { mock, environment }: Emulator,
): Promise<string> => {
  const command = text
    .replace(/^npx tallywire/, cli)
    .replace(/^curl /, 'curl -sS -f ')
    .replaceAll('http://127.0.0.1:4010', mock.url);
  const options = { cwd: folder, env: environment, timeout: 120_000 };
  const { stdout } = await promisify(execFile)('sh', ['-c', command], options);
  return stdout;
};

/** Starts the emulator as a reader would, but for the port; what it prints until it listens. */
export const startByCommand = async (text: string, folder: string): Promise<string> => {
  const command = text
    .replace(/^npx tallywire mock/, `exec ${cli} mock --port 0`)
    .replace(/ --port [1-9]\d*/, '')
    .replace(/ *& *$/, '');
  const child = spawn('sh', ['-c', command], { cwd: folder });
  let output = '';
  await new Promise<void>((resolve) => {
    for (const stream of [child.stdout.setEncoding('utf8'), child.stderr.setEncoding('utf8')]) {
      stream.on('data', (text: string) => {
        output += text;
        if (output.includes('listening on')) resolve();
      });
    }
    child.on('close', () => resolve());
  });
  child.kill('SIGKILL');
  return output;
};
