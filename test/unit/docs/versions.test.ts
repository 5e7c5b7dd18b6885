import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareVersions } from '../../../scripts/lib/compare-versions.ts';
import { arrange, publish, writeManifest } from '../../../scripts/docs/versions.ts';

describe('the order of versions', () => {
  it('is that of Semantic Versioning', () => {
    // Its own example, and numbers that are no texts.
    const inOrder = [
      '0.9.0',
      '0.10.0',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0-rc-1',
      '1.0.0',
      '1.0.1',
      '10.0.0',
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(inOrder), (some) => {
        expect(some.toSorted(compareVersions)).toEqual(inOrder.filter((one) => some.includes(one)));
      }),
    );
  });

  it('has the newest first, and no prerelease as the latest', () => {
    const of = (...versions: readonly string[]): readonly (string | null)[] => {
      const { latest, versions: sorted } = arrange(
        versions.map((version) => ({ version, pages: [] })),
      );
      return [latest, ...sorted.map(({ version }) => version)];
    };
    expect(of('0.1.0', '1.0.0-rc.1', '0.2.0')).toEqual(['0.2.0', '1.0.0-rc.1', '0.2.0', '0.1.0']);
    expect(of('1.0.0-rc.1')).toEqual([null, '1.0.0-rc.1']);
    expect(of()).toEqual([null]);
  });
});

describe('publishing', () => {
  let root: string;
  let into: string;

  const build = async (version: string, mark: string): Promise<string> => {
    const folder = join(root, `site-${version}`);
    await rm(folder, { recursive: true, force: true });
    const files = {
      'index.html': mark,
      'guides/dates.html': mark,
      'typescript/a.html': '',
      'assets/version.js': '',
    };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    await writeManifest({ folder, version });
    return folder;
  };
  const read = (path: string): Promise<string> => readFile(join(into, path), 'utf8');
  /** What a page gets to see. */
  const run = async (path: string): Promise<Record<string, unknown>> => {
    const window = {};
    runInNewContext(await read(path), { window });
    return window;
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'tallywire-docs-'));
    into = join(root, 'published');
  });
  afterEach(() => rm(root, { recursive: true }));

  it('keeps every version as it was, with the latest under a name that lasts', async () => {
    await publish(await build('0.1.0', 'first'), into);
    await publish(await build('0.2.0', 'second'), into);
    expect(await read('0.1.0/index.html')).toBe('first');
    expect(await read('0.2.0/guides/dates.html')).toBe('second');
    expect(await read('latest/guides/dates.html')).toBe('second');
    expect(await read('index.html')).toContain('url=latest/index.html');
    expect(JSON.parse(await read('versions.json'))).toEqual({
      latest: '0.2.0',
      versions: ['0.2.0', '0.1.0'],
    });
    const pages = ['guides/dates.html', 'index.html'];
    expect(await run('versions.js')).toEqual({
      tallywireVersions: {
        latest: '0.2.0',
        versions: [
          { version: '0.2.0', pages },
          { version: '0.1.0', pages },
        ],
      },
    });
  });

  it('tells the pages of which version they are, also those of the latest', async () => {
    await publish(await build('0.1.0', ''), into);
    const own = { tallywireVersion: { version: '0.1.0', published: true } };
    expect(await run('0.1.0/assets/version.js')).toEqual(own);
    expect(await run('latest/assets/version.js')).toEqual(own);
  });

  it('refuses other docs of a version that is published, until that is removed', async () => {
    await publish(await build('0.1.0', 'first'), into);
    const other = await build('0.1.0', 'again');
    await expect(publish(other, into)).rejects.toThrow(/other docs of 0\.1\.0 .*remove .*0\.1\.0$/);
    const more = await build('0.1.0', 'first');
    await writeFile(join(more, 'more.html'), '');
    await expect(publish(more, into)).rejects.toThrow(/other docs of 0\.1\.0/);
    expect(await read('0.1.0/index.html')).toBe('first');
    expect(await read('latest/index.html')).toBe('first');
    await rm(join(into, '0.1.0'), { recursive: true });
    await publish(await build('0.1.0', 'again'), into);
    expect(await read('0.1.0/index.html')).toBe('again');
    expect(await read('latest/index.html')).toBe('again');
  });

  it('takes the same again', async () => {
    await publish(await build('0.1.0', 'first'), into);
    await publish(await build('0.1.0', 'first'), into);
    expect(await read('0.1.0/index.html')).toBe('first');
    expect((await readdir(into)).toSorted()).toEqual([
      '0.1.0',
      'index.html',
      'latest',
      'versions.js',
      'versions.json',
    ]);
  });

  it('does not take a prerelease or a late patch for the latest', async () => {
    await publish(await build('1.0.0-rc.1', 'candidate'), into);
    expect(existsSync(join(into, 'latest'))).toBe(false);
    expect(await read('index.html')).toContain('url=1.0.0-rc.1/index.html');
    await publish(await build('0.2.0', 'stable'), into);
    await publish(await build('0.1.9', 'patch'), into);
    expect(await read('latest/index.html')).toBe('stable');
    expect(JSON.parse(await read('versions.json'))).toEqual({
      latest: '0.2.0',
      versions: ['1.0.0-rc.1', '0.2.0', '0.1.9'],
    });
  });

  it.each(['', '1', '../../up', 'latest', '1.0.0/..'])(
    'refuses the version %j',
    async (version) => {
      const site = await build('0.1.0', '');
      await writeFile(join(site, 'site.json'), JSON.stringify({ version, pages: [] }));
      await expect(publish(site, into)).rejects.toThrow(/no version/);
      expect(existsSync(into)).toBe(false);
    },
  );

  it('refuses a site with broken links, which has no site.json', async () => {
    const site = await build('0.1.0', '');
    await rm(join(site, 'site.json'));
    await expect(publish(site, into)).rejects.toThrow(/no whole site in .*npm run docs/);
  });
});
