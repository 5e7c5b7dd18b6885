/** Both documents on the plain Prism CLI, as they are: Reo on 4010, Connect on 4011. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './lib/run.ts';

const ports = { reo: '4010', reportei: '4011' };

const children = Object.entries(ports).map(([document, port]) => {
  const prism = join(root, 'node_modules/.bin/prism');
  const args = ['mock', `openapi/${document}.yaml`, '--port', port];
  return spawn(prism, [...args, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
});

const stop = (signal: NodeJS.Signals): void => {
  for (const child of children) child.kill(signal);
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);

// One of the two alone is of no use.
for (const child of children) {
  child.once('exit', (code) => {
    process.exitCode ||= code ?? 0;
    stop('SIGTERM');
  });
}
