/** What has changed since the last release, as its tag has it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { mustRun, root } from '../lib/run.ts';
import type { ApiChange, DocumentChange } from './decide.ts';
import type { Step } from './version.ts';

export type Git = (...args: readonly string[]) => Promise<string>;

const redocly = join(root, 'node_modules/@redocly/cli/bin/cli.js');
const config = fileURLToPath(new URL('redocly.yaml', import.meta.url));

/** The contracts. The workflows beside them are no part of the package. */
const isContract = (path: string): boolean => /^openapi\/(?!.*\.arazzo\.)[^/]+\.yaml$/.test(path);

const versionOf = (document: string): string =>
  String((parse(document) as { info?: { version?: unknown } } | null)?.info?.version);

const stepBetween = async (base: string, revision: string): Promise<Step> => {
  const folder = await mkdtemp(join(tmpdir(), 'tallywire-release-'));
  try {
    const files = ['base.yaml', 'revision.yaml'].map((name) => join(folder, name)) as [
      string,
      string,
    ];
    await Promise.all([writeFile(files[0], base), writeFile(files[1], revision)]);
    const report = join(folder, 'diff.json');
    const options = [
      '--config',
      config,
      '--format',
      'json',
      '--fail-on',
      'none',
      '--output',
      report,
    ];
    await mustRun(process.execPath, [redocly, 'diff', ...files, ...options]);
    const { bump } = JSON.parse(await readFile(report, 'utf8')) as { readonly bump?: Step };
    // The text differs: perhaps in comments only, which is still another file for whoever has it.
    return bump ?? 'patch';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** The documents whose text differs from the tag's. */
export const compareDocuments = async (git: Git, tag: string): Promise<DocumentChange[]> => {
  const changed = (await git('diff', '--name-only', '--no-renames', tag, 'HEAD', '--', 'openapi'))
    .split('\n')
    .filter(isContract);
  const changes: DocumentChange[] = [];
  for (const file of changed) {
    const [base, revision] = await Promise.all(
      [tag, 'HEAD'].map(async (at) => {
        const isThere = (await git('ls-tree', '--name-only', at, '--', file)) !== '';
        return isThere ? git('show', `${at}:${file}`) : undefined;
      }),
    );
    changes.push({
      file,
      step:
        base === undefined
          ? 'minor'
          : revision === undefined
            ? 'major'
            : await stepBetween(base, revision),
      ...(base !== undefined && { from: versionOf(base) }),
      ...(revision !== undefined && { to: versionOf(revision) }),
    });
  }
  return changes;
};

/** Comments and brackets on their own say nothing about what a user may write. */
const isCode = (line: string): boolean =>
  /\w/.test(line) && !/^\s*(\/\/|\/\*|\*|#|>|```)/.test(line);

/** The lines by which the committed API report differs from the tag's. */
export const compareApi = async (git: Git, tag: string): Promise<ApiChange> => {
  // A tool of somebody's own would show the lines elsewhere, or others.
  const plain = ['--unified=0', '--no-color', '--no-ext-diff', '--no-textconv'];
  const diff = await git('diff', ...plain, tag, 'HEAD', '--', 'generated/api');
  const lines = diff.split('\n').filter((line) => !/^(---|\+\+\+) /.test(line));
  const of = (sign: string): string[] =>
    lines
      .filter((line) => line.startsWith(sign))
      .map((line) => line.slice(1))
      .filter(isCode);
  return { gone: of('-'), added: of('+') };
};
