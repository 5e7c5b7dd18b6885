import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, run } from '../../scripts/lib/run.ts';
import { provePage, type Ready } from '../support/prove-page.ts';
import { freePort } from '../support/redis.ts';
import { compile, folderOf, removeSamples } from '../support/snippet-runs.ts';
import { readPage } from '../support/snippets.ts';

const readme = await readPage(`${root}README.md`);

let ready: Ready;

beforeAll(async () => {
  ready = { errors: await compile([readme]), redisPort: undefined };
});

afterAll(removeSamples);

provePage(
  readme,
  () => ready,
  ({ mock }) => expect(mock.usage.events()).toHaveLength(1),
);

describe('README', () => {
  it('has a recipe for CI that works', { timeout: 120_000 }, async () => {
    const port = await freePort();
    const folder = folderOf(readme);
    const recipe = readme.scripts.find((code) => code.includes('MOCK=$!')) ?? '';
    const commands = recipe
      .replace(
        'node_modules/.bin/tallywire mock',
        `"${process.execPath}" "${root}dist/cli.js" mock`,
      )
      .replace('--quiet', `--quiet --port ${port}`)
      .replaceAll(':4010', `:${port}`)
      .replace('npm test', `curl -sf http://127.0.0.1:${port}/nowhere`);
    await run('sh', ['-c', commands], { cwd: folder });
    const exported = await readFile(`${folder}requests.ndjson`, 'utf8');
    expect(exported.split('\n').filter(Boolean)).toHaveLength(1);
    await expect(fetch(`http://127.0.0.1:${port}/__mock/health`)).rejects.toThrow();
  });

  it('names no command that does not exist', async () => {
    const { scripts } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as {
      readonly scripts: Record<string, string>;
    };
    const named = [...readme.text.matchAll(/npm (?:run )?([a-z:]+)/g)].map(([, name = '']) => name);
    const own = named.filter((name) => !['ci', 'install', 'run'].includes(name));
    expect(own.length).toBeGreaterThan(2);
    for (const name of own) expect(Object.keys(scripts)).toContain(name);
  });

  it('links to guides that are there', () => {
    const linked = [...readme.text.matchAll(/\]\((src\/[^)#]+)/g)].map(([, path = '']) => path);
    for (const path of linked) expect(existsSync(`${root}${path}`), path).toBe(true);
  });
});
