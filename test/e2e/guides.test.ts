import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/lib/run.ts';
import { provePage, type Ready } from '../support/prove-page.ts';
import { type RedisServer, skipRedis, startRedis } from '../support/redis.ts';
import { compile, removeSamples } from '../support/snippet-runs.ts';
import { readPage } from '../support/snippets.ts';

const folder = `${root}src/site/guides/`;
const files = (await readdir(folder)).filter((name) => name.endsWith('.md'));
const read = await Promise.allSettled(files.map((name) => readPage(`${folder}${name}`)));
const pages = read.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));

let redis: RedisServer | undefined;
let ready: Ready;

beforeAll(async () => {
  redis = skipRedis ? undefined : await startRedis('--maxmemory-policy', 'noeviction');
  ready = { errors: await compile(pages), redisPort: redis?.port };
});

afterAll(async () => {
  await redis?.end();
  await removeSamples();
});

describe('guides', () => {
  it('can all be read', () => {
    const errors = read.flatMap((one) =>
      one.status === 'rejected' ? (one.reason as Error).message : [],
    );
    expect(errors).toEqual([]);
    expect(pages.length).toBeGreaterThan(5);
  });

  it.each(pages)(
    '$name begins with its title and a sentence that says what it does',
    ({ text }) => {
      expect(text).toMatch(/^# .+\n\n[^\n#`|-][^]*?\.\n\n/);
    },
  );
});

for (const page of pages) provePage(page, () => ready);
