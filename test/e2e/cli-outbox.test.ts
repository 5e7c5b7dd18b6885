import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LmdbOutbox, openLmdbOutbox } from '../../src/tracker/lmdb/index.ts';
import type { UsageRecord } from '../../src/tracker/record.ts';
import { buildPackage } from '../support/build.ts';
import { eventually, outboxDir } from '../support/outbox-lmdb.ts';
import { count, event, ids } from '../support/outbox-records.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let place: ReturnType<typeof outboxDir>;
/** A service at work on the directory. */
let service: LmdbOutbox;
let waiting: UsageRecord;
let refused: UsageRecord;

beforeAll(buildPackage, 180_000);
beforeEach(async () => {
  place = outboxDir();
  service = await openLmdbOutbox(place.dir, { lease: '500ms' });
  refused = event('jo', 'secret-of-jo');
  waiting = count(7, 'acme.com');
  await service.put([refused, waiting]);
  const [taken] = await service.take(1);
  if (taken) await service.settle(taken, { to: 'dead', reason: 'status 400: \u001b[31mno' });
});
afterEach(async () => {
  await service.close();
  place.remove();
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const outbox = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['dist/cli.js', 'outbox', place.dir, ...args], {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: '1' },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += String(chunk)));
    child.stderr.on('data', (chunk: Buffer) => (err += String(chunk)));
    child.on('close', (code) => resolve({ code, out, err }));
  });

const json = (text: string): unknown =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

describe('tallywire outbox', { timeout: 60_000 }, () => {
  test('list, show and stats: what is there, and no content unless it is asked for', async () => {
    const [all, dead, lines, shown, stats] = await Promise.all([
      outbox('list'),
      outbox('list', '--dead'),
      outbox('list', '--json'),
      outbox('show', refused.id),
      outbox('stats', '--json'),
    ]);
    expect(all.code).toBe(0);
    expect(all.out).toContain(`dead     ${refused.id}  event      1 call`);
    expect(all.out).toContain(`pending  ${waiting.id}  count     7 calls`);
    // oxlint-disable-next-line no-control-regex -- a terminal would obey it
    expect(all.out).not.toMatch(/secret-of-jo|\u001b/);
    expect(dead.out.split('\n')).toHaveLength(2);
    expect(json(lines.out)).toMatchObject([
      { id: refused.id, state: 'dead', reason: 'status 400: \u001b[31mno' },
      { id: waiting.id, state: 'pending', calls: 7 },
    ]);
    expect(lines.out).not.toContain('secret-of-jo');
    expect(JSON.parse(shown.out)).toMatchObject({ payload: { meta: { note: 'secret-of-jo' } } });
    expect(JSON.parse(stats.out)).toMatchObject({
      given: { records: 2, calls: 8 },
      pending: { records: 1, calls: 7 },
      dead: { records: 1, calls: 1 },
    });
  });

  test('replay: what was dead goes to the service, which is told', async () => {
    let told = 0;
    service.onReady(() => (told += 1));
    expect(await outbox('replay', '--all')).toMatchObject({
      code: 0,
      out: 'replayed 1 dead letter\n',
    });
    await eventually(() => expect(told).toBeGreaterThan(0));
    // Its own work was not touched, and what was brought back is among it.
    expect([...ids(await service.take(9))].toSorted()).toEqual([refused.id, waiting.id].toSorted());
  });

  test('drop and purge: gone for the service too, and counted', async () => {
    expect(await outbox('drop', refused.id, 'nobody')).toMatchObject({
      code: 2,
      out: 'dropped 1 dead letter, 1 not found\n',
    });
    expect(await outbox('purge', '--domain', 'ACME.com')).toMatchObject({
      code: 0,
      out: 'purged 1 record\n',
    });
    expect(await service.take(9)).toEqual([]);
    expect(service.totals()).toMatchObject({
      pending: { records: 0 },
      dropped: { discarded: { records: 1, calls: 1 }, erased: { records: 1, calls: 7 } },
    });
  });

  test.each([
    [['drop'], /Give ids, or --all/],
    [['replay', 'x', '--all'], /Give ids, or --all/],
    [['purge'], /--user or --domain/],
    [['purge', '--user', ''], /--user is empty/],
    [['purge', '--user', 'jo', '--domain', ' '], /--domain is empty/],
    [['burn'], /there is no "burn"/],
  ])('mistakes: %j', async (args, message) => {
    const { code, err } = await outbox(...args);
    expect(code).toBe(64);
    expect(err).toMatch(message);
  });

  test('a directory without an outbox stays as it is', async () => {
    await service.close();
    const { dir, remove } = place;
    place = { dir: join(dir, 'nothing'), remove };
    expect(await outbox('stats')).toEqual({
      code: 1,
      out: '',
      err: `tallywire: there is no outbox in ${place.dir}\n`,
    });
    expect(existsSync(place.dir)).toBe(false);
  });
});
