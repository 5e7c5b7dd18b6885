/**
 * Writes the software bill of materials as CycloneDX: `npm run sbom -- [FILE]`. npm names what is installed with the
 * package; what the build puts inside it is added from the notices that go with it.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { mustRun, root } from './lib/run.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly scope?: string;
  readonly licenses?: readonly { readonly license: { readonly id: string } }[];
  readonly externalReferences?: readonly { readonly type: string; readonly url: string }[];
  readonly components?: readonly Component[];
}

interface Bom {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
}

const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  readonly name: string;
};

/** From where it came on this machine is nobody's business, and no part of what it is. */
const withoutOrigin = (component: Component): Component => ({
  ...component,
  externalReferences: (component.externalReferences ?? []).filter(
    ({ type }) => type !== 'distribution',
  ),
});

/** `ajv 8.20.0 (MIT)`, as `lib/notices.ts` writes it. */
const notice = /^(\S+) (\d\S*) \((.+)\)$/;

const bundled = async (): Promise<Component[]> => {
  const notices = await readFile(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
  return notices.split('\n').flatMap((line) => {
    const [, name, version, id] = notice.exec(line) ?? [];
    if (name === undefined || version === undefined || id === undefined) return [];
    return {
      // Some are also installed, perhaps in another version: a reference has to be nobody else's.
      'bom-ref': `bundled:${name}@${version}`,
      type: 'library',
      name,
      version,
      scope: 'required',
      purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
      licenses: [{ license: { id } }],
    };
  });
};

const file = resolve(root, process.argv[2] ?? '.cache/tallywire.cdx.json');
const args = ['sbom', '--omit=dev', '--sbom-format=cyclonedx', '--sbom-type=library'];
// Its warnings go elsewhere: only the document is on its output.
const text = await mustRun('npm', [...args, '--loglevel=silent']);
const bom = JSON.parse(text) as Bom;
// npm calls it by the name of the folder that it is in.
const component = { ...bom.metadata.component, name: manifest.name };
await mkdir(dirname(file), { recursive: true });
await writeFile(
  file,
  `${JSON.stringify(
    {
      ...bom,
      metadata: {
        ...bom.metadata,
        component: { ...withoutOrigin(component), components: await bundled() },
      },
      components: bom.components.map(withoutOrigin),
    },
    undefined,
    2,
  )}\n`,
);
console.log(file);
