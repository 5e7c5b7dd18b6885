/**
 * The two files of Stoplight Elements that host it, out of its package. The package is not installed, as
 * that would bring a gigabyte along: it is fetched once, checked, and kept in .cache/.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun, root, run } from '../lib/run.ts';

const version = '9.0.25';
/** As the registry has it; whatever else comes is refused. */
const integrity =
  'sha512-rDbNsgSCNo74lyV57cBzym+8F68/R2j7UPq4r3w5qK608vX8APNJhTq+2MkbTjsM3bUhFIoRdI225tlI85KpCA==';

const cache = join(root, '.cache');
const kept = join(cache, `elements-${version}`);

const fetchInto = async (folder: string): Promise<void> => {
  const spec = `@stoplight/elements@${version}`;
  const { code, output } = await run('npm', ['pack', spec, '--pack-destination', folder]);
  if (code !== 0) {
    throw new Error(
      `The console needs ${spec}, which is fetched once and kept in .cache/. npm could not fetch it:\n${output}`,
    );
  }
  const tarball = join(folder, `stoplight-elements-${version}.tgz`);
  const hash = createHash('sha512')
    .update(await readFile(tarball))
    .digest('base64');
  if (`sha512-${hash}` !== integrity) throw new Error(`${spec} is not what it was: sha512-${hash}`);
  await mustRun('tar', ['-xzf', tarball, '-C', folder]);
};

/** The folder of the unpacked package. */
export const elementsFolder = async (): Promise<string> => {
  if (!existsSync(kept)) {
    // Elsewhere first, so that what is in place is whole.
    const draft = `${kept}-${process.pid}`;
    await mkdir(draft, { recursive: true });
    try {
      await fetchInto(draft);
      await rename(join(draft, 'package'), kept).catch((error: unknown) => {
        // Another build may have been faster.
        if (!existsSync(kept)) throw error;
      });
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  return kept;
};
