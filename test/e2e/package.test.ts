import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPackage, outputOf, type Project, repository } from '../support/package.ts';

let project: Project;
beforeAll(async () => {
  project = await installPackage();
}, 120_000);
afterAll(() => project[Symbol.asyncDispose]());

describe('the tarball', () => {
  it('holds what is built, the documents and the licences, and nothing else', () => {
    const kinds = new Set(project.packed.map((path) => path.replace(/^dist\/.*/, 'dist')));
    kinds.delete('CHANGELOG.md');
    expect([...kinds].toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'dist',
      'openapi/emulator.yaml',
      'openapi/reo.yaml',
      'openapi/reportei.yaml',
      'package.json',
    ]);
    const endings = new Set(
      project.packed
        .filter((path) => path.startsWith('dist/'))
        .map((path) => /(\.d)?\.\w+$/.exec(path)?.[0]),
    );
    expect([...endings].map((ending) => ending ?? '').toSorted()).toEqual([
      '.cjs',
      '.d.cts',
      '.d.ts',
      '.html',
      '.js',
      '.json',
      '.txt',
    ]);
  });

  it('runs nothing when it is installed', async () => {
    const { scripts } = JSON.parse(await project.read('node_modules/tallywire/package.json')) as {
      scripts: object;
    };
    const hooks = ['preinstall', 'install', 'postinstall', 'prepare'];
    expect(Object.keys(scripts).filter((script) => hooks.includes(script))).toEqual([]);
  });

  it('brings openapi-fetch and undici, and what they need', async () => {
    const { output } = await project.run('npm', ['ls', '--all', '--parseable']);
    const names = output.trim().split('\n').slice(1);
    expect(names.map((path) => path.replace(/^.*\/node_modules\//, '')).toSorted()).toEqual([
      'openapi-fetch',
      'openapi-typescript-helpers',
      'tallywire',
      'undici',
    ]);
  });

  it('names the authors of what is inside it', async () => {
    expect(await project.read('node_modules/tallywire/LICENSE')).toContain('MIT License');
    const notices = await project.read('node_modules/tallywire/dist/THIRD-PARTY-LICENSES.txt');
    for (const name of ['@stoplight/prism-http', 'ajv', 'openapi-fetch', 'commander']) {
      expect(notices).toMatch(new RegExp(`^${name} \\d\\S* \\(`, 'm'));
    }
  });

  /** What the types of an entry may be made of. */
  const mayImport = (path: string, name: string): boolean =>
    name === 'openapi-fetch' ||
    (path.startsWith('dist/src/testing/') && name.startsWith('node:')) ||
    (path.startsWith('dist/src/tracker/bullmq/') && name === 'ioredis') ||
    (path.startsWith('dist/src/tracker/otel/') && name === '@opentelemetry/api');

  it('does not tell where it was built, and keeps its inner parts out of its types', async () => {
    for (const path of project.packed) {
      const text = await project.read(`node_modules/tallywire/${path}`);
      expect(text.includes(repository), path).toBe(false);
      if (!/\.d\.c?ts$/.test(path)) continue;
      const imported = [...text.matchAll(/(?:from|import\(?)\s*'([^'.][^']*)'/g)].map(
        ([, name]) => name,
      );
      expect([path, ...imported.filter((name) => !mayImport(path, name as string))]).toEqual([
        path,
      ]);
    }
  });
});

describe('a program', () => {
  it('recognizes errors of the other module system', async () => {
    const text = `
      const required = require('tallywire');
      import('tallywire').then(async (imported) => {
        const error = await required.createReoClient({ apiKey: ' ' }).send({}).catch((error) => error);
        console.log(JSON.stringify([imported.isSdkError(error), error.code]));
      });`;
    expect(await outputOf(project, 'both.cjs', text)).toEqual([true, 'config']);
  });

  it('loads undici at the first request, not before', async () => {
    const text = `
      import { createRequire } from 'node:module';
      import { createReoClient } from 'tallywire';
      const { cache, resolve } = createRequire(import.meta.url);
      const loaded = () => resolve('undici') in cache;
      const before = loaded();
      const client = createReoClient({ apiKey: 'k', baseUrl: 'http://127.0.0.1:1', maxRetries: 0 });
      const event = { activity_type: 'a', product_id: 'p', user_id: 'u', user_id_type: 'SOCIAL' };
      const { code } = await client.send(event).catch((error) => error);
      console.log(JSON.stringify([before, code, loaded()]));`;
    expect(await outputOf(project, 'lazy.mjs', text)).toEqual([false, 'network', true]);
  });

  it('finds the documents', async () => {
    const text = `
      import { readFileSync } from 'node:fs';
      const read = (name) => readFileSync(new URL(import.meta.resolve('tallywire/openapi/' + name)), 'utf8');
      console.log(JSON.stringify(['reo', 'reportei', 'emulator'].map((name) => read(name + '.yaml').slice(0, 11))));`;
    expect(await outputOf(project, 'documents.mjs', text)).toEqual(Array(3).fill('openapi: 3.'));
  });
});

describe('npx tallywire', () => {
  it('tells its version', async () => {
    const { output } = await project.run('npx', ['--no-install', 'tallywire', '--version']);
    const { version } = JSON.parse(await project.read('node_modules/tallywire/package.json')) as {
      version: string;
    };
    expect(output.trim()).toBe(version);
  });

  it('starts the emulator', async () => {
    const bin = join(project.folder, 'node_modules/.bin/tallywire');
    const child = spawn(bin, ['mock', '--port', '0'], { cwd: project.folder });
    try {
      let output = '';
      child.stdout.on('data', (chunk) => (output += chunk));
      await expect.poll(() => output, { timeout: 15_000 }).toMatch(/^listening on http:\S+$/m);
      const url = /^listening on (http:\S+)$/m.exec(output)?.[1];
      expect((await fetch(`${url}/__mock/health`)).status).toBe(200);
      expect(await (await fetch(`${url}/__mock/`)).text()).toMatch(/^<!doctype html>/);
      expect((await fetch(`${url}/__mock/settings`)).status).toBe(200);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
