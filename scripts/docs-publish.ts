/** `npm run docs:publish -- DIR`: puts the built site among the versions that are published in a folder. */
import { join, resolve } from 'node:path';
import { publish } from './docs/versions.ts';
import { root } from './lib/run.ts';

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('which folder? npm run docs:publish -- DIR');
  process.exitCode = 1;
} else {
  try {
    const { latest, versions } = await publish(join(root, 'site'), resolve(folder));
    for (const { version } of versions) {
      console.log(version === latest ? `${version} (latest)` : version);
    }
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
