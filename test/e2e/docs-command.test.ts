import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root, run } from '../../scripts/lib/run.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallywire-docs-command-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What `npm run docs -- …` runs, or `docs:publish`. */
const command = (script: string, ...args: readonly string[]) =>
  run(process.execPath, ['--import', 'tsx', join(root, 'scripts', script), ...args]);

describe('npm run docs', () => {
  it('tells its options', async () => {
    const { code, output } = await command('docs.ts', '--help');
    expect(output).toMatch(/--out DIR[^]*--if-needed[^]*--help/);
    expect(code).toBe(0);
  });

  it('refuses an option that it does not know', async () => {
    const { code, output } = await command('docs.ts', '--outt', folder);
    expect(output).toMatch(/^Unknown option '--outt'/);
    expect(code).toBe(1);
  });

  it.each([
    ['a folder that holds other files', '.', 'holds other files, which would be lost'],
    ['a file', 'notes.txt', 'is a file: name a folder'],
  ])('does not replace %s', async (_, place, words) => {
    await writeFile(join(folder, 'notes.txt'), 'mine');
    const { code, output } = await command('docs.ts', '--out', join(folder, place));
    expect(output).toContain(words);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(1);
    expect(await readdir(folder)).toEqual(['notes.txt']);
    expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
  });
});

describe('npm run docs:publish', () => {
  it('asks for the folder', async () => {
    const { code, output } = await command('docs-publish.ts');
    expect(output).toContain('which folder?');
    expect(code).toBe(1);
  });
});
