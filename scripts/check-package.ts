/** What publint and attw say about the package as it would be published. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun, run } from './lib/run.ts';

const folder = await mkdtemp(join(tmpdir(), 'tallywire-pack-'));
try {
  // Without scripts, since `prepack` would build once more.
  const pack = ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder];
  const tarball = join(folder, (await mustRun('npm', pack)).trim());
  const documents = ['reo', 'reportei', 'emulator'].map((name) => `openapi/${name}.yaml`);
  const results = await Promise.all([
    run('npx', ['publint', tarball, '--strict']),
    run('npx', ['attw', tarball, '--profile', 'node16', '--exclude-entrypoints', ...documents]),
  ]);
  for (const { output } of results) console.log(output);
  process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
