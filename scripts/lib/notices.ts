import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
}

/** The notices that go with code of other people inside a bundle. */
export interface Notices {
  /** Takes the files of one bundle. */
  readonly add: (modules: readonly string[]) => void;
  /** Each package with its licence, and the licence's text where the package ships it. */
  readonly text: () => Promise<string>;
}

/** The folder of the package that a module is from; `undefined` for our own. */
const packageFolder = (module: string): string | undefined => {
  const file = module.replace(/^\0/, '').replace(/\?.*$/, '');
  if (!file.includes('/node_modules/')) return undefined;
  let folder = dirname(file);
  // A package.json without a version only says of what kind the files beside it are.
  while (!/\/node_modules\/(?:@[^/]+\/)?[^/]+$/.test(folder)) folder = dirname(folder);
  return existsSync(join(folder, 'package.json')) ? folder : undefined;
};

const licenceFile = /^(?:licen[cs]e|copying|notice)/i;

const notice = async (folder: string): Promise<string> => {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Package;
  const { name, version, license, author } = manifest;
  const files = (await readdir(folder)).filter((file) => licenceFile.test(file)).toSorted();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const by = typeof author === 'object' ? author.name : author;
  return [
    `${name} ${version} (${license ?? 'no licence stated'})${by ? `\nby ${by}` : ''}`,
    ...texts.map((text) => text.replaceAll('\r\n', '\n').trim()),
  ].join('\n\n');
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
      const notices = await Promise.all([...folders].toSorted().map(notice));
      const line = `\n\n${'-'.repeat(80)}\n\n`;
      const head = 'Parts of this folder are made of the following packages, under their licences.';
      return [head, ...notices].join(line) + '\n';
    },
  };
};
