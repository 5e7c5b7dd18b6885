import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPackage, type Project } from '../support/package.ts';

let project: Project;
beforeAll(async () => {
  project = await installPackage();
}, 120_000);
afterAll(() => project[Symbol.asyncDispose]());

/** What a bundler with these conditions makes of a program. */
const bundle = async (text: string, conditionNames: readonly string[]): Promise<string> => {
  const file = `bundle-${conditionNames.join('-')}.mjs`;
  await project.write(file, text);
  const build = await rolldown({
    cwd: project.folder,
    input: `${project.folder}/${file}`,
    platform: 'neutral',
    resolve: { conditionNames: [...conditionNames, 'import'], mainFields: ['module', 'main'] },
    external: ['undici', /^node:/],
  });
  const { output } = await build.generate({ format: 'esm', codeSplitting: false });
  await build.close();
  return output[0].code;
};

describe('a bundle', () => {
  it.each([`export * from 'tallywire/reo'`, `export { createReoClient } from 'tallywire'`])(
    'of %s holds nothing of the other client',
    async (text) => {
      const code = await bundle(text, ['node']);
      expect(code).toContain('REO_API_KEY');
      expect(code).not.toMatch(/reportei/i);
    },
  );

  it.each([`export * from 'tallywire/reo'`, `export * from 'tallywire'`])(
    'of %s holds nothing of the tracker',
    async (text) => {
      expect(await bundle(text, ['node'])).not.toMatch(/tallywire\.tracker|maxKeys|lmdb/);
    },
  );

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
