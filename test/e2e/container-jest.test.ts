/** The recipe for jest in `containers-and-ci.md`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetched } from '../../scripts/lib/fetched.ts';
import { installPackage, type Project, repository } from '../support/package.ts';
import { titledBlocks } from '../support/titled-blocks.ts';

const guide = await readFile(join(repository, 'src/site/guides/containers-and-ci.md'), 'utf8');
const block = titledBlocks(guide);

let project: Project;
beforeAll(async () => {
  project = await installPackage();
}, 120_000);
afterAll(() => project[Symbol.asyncDispose]());

describe('jest', () => {
  const titles = ['start-emulator', 'stop-emulator', 'login.test'].map((name) => `test/${name}.js`);
  beforeAll(async () => {
    for (const title of ['jest.config.js', ...titles]) await project.write(title, block(title));
  });

  it('has a set-up that does what it says', async () => {
    // What jest does with it, as far as it matters here.
    const program = `
      const assert = require('node:assert');
      const tests = [];
      globalThis.test = (_name, run) => tests.push(run);
      globalThis.expect = (value) => ({
        toMatchObject: (expected) => {
          assert.strictEqual(value.length, expected.length);
          const same = (_, i) => Object.keys(expected[i]).map((key) => value[i][key]);
          assert.deepStrictEqual(value.map(same), expected.map(Object.values));
        },
      });
      const { globalSetup, globalTeardown } = require('./jest.config.js');
      (async () => {
        await require(globalSetup)();
        require('./test/login.test.js');
        for (const run of tests) await run();
        await require(globalTeardown)();
        console.log(tests.length);
      })();`;
    await project.write('like-jest.js', program);
    const ran = await project.run(process.execPath, ['like-jest.js']);
    expect(ran).toEqual({ code: 0, output: '1\n' });
  });

  if (process.env.LONG) {
    it('runs by it', { timeout: 300_000 }, async () => {
      const program = join(await fetched('jest@30.5.2'), 'bin/jest.js');
      const { code, output } = await project.run(process.execPath, [program]);
      expect(code, output).toBe(0);
      expect(output).toMatch(/^Tests: +1 passed, 1 total$/m);
      const broken = block(titles[2] as string).replace('status: 200', 'status: 201');
      await project.write(titles[2] as string, broken);
      expect((await project.run(process.execPath, [program])).code).toBe(1);
    });
  }
});
