/** Bun, Deno and workerd, fetched at the first use: nothing else needs them. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { mustRun, root } from '../../scripts/lib/run.ts';

const packages = { bun: '1.4.5', deno: '2.9.6', workerd: '1.20261117.1' } as const;

export type Runtime = keyof typeof packages;

const versions = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
const folder = join(root, '.cache', `runtimes-${versions.join('-').replaceAll('@', '_')}`);

/** Where the packages of the platforms have their programs: the others only lead there. */
const programs: Readonly<Record<Runtime, readonly [scope: string, path: string]>> = {
  bun: ['@oven', 'bin/bun'],
  deno: ['@deno', 'deno'],
  workerd: ['@cloudflare', 'bin/workerd'],
};

const install = async (): Promise<void> => {
  if (existsSync(folder)) return;
  const draft = `${folder}-${process.pid}`;
  await mkdir(draft, { recursive: true });
  await writeFile(join(draft, 'package.json'), '{"private":true}');
  try {
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'];
    await mustRun('npm', ['install', ...quiet, ...versions], { cwd: draft });
    // Whole or not at all: a test that was stopped in between leaves nothing half done.
    await rename(draft, folder).catch((error: unknown) => {
      // Another run was quicker.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
};

/** @throws Error that says why there is none. */
export const programOf = async (runtime: Runtime): Promise<string> => {
  await install();
  const [scope, path] = programs[runtime];
  const platforms = await readdir(join(folder, 'node_modules', scope));
  const found = platforms
    .map((name) => join(folder, 'node_modules', scope, name, path))
    .find((file) => existsSync(file));
  if (found === undefined) throw new Error(`${runtime} has no program for this platform`);
  return found;
};

export interface Running extends AsyncDisposable {
  readonly origin: string;
  readonly output: () => string;
}

/**
 * Starts a server, and waits until it prints `"port":1234` or `port 1234`, on its output or on the
 * third channel.
 */
export const serve = async (program: string, args: readonly string[]): Promise<Running> => {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', HOME: folder, DENO_NO_UPDATE_CHECK: '1' },
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  let output = '';
  const port = await new Promise<string>((resolve, reject) => {
    for (const stream of child.stdio.slice(1) as Readable[]) {
      stream.on('data', (chunk) => {
        output += chunk;
        const [, found] = /port"?:? ?(\d+)\D/.exec(output) ?? [];
        if (found !== undefined) resolve(found);
      });
    }
    child.once('error', reject);
    child.once('close', () => reject(new Error(`it ended:\n${output}`)));
    setTimeout(() => reject(new Error(`it did not listen:\n${output}`)), 30_000).unref();
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { origin: `http://127.0.0.1:${port}`, output: () => output, [Symbol.asyncDispose]: stop };
};
