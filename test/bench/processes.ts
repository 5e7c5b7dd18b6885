import { type ChildProcess, fork, spawn, type SpawnOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Everyone connects directly. */
const env: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name)),
);

/** A process of its own, which answers each question with one message. */
export interface Peer extends Disposable {
  readonly child: ChildProcess;
  readonly ask: (question?: unknown) => Promise<unknown>;
}

const peer = (child: ChildProcess): Peer => ({
  child,
  ask: (question = null) =>
    new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`ended with ${code}`));
      child.once('exit', ended);
      child.once('message', (answer) => {
        child.off('exit', ended);
        resolve(answer);
      });
      child.send(question as never);
    }),
  [Symbol.dispose]: () => void child.kill('SIGKILL'),
});

/** Starts a module of this folder. It answers through `process.send`. */
export const startModule = (module: string, args: readonly string[] = []): Peer =>
  peer(fork(at(module), args, { env, execArgv: [] }));

/** Starts a program of somebody else, which tells its CPU time whenever asked. */
export const startProgram = (program: string, args: readonly string[]): Peer => {
  const options: SpawnOptions = { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] };
  return peer(
    spawn(process.execPath, ['--import', at('cpu-probe.mjs'), program, ...args], options),
  );
};

/** CPU time of a process since its start, in microseconds. */
export const cpuOf = async ({ ask }: Peer): Promise<number> => {
  const { user, system } = (await ask()) as NodeJS.CpuUsage;
  return user + system;
};

/** Memory that a process holds, in megabytes. */
export const memoryOf = async ({ ask }: Peer): Promise<number> => {
  const { rss } = (await ask()) as { readonly rss: number };
  return rss / 1024 / 1024;
};
