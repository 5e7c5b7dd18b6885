import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

export type RunningPrism = {
  readonly url: string;
  readonly close: () => Promise<void>;
};

/** Starts `prism mock` on a document of ours, unmodified, on any free port. */
export async function startPrism(name: 'reo' | 'reportei'): Promise<RunningPrism> {
  const prism = spawn(
    process.execPath,
    ['node_modules/.bin/prism', 'mock', `openapi/${name}.yaml`, '--port', '0'],
    {
      cwd: fileURLToPath(root),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exited = once(prism, 'exit');
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const listening = /listening on (http:\/\/\S+)/.exec(output)?.[1];
      if (listening) resolve(listening);
    };
    prism.stdout.on('data', read);
    prism.stderr.on('data', read);
    prism.once('error', reject);
    prism.once('exit', () => reject(new Error(`Prism did not start:\n${output}`)));
  });
  return {
    url,
    close: async () => {
      prism.kill();
      await exited;
    },
  };
}
