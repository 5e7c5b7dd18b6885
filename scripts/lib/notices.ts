import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from './run.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  /** The form of old packages. */
  readonly licenses?: readonly { readonly type: string }[];
  readonly author?: string | { readonly name: string };
}

/** The notices that go with code of other people inside a bundle. */
export interface Notices {
  /** Takes the files of one bundle. */
  readonly add: (modules: readonly string[]) => void;
  /** Each package with its licence and the licence's text. */
  readonly text: () => Promise<string>;
}

/** How a package is called in the notices, e.g. `ajv 8.20.0 (MIT)`. */
export const heading = (folder: string): string => {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const { name, version, license, licenses } = manifest;
  const stated = license ?? licenses?.map(({ type }) => type).join(' OR ');
  return `${name} ${version} (${stated ?? 'no licence stated'})`;
};

/** The folder of the package that a module is from; `undefined` for our own. */
const packageFolder = (module: string): string | undefined => {
  const file = module.replace(/^\0/, '').replace(/\?.*$/, '');
  if (!file.includes('/node_modules/')) return undefined;
  let folder = dirname(file);
  // A package.json further down only says of what kind the files beside it are.
  while (!/\/node_modules\/(?:@[^/]+\/)?[^/@][^/]*$/.test(folder)) folder = dirname(folder);
  return existsSync(join(folder, 'package.json')) ? folder : undefined;
};

/** For the few packages that state MIT and leave its text out: as in our own, with their author. */
const mitText = async (folder: string): Promise<string> => {
  const { author } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  const by = typeof author === 'object' ? author.name : author;
  const ours = await readFile(join(root, 'LICENSE'), 'utf8');
  return ours.replace(/^Copyright .*\n/m, by ? `Copyright (c) ${by}\n` : '').trim();
};

const notice = async (folder: string): Promise<string> => {
  const title = heading(folder);
  const files = (await readdir(folder)).filter((file) =>
    /^(licen[cs]e|copying|notice)/i.test(file),
  );
  const texts = await Promise.all(
    files.toSorted().map((file) => readFile(join(folder, file), 'utf8')),
  );
  if (texts.length > 0) return [title, ...texts.map((text) => text.trim())].join('\n\n');
  if (title.endsWith('(MIT)')) return `${title}\n\n${await mitText(folder)}`;
  throw new Error(`${title} ships no licence text, which its bundle needs`);
};

export const collectNotices = (): Notices => {
  const folders = new Set<string>();
  return {
    add: (modules) => {
      for (const module of modules) {
        const folder = packageFolder(module);
        if (folder) folders.add(folder);
      }
    },
    text: async () => {
      const notices = await Promise.all([...folders].map(notice));
      const head = 'Parts of this folder are made of the following packages, under their licences.';
      const all = [head, ...notices.toSorted()].join(`\n\n${'-'.repeat(80)}\n\n`);
      return `${all.replaceAll('\r\n', '\n')}\n`;
    },
  };
};
