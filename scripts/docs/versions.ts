/**
 * Published docs: one folder for each version, which stays as it was published, and `latest/`, a copy of
 * the newest that is no prerelease, whose addresses last. `versions.js` lists them for the pages.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { compareVersions } from '../lib/compare-versions.ts';
import { filesBelow } from '../lib/declarations.ts';
import { replaceFolder } from '../lib/folders.ts';
import { versionScript } from './assets.ts';
import type { Site } from './site.ts';

/** What a built site says of itself, in `site.json`. */
interface Manifest {
  readonly version: string;
  /** The pages that another version may have too, so that whoever changes versions stays in place. */
  readonly pages: readonly string[];
}

/** What is published in a folder. */
export interface Published {
  readonly latest: string | null;
  /** The newest first. */
  readonly versions: readonly Manifest[];
}

const manifestFile = 'site.json';

const form = /^(\d+)\.(\d+)\.(\d+)(?:-([\w.-]+))?$/;

const isPrerelease = (version: string): boolean => version.includes('-');

/** Puts versions in order, and says which one is the latest. */
export const arrange = (versions: readonly Manifest[]): Published => {
  const sorted = versions.toSorted((a, b) => compareVersions(b.version, a.version));
  const latest = sorted.find(({ version }) => !isPrerelease(version))?.version ?? null;
  return { latest, versions: sorted };
};

/** The build's last step: the time of this file is the site's. */
export const writeManifest = async ({ folder, version }: Site): Promise<void> => {
  const pages = (await filesBelow(folder))
    .map((file) => relative(folder, file).replaceAll(sep, '/'))
    .filter((path) => path.endsWith('.html') && !path.startsWith('typescript/'))
    .toSorted();
  const manifest: Manifest = { version, pages };
  await writeFile(join(folder, manifestFile), JSON.stringify(manifest));
};

const readManifest = async (folder: string): Promise<Manifest> => {
  const text = await readFile(join(folder, manifestFile), 'utf8').catch(() => {
    throw new Error(`there is no whole site in ${folder}: make one by npm run docs`);
  });
  return JSON.parse(text) as Manifest;
};

const readPublished = async (folder: string): Promise<Published> => {
  const names = (await readdir(folder)).filter(
    (name) => form.test(name) && existsSync(join(folder, name, manifestFile)),
  );
  return arrange(await Promise.all(names.map((name) => readManifest(join(folder, name)))));
};

const redirect = (to: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>tallywire</title>
<meta http-equiv="refresh" content="0; url=${to}/index.html">
<p><a href="${to}/index.html">The docs of tallywire</a></p>
</html>
`;

const contentOf = async (folder: string): Promise<readonly (readonly [string, Buffer])[]> => {
  const files = (await filesBelow(folder)).toSorted();
  return Promise.all(
    files.map(async (file) => [relative(folder, file), await readFile(file)] as const),
  );
};

/** Puts a built site among the published ones, where a version that is there stays as it is. */
export const publish = async (site: string, into: string): Promise<Published> => {
  const { version } = await readManifest(site);
  if (!form.test(version)) throw new Error(`${version} is no version that could be published`);
  await mkdir(into, { recursive: true });
  const put = async (from: string, name: string): Promise<void> => {
    const place = join(into, name);
    const draft = join(into, `.${name}-${process.pid}`);
    await cp(from, draft, { recursive: true });
    const own = (await readManifest(draft)).version;
    await writeFile(join(draft, 'assets/version.js'), versionScript(own, true));
    const stays = name === version && existsSync(place);
    if (stays && !isDeepStrictEqual(await contentOf(draft), await contentOf(place))) {
      await rm(draft, { recursive: true });
      throw new Error(`other docs of ${version} are published: if they are to go, remove ${place}`);
    }
    await replaceFolder(draft, place);
  };
  await put(site, version);
  const published = await readPublished(into);
  const { latest, versions } = published;
  if (latest !== null) await put(join(into, latest), 'latest');
  const list = { latest, versions: versions.map((one) => one.version) };
  await writeFile(
    join(into, 'versions.js'),
    `window.tallywireVersions=${JSON.stringify(published)}\n`,
  );
  await writeFile(join(into, 'versions.json'), `${JSON.stringify(list, undefined, 2)}\n`);
  await writeFile(
    join(into, 'index.html'),
    redirect(latest === null ? (versions[0]?.version ?? version) : 'latest'),
  );
  return published;
};
