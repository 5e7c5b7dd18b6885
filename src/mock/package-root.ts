import { existsSync, readFileSync } from 'node:fs';

/**
 * The folder of this package, with a slash at the end. Looked for upwards by what is in it, since
 * a bundle may put this module at any depth.
 */
export function packageRoot(): URL {
  let folder = new URL('.', import.meta.url);
  for (;;) {
    if (existsSync(new URL('openapi/reo.yaml', folder))) return folder;
    const parent = new URL('..', folder);
    if (parent.href === folder.href) {
      throw new Error(`The contracts (openapi/*.yaml) are in no folder above ${import.meta.url}`);
    }
    folder = parent;
  }
}

/** The version of this package. */
export function packageVersion(): string {
  const text = readFileSync(new URL('package.json', packageRoot()), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
