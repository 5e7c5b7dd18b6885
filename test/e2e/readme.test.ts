import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/lib/run.ts';
import { provePage, type Ready } from '../support/prove-page.ts';
import { compile, removeSamples } from '../support/snippet-runs.ts';
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
