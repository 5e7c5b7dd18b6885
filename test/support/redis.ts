import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The Redis or Valkey of this machine, or the one that `REDIS_SERVER` names; `undefined` for none. */
export const redisPath: string | undefined =
  process.env.REDIS_SERVER ??
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => ['redis-server', 'valkey-server'].map((name) => join(folder, name)))
    .find(existsSync);

const noRedis = 'no redis-server found; install it, or set REDIS_SERVER';

/** Without a server the tests are skipped, unless all are asked for: then they fail by its lack. */
export const skipRedis: boolean = redisPath === undefined && !process.env.REQUIRE_ALL;

/**
 * For `beforeEach`: without a server the test is skipped, with its reason for whoever reads the list.
 * Unless all are asked for: then it fails by its lack.
 */
export const needsRedis = ({ skip }: { skip: (when: boolean, why: string) => void }): void =>
  skip(skipRedis, noRedis);

export interface RedisServer {
  readonly port: number;
  /** Sends a signal to the server, e.g. `SIGSTOP`. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Kills it. What it wrote to its log is there when it starts again. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** Kills it for good and removes what it wrote. */
  readonly end: () => Promise<void>;
}

/** Of 127.0.0.1, and nobody's until it is taken. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
};

/** Every write is on the disk before it is answered. */
export const durable: readonly string[] = ['--appendonly', 'yes', '--appendfsync', 'always'];

/** A server of our own on a free port of 127.0.0.1, which writes nothing to disk unless told to. */
export const startRedis = async (...options: readonly string[]): Promise<RedisServer> => {
  if (redisPath === undefined) throw new Error(noRedis);
  const path = redisPath;
  const dir = await mkdtemp(join(tmpdir(), 'tallywire-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', dir];
    const server = spawn(path, [...args, '--save', '', ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = server;
    let log = '';
    for await (const text of server.stdout.setEncoding('utf8')) {
      log += text;
      if (/ready to accept connections/i.test(log)) break;
    }
    if (!/ready to accept connections/i.test(log)) throw new Error(`redis-server: ${log}`);
  };

  const kill = async (): Promise<void> => {
    const server = child;
    child = undefined;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };

  await start();
  return {
    port,
    signal: (signal) => void child?.kill(signal),
    kill,
    start,
    end: async () => {
      await kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
};
