import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.ts';

/** Programs that some tests need beside npm's packages, by Debian's package of each. */
const programs: Readonly<Record<string, readonly string[]>> = {
  curl: ['curl'],
  // Large, so it is only installed for who wants no test skipped.
  ...(process.env.REQUIRE_ALL && {
    chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    'redis-server': ['redis-server', 'valkey-server'],
  }),
};

const isInstalled = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Installs what is missing where that is possible: as root on Debian. Tests say what they lack. */
export const installPrograms = async (): Promise<void> => {
  const missing = Object.keys(programs).filter((name) => !programs[name]?.some(isInstalled));
  if (missing.length === 0 || process.getuid?.() !== 0 || !isInstalled('apt-get')) return;
  console.log(`installing ${missing.join(', ')}`);
  await run('apt-get', ['update']);
  const { code, output } = await run('apt-get', ['install', '-y', ...missing]);
  if (code !== 0) console.error(output);
};
