/** What SECURITY.md says of tests and of packages, and the bill of materials. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mustRun } from '../../scripts/lib/run.ts';
import { installPackage, type Project, repository } from '../support/package.ts';

const read = (path: string): Promise<string> => readFile(join(repository, path), 'utf8');

const paper = await read('SECURITY.md');

let project: Project;
let installed: readonly Installed[];
beforeAll(async () => {
  project = await installPackage();
  installed = await readInstalled();
}, 120_000);
afterAll(() => project[Symbol.asyncDispose]());

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly scripts?: Readonly<Record<string, string>>;
}

interface Installed extends Manifest {
  readonly folder: string;
}

/** What a user gets who installs the package and nothing else. */
const readInstalled = async (): Promise<Installed[]> => {
  const { output } = await project.run('npm', ['ls', '--all', '--parseable']);
  const folders = output.trim().split('\n').slice(1);
  return Promise.all(
    folders.map(async (folder) => ({
      ...(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest),
      folder,
    })),
  );
};

interface Locked {
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The places in the lock file that come along with these packages. */
const closureOf = (
  names: readonly string[],
  packages: Readonly<Record<string, Locked>>,
): Set<string> => {
  const reached = new Set<string>();
  const visit = (name: string, from: string): void => {
    // As Node looks for it: in the folder itself, then further up.
    const places = from.split('/node_modules/').map((_, i, parts) => {
      const above = parts.slice(0, parts.length - i).join('/node_modules/');
      return `${above === '' ? '' : `${above}/`}node_modules/${name}`;
    });
    const place = [...places, `node_modules/${name}`].find((one) => one in packages);
    if (place === undefined || reached.has(place)) return;
    reached.add(place);
    const { dependencies, optionalDependencies } = packages[place] as Locked;
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) {
      visit(next, place);
    }
  };
  for (const name of names) visit(name, '');
  return reached;
};

describe('SECURITY.md', () => {
  it('names tests that there are', () => {
    const named = [...paper.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path as string);
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
  });

  it('has a test for every guarantee', () => {
    const rows = paper.split('\n').filter((line) => line.startsWith('| '));
    const begin = rows.findIndex((row) => /\| tests/.test(row));
    const guarantees = rows.slice(begin).filter((row) => row.split('|').length === 5);
    expect(guarantees.length).toBeGreaterThan(25);
    const without = guarantees.filter((row) => !/`test\/|\| tests|---/.test(row));
    expect(without).toEqual([]);
  });

  it('lists what is installed with the package, and its licences', () => {
    const others = installed.filter(({ name }) => name !== 'tallywire');
    expect(others.length).toBeGreaterThan(0);
    const [, table = ''] = /Installed with it:\n\n((?:\|.*\n)+)/.exec(paper) ?? [];
    const listed = [...table.matchAll(/^\| `(\S+)` +\| (\S+) +\|$/gm)];
    expect(listed.map(([, name, licence]) => `${name} ${licence}`).toSorted()).toEqual(
      others.map(({ name, license }) => `${name} ${license}`).toSorted(),
    );
  });

  it('names all install scripts of what may be installed beside it', async () => {
    const { packages } = JSON.parse(await read('package-lock.json')) as {
      readonly packages: Readonly<Record<string, Locked>>;
    };
    const peers = Object.keys(packages['']?.peerDependencies ?? {});
    const reached = closureOf(peers, packages);
    expect(reached.size).toBeGreaterThan(peers.length);
    const places = [...reached].filter((place) => packages[place]?.hasInstallScript);
    const names = places.map((place) => place.replace(/^.*node_modules\//, ''));
    expect(names.toSorted()).toEqual(['lmdb', 'msgpackr-extract']);
    for (const name of names) expect(paper).toContain(`\`${name}\``);
  });
});

describe('an installation', () => {
  it('runs nothing', () => {
    for (const { name, scripts = {}, folder } of installed) {
      const hooks = ['preinstall', 'install', 'postinstall'].filter((hook) => hook in scripts);
      expect([name, ...hooks]).toEqual([name]);
      // npm builds where this is, without a script that says so.
      expect(existsSync(join(folder, 'binding.gyp')), name).toBe(false);
    }
  });
});

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly { readonly license: { readonly id: string } }[];
  readonly components?: readonly Component[];
}

interface Bom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
}

describe('the bill of materials', () => {
  let text: string;
  let bom: Bom;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tallywire-sbom-'));
    try {
      const file = join(folder, 'sbom.cdx.json');
      await mustRun(process.execPath, ['--import', 'tsx', 'scripts/sbom.ts', file]);
      text = await readFile(file, 'utf8');
      bom = JSON.parse(text) as Bom;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 60_000);

  it('is of this package', async () => {
    const { version } = JSON.parse(await read('package.json')) as Manifest;
    expect(bom).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: expect.stringMatching(/^1\.\d$/),
      metadata: { component: { name: 'tallywire', version, purl: `pkg:npm/tallywire@${version}` } },
    });
  });

  it('names what is installed with it, and nothing that only developers have', () => {
    const others = installed.filter(({ name }) => name !== 'tallywire');
    const named = bom.components.map(({ name }) => name);
    expect(named.toSorted()).toEqual(others.map(({ name }) => name).toSorted());
    expect(named).toEqual(expect.arrayContaining(['openapi-fetch', 'undici']));
  });

  it('names what is inside it, with licences', async () => {
    const inside = bom.metadata.component.components ?? [];
    const notices = await project.read('node_modules/tallywire/dist/THIRD-PARTY-LICENSES.txt');
    const titles = inside.map(
      ({ name, version, licenses }) => `${name} ${version} (${licenses?.[0]?.license.id})`,
    );
    expect(titles).toEqual(expect.arrayContaining([expect.stringMatching(/^ajv \d/)]));
    for (const title of titles) expect(notices).toContain(`\n${title}\n`);
    // Each notice stands between lines.
    expect(titles.length).toBe(notices.split(`\n${'-'.repeat(80)}\n`).length - 1);
    expect(inside.map(({ purl }) => purl)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^pkg:npm\/%40stoplight\/prism-http@/)]),
    );
  });

  it('has references that are unique, and tells nothing of this machine', () => {
    const all = [...bom.components, ...(bom.metadata.component.components ?? [])];
    expect(new Set(all.map((one) => one['bom-ref'])).size).toBe(all.length);
    for (const place of [repository, homedir(), tmpdir()]) {
      if (place.length > 1) expect(text).not.toContain(place);
    }
    expect(text).not.toMatch(/"distribution"|file:\/\/|127\.0\.0\.1|localhost|\/root\//);
  });
});
