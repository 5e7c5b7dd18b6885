import { spawn, type SpawnOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../..', import.meta.url));

export interface Finished {
  readonly code: number;
  readonly output: string;
}

/** Runs a program in the repository's folder and collects what it prints. */
export const run = (
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<Finished> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'pipe', ...options });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code: signal ? 1 : (code ?? 1), output }));
  });

/** As `run`, but a failure throws what was printed. */
export const mustRun = async (
  command: string,
  args: readonly string[],
  options?: SpawnOptions,
): Promise<string> => {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${output}`);
  return output;
};
