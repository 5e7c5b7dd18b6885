import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../lib/run.ts';
import { released } from './changelog.ts';
import type { Git } from './compare.ts';
import { makeTarball } from './tarball.ts';

/** The guide that names this version of the package, for builds that stay the same. */
const guide = 'src/site/guides/containers-and-ci.md';

const files = ['CHANGELOG.md', 'package.json', 'package-lock.json', guide] as const;

/** A text that names this version wherever it names one of the package or of the image. */
export const pinned = (text: string, version: string): string =>
  text.replaceAll(/(?<=\btallywire(?:-mock)?[@:])\d+\.\d+\.\d+/g, version);

/** Commits and tags a release. Where something fails before that, the files are as they were. */
export const makeRelease = async (folder: string, git: Git, version: string): Promise<string> => {
  const before = await Promise.all(files.map((file) => readFile(join(folder, file))));
  const head = (await git('rev-parse', 'HEAD')).trim();
  try {
    const date = new Date().toISOString().slice(0, 10);
    const changelog = join(folder, 'CHANGELOG.md');
    await writeFile(changelog, released(await readFile(changelog, 'utf8'), version, date));
    const pins = join(folder, guide);
    await writeFile(pins, pinned(await readFile(pins, 'utf8'), version));
    const set = ['version', version, '--no-git-tag-version', '--allow-same-version'];
    await mustRun('npm', [...set, '--ignore-scripts', '--loglevel=error'], { cwd: folder });
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      readonly name: string;
    };
    const tarball = await makeTarball(folder, manifest, version);
    await git('commit', '--quiet', '--message', `Release ${version}`, '--', ...files);
    await git('tag', '--annotate', `v${version}`, '--message', `${manifest.name} ${version}`);
    return tarball;
  } catch (error) {
    // The tag may fail after the commit, e.g. for want of a key to sign it with.
    await git('reset', '--quiet', '--soft', head);
    await git('reset', '--quiet');
    await Promise.all(files.map((file, i) => writeFile(join(folder, file), before[i] as Buffer)));
    throw error;
  }
};
