import { describe, expect, it } from 'vitest';
import { faultsOf } from '../../../scripts/release/tarball.ts';

const manifest = {
  name: 'a',
  bin: { a: './dist/cli.js' },
  exports: { '.': { import: './dist/a.js', require: './dist/a.cjs' }, './a.yaml': './a.yaml' },
};
const paths = ['README.md', 'LICENSE', 'package.json', 'dist/cli.js', 'dist/a.js', 'dist/a.cjs'];
const packed = {
  name: 'a',
  version: '1.0.0',
  filename: 'a-1.0.0.tgz',
  integrity: 'sha512-x',
  size: 1,
  files: [...paths, 'a.yaml'].map((path) => ({ path })),
};

describe('a tarball', () => {
  it('is right', () => expect(faultsOf(packed, manifest, '1.0.0')).toEqual([]));

  it.each([
    ['another version', { ...packed, version: '0.9.0' }, manifest, 'it is version 0.9.0'],
    [
      'an entry left out',
      { ...packed, files: packed.files.filter(({ path }) => path !== 'dist/a.cjs') },
      manifest,
      'it has no dist/a.cjs',
    ],
    [
      'a secret',
      { ...packed, files: [...packed.files, { path: 'dist/.npmrc' }] },
      manifest,
      'it holds dist/.npmrc',
    ],
    [
      'an install script',
      packed,
      { ...manifest, scripts: { postinstall: 'x' } },
      'its script "postinstall" would run on the machine of whoever installs it',
    ],
  ])('is told from one with %s', (_name, packed, manifest, expected) => {
    expect(faultsOf(packed, manifest, '1.0.0')).toEqual([expected]);
  });
});
