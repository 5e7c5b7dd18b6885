import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Some tests are about what is built: it must be what the sources say. */
export const setup = (): void => {
  const script = fileURLToPath(new URL('../../scripts/build.ts', import.meta.url));
  execFileSync(process.execPath, ['--import', 'tsx', script, '--if-needed'], { stdio: 'inherit' });
};
