import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.ts';

/** Programs that some tests need beside npm's packages, and Debian's package of each. */
const programs: Readonly<Record<string, string>> = { curl: 'curl' };

const isInstalled = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Installs what is missing where that is possible: as root on Debian. Tests say what they lack. */
export const installPrograms = async (): Promise<void> => {
  const missing = Object.keys(programs).filter((program) => !isInstalled(program));
  if (missing.length === 0 || process.getuid?.() !== 0 || !isInstalled('apt-get')) return;
  console.log(`installing ${missing.join(', ')}`);
  await run('apt-get', ['update']);
  const packages = missing.map((program) => programs[program] as string);
  const { code, output } = await run('apt-get', ['install', '-y', ...packages]);
  if (code !== 0) console.error(output);
};
