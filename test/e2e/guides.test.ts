import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../../scripts/lib/run.ts';
import { provePage, type Ready } from '../support/prove-page.ts';
import { type RedisServer, skipRedis, startRedis } from '../support/redis.ts';
import { compile } from '../support/snippet-runs.ts';
import { readPage } from '../support/snippets.ts';

const folder = `${root}src/site/guides/`;
const files = (await readdir(folder)).filter((name) => name.endsWith('.md'));
const pages = await Promise.all(files.map((name) => readPage(`${folder}${name}`)));

let redis: RedisServer | undefined;
let ready: Ready;

beforeAll(async () => {
  redis = skipRedis ? undefined : await startRedis('--maxmemory-policy', 'noeviction');
  ready = { errors: await compile(pages), redisPort: redis?.port };
});

afterAll(() => redis?.end());

for (const page of pages) {
  it(`${page.name} begins with its title and what it is about`, () => {
    expect(page.text).toMatch(/^# .+\n\n[^\n#`|-].*\.\n/);
  });
  provePage(page, () => ready);
}
