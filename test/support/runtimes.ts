/** Bun, Deno and workerd, fetched at the first use: nothing else needs them. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { fetched } from '../../scripts/lib/fetched.ts';
import { root } from '../../scripts/lib/run.ts';

export type Runtime = 'bun' | 'deno' | 'workerd';

const versions: Readonly<Record<Runtime, string>> = {
  bun: '1.4.5',
  deno: '2.9.6',
  workerd: '1.20261117.1',
};

/** Where the packages of the platforms have their programs: the others only lead there. */
const programs: Readonly<Record<Runtime, readonly [scope: string, path: string]>> = {
  bun: ['@oven', 'bin/bun'],
  deno: ['@deno', 'deno'],
  workerd: ['@cloudflare', 'bin/workerd'],
};

/** @throws Error that says why there is none. */
export const programOf = async (runtime: Runtime): Promise<string> => {
  const modules = dirname(await fetched(`${runtime}@${versions[runtime]}`));
  const [scope, path] = programs[runtime];
  const platforms = await readdir(join(modules, scope));
  const found = platforms
    .map((name) => join(modules, scope, name, path))
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
    env: { PATH: process.env.PATH ?? '', HOME: join(root, '.cache'), DENO_NO_UPDATE_CHECK: '1' },
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
