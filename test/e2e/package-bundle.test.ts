import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entries } from '../../scripts/lib/entries.ts';
import { mustRun } from '../../scripts/lib/run.ts';
import { installPackage, optionalPackages, type Project, repository } from '../support/package.ts';

let project: Project;
beforeAll(async () => {
  project = await installPackage();
}, 120_000);
afterAll(() => project[Symbol.asyncDispose]());

/** What users have beside it, or have not. */
const others = ['undici', ...optionalPackages];

/** What a bundler with these conditions makes of a program. */
const bundle = async (text: string, conditionNames: readonly string[]): Promise<string> => {
  const file = `bundle-${conditionNames.join('-')}.mjs`;
  await project.write(file, text);
  const build = await rolldown({
    cwd: project.folder,
    input: `${project.folder}/${file}`,
    platform: 'neutral',
    resolve: { conditionNames: [...conditionNames, 'import'], mainFields: ['module', 'main'] },
    external: [...others, /^node:/],
  });
  const { output } = await build.generate({ format: 'esm', codeSplitting: false });
  await build.close();
  return output[0].code;
};

/** The same by esbuild, which is there as a part of others. */
const byEsbuild = async (text: string, conditions: readonly string[]): Promise<string> => {
  await project.write('esbuild.mjs', text);
  return mustRun(join(repository, 'node_modules/esbuild/bin/esbuild'), [
    join(project.folder, 'esbuild.mjs'),
    '--bundle',
    '--format=esm',
    '--platform=neutral',
    `--conditions=${[...conditions, 'import'].join(',')}`,
    ...others.map((name) => `--external:${name}`),
    '--external:node:*',
    '--log-level=error',
  ]);
};

const bundlers = { rolldown: bundle, esbuild: byEsbuild } as const;

describe.each(Object.entries(bundlers))('a bundle by %s', (_, make) => {
  it.each([`export * from 'tallywire/reo'`, `export { createReoClient } from 'tallywire'`])(
    'of %s holds nothing of the other client',
    async (text) => {
      const code = await make(text, ['node']);
      expect(code).toContain('REO_API_KEY');
      expect(code).not.toMatch(/reportei/i);
    },
  );

  it.each([
    `export * from 'tallywire/reportei'`,
    `export { createReporteiClient } from 'tallywire'`,
  ])('of %s holds nothing of the other client', async (text) => {
    const code = await make(text, ['node']);
    expect(code).toContain('REPORTEI_TOKEN');
    expect(code).not.toMatch(/REO_API_KEY|ingest\.reo\.dev|aggregateusage/);
  });

  it.each([`export * from 'tallywire/reo'`, `export * from 'tallywire'`])(
    'of %s holds nothing of the tracker',
    async (text) => {
      const code = await make(text, ['node']);
      expect(code).not.toMatch(/tallywire\.tracker|maxKeys|lmdb/);
    },
  );

  it('of the webhook receiver holds nothing of the clients, and nothing of Node', async () => {
    const code = await make(`export * from 'tallywire/reportei/callbacks'`, ['node']);
    expect(code).toMatch(/HMAC/);
    expect(code).not.toMatch(/\bimport\s*[({'"]|\brequire\(/);
    expect(code).not.toMatch(/undici|REPORTEI_TOKEN|connect\.reportei\.com|['"]node:/);
  });

  it('of what is imported for nothing is empty', async () => {
    // The emulator too: whoever forgets an import of it pays nothing.
    for (const { name } of entries) {
      const code = await make(`import 'tallywire${name.slice(1)}';`, ['node']);
      expect([name, code.replace(/^\s*\/\/.*$/gm, '').trim()]).toEqual([name, '']);
    }
  });
});

describe('a bundle', () => {
  it('of the tracker for Node has the outbox on disk, and leaves lmdb where it is', async () => {
    const code = await bundle(`export * from 'tallywire/tracker'`, ['node']);
    expect(code).toMatch(/npm install lmdb/);
    expect(code).not.toMatch(/(from|import)\s*\(?['"]lmdb/);
  });

  it.each([['workerd'], ['edge-light'], ['browser'], []])(
    'of the tracker for %s needs no Node, and has no outbox on disk',
    async (...conditions) => {
      const code = await bundle(`export * from 'tallywire/tracker'`, conditions.filter(Boolean));
      expect(code).not.toMatch(/(from|import|require)\s*\(?\s*['"](undici|node:)/);
      expect(code).not.toMatch(/npm install lmdb/);
      expect(code).toMatch(/needs Node\.js/);
    },
  );

  it('for Node has the transport for Node', async () => {
    expect(await bundle(`export * from 'tallywire'`, ['node'])).toMatch(/import\(['"]undici['"]\)/);
  });

  // Bun and Deno also set `node`, in whatever order.
  it.each([['workerd'], ['edge-light'], ['browser'], ['deno', 'node'], ['node', 'bun'], []])(
    'for %s has the fetch of the platform and needs no Node',
    async (...conditions) => {
      const code = await bundle(`export * from 'tallywire'`, conditions.filter(Boolean));
      expect(code).not.toMatch(/['"](undici|node:[^'"]+)['"]/);
    },
  );
});
