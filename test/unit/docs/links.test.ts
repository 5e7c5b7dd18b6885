import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkLinks } from '../../../scripts/docs/links.ts';

let folder: string;

const faultsOf = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return checkLinks(folder);
};

describe('the check of links', () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tallywire-links-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('follows pages, places in them, files and folders up and down', async () => {
    const faults = await faultsOf({
      'index.html':
        '<h2 id="here">x</h2><a href="guides/a.html?x=1#b%20c">1</a><a href="#here">2</a><a href=guides/a.html>3</a>',
      'guides/a.html':
        '<p id="b c"></p><a href="../index.html#here">1</a><img src="../d.png" alt=""><script src="../e.js"></script>',
      'd.png': '',
      'e.js': '',
    });
    expect(faults).toEqual([]);
  });

  it.each([
    ['nowhere.html', 'is not there'],
    ['a.html#gone', 'has no such place'],
    ['#gone', 'has no such place'],
    ['../a.html', 'is not there'],
    ['sub', 'is not there'],
    ['sub/', 'is not there'],
    ['/a.html', 'would not work from a file or below a path'],
    ['//example.com/', 'would not work from a file or below a path'],
    ['file:///etc/passwd', 'would not work from a file or below a path'],
    ['javascript:alert(1)', 'would not work from a file or below a path'],
    ['https://', 'is no address'],
    ['https://nowhere', 'is no address'],
  ])('complains of %s', async (link, reason) => {
    const faults = await faultsOf({
      'a.html': `<a href="${link}">x</a>`,
      'sub/index.html': '',
    });
    expect(faults).toEqual([`a.html: ${link} ${reason}`]);
  });

  it.each([
    'https://example.com/a?b#c',
    'http://localhost:4010/',
    'mailto:ann@example.com',
    'data:,',
    'a.html#/operations/x',
    'a.html?theme=dark',
  ])('lets %s be', async (link) => {
    expect(await faultsOf({ 'a.html': `<a href="${link}">x</a>` })).toEqual([]);
  });

  it('takes no text of scripts, styles and comments for links', async () => {
    const faults = await faultsOf({
      'a.html': `<script>const x = '<a href="gone.html">'</script><style>/* <a href="gone.html"> */</style><!-- <a href="gone.html"> -->`,
    });
    expect(faults).toEqual([]);
  });

  it('checks where search leads', async () => {
    await writeFile(join(folder, 'a.html'), '<p id="b"></p>');
    expect(await checkLinks(folder, ['a.html#b', 'a.html#c', 'd.html'])).toEqual([
      'search: a.html#c has no such place',
      'search: d.html is not there',
    ]);
  });
});
