import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test as base } from 'vitest';
import {
  type LmdbOutbox,
  type LmdbOutboxOptions,
  openLmdbOutbox,
} from '../../../../src/tracker/lmdb/index.ts';
import { fakeClock } from '../../../../src/testing/fake-clock.ts';
import { type Db, openDb, loadLmdb } from '../../../../src/tracker/lmdb/db.ts';
import { metaKey, records } from '../../../../src/tracker/lmdb/keys.ts';
import type { Meta } from '../../../../src/tracker/lmdb/state.ts';
import type { Taken } from '../../../../src/tracker/outbox.ts';
import { count, event, ids } from '../../../support/outbox-records.ts';
import { eventually, outboxDir } from '../../../support/outbox-lmdb.ts';

interface Place {
  readonly dir: string;
  readonly open: (options?: LmdbOutboxOptions) => Promise<LmdbOutbox>;
}

const test = base.extend<{ readonly place: Place }>({
  place: async ({ task: _ }, use) => {
    const { dir, remove } = outboxDir();
    const all: LmdbOutbox[] = [];
    await use({
      dir,
      open: async (options) => {
        const outbox = await openLmdbOutbox(dir, { lease: '500ms', ...options });
        all.push(outbox);
        return outbox;
      },
    });
    for (const outbox of all) await outbox.close();
    remove();
  },
});

const die = async (outbox: LmdbOutbox): Promise<void> => {
  const [taken] = await outbox.take(1);
  await outbox.settle(taken as Taken, { to: 'dead', reason: 'refused' });
};

/** Makes the n-th record one that only a newer version can read. */
const makeNewer = async (
  db: Db,
  n: number,
): Promise<{ readonly key: Buffer; readonly value: Buffer }> => {
  const found = [...db.getRange(records)][n];
  const key = Buffer.from(found?.key ?? '');
  const value = Buffer.from(found?.value ?? '');
  value[0] = 2;
  await db.childTransaction(() => db.put(key, value));
  return { key, value };
};

const list = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

const full = { code: 'outbox', reason: 'full' };

describe.concurrent('a store', () => {
  test('is readable by its owner only', async ({ place }) => {
    const dir = join(place.dir, 'deep', 'down');
    const outbox = await openLmdbOutbox(dir);
    await outbox.put([event()]);
    await outbox.close();
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    for (const name of ['data.mdb', 'lock.mdb', 'closed']) {
      expect(statSync(join(dir, name)).mode & 0o777, name).toBe(0o600);
    }
  });

  test('is not opened for another address', async ({ place }) => {
    const first = await place.open({ baseUrl: 'http://127.0.0.1:1' });
    await first.put([event()]);
    await first.close();
    await expect(place.open({ baseUrl: 'https://ingest.reo.dev' })).rejects.toMatchObject({
      reason: 'unusable',
      message: expect.stringContaining('holds records for http://127.0.0.1:1') as string,
    });
    expect((await place.open()).totals().pending.records).toBe(1);
    expect(await place.open({ baseUrl: 'http://127.0.0.1:1' })).toBeDefined();
  });

  test.for([
    [{ maxbytes: 1 }, 'there is no option maxbytes'],
    [{ maxBytes: NaN }, 'maxBytes must be a whole number'],
    [{ maxRecords: 0 }, 'maxRecords must be'],
    [{ maxDead: '7' }, 'maxDead must be'],
  ] as const)('is not opened with %j', async ([options, message], { place }) => {
    const opening = place.open(options as LmdbOutboxOptions);
    await expect(opening).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining(message) as string,
    });
    expect(readdirSync(place.dir)).toEqual([]);
  });

  test('of a newer version is not opened', async ({ place }) => {
    await (await place.open()).close();
    const db = openDb(await loadLmdb(), place.dir);
    const meta = JSON.parse(String(db.getBinary(metaKey))) as object;
    await db.childTransaction(() =>
      db.put(metaKey, Buffer.from(JSON.stringify({ ...meta, format: 2 }))),
    );
    await db.close();
    await expect(place.open()).rejects.toThrow(/of another version \(2\)/);
  });

  test('leaves records of a newer version alone, and says that it cannot erase them', async ({
    place,
  }) => {
    const outbox = await place.open();
    await outbox.put([event('jo'), event('jo'), event('al')]);
    const db = openDb(await loadLmdb(), place.dir);
    const made = await makeNewer(db, 1);
    expect(await outbox.take(5)).toHaveLength(2);
    expect(await outbox.newer()).toBe(1);
    await outbox.close();
    const again = await place.open();
    await again.put([event()]);
    expect(await again.take(5)).toHaveLength(3);
    await expect(again.erase({ user: 'jo' })).rejects.toMatchObject({
      reason: 'unusable',
      message: expect.stringContaining('a newer tallywire wrote 1 of the records') as string,
    });
    expect(again.totals().dropped.erased?.records).toBe(1);
    expect(db.getBinary(made.key)).toEqual(made.value);
    await db.close();
  });

  test('leaves what a newer version has left to one of that version', async ({ place }) => {
    const outbox = await place.open();
    await outbox.put([event(), event()]);
    const db = openDb(await loadLmdb(), place.dir);
    await makeNewer(db, 0);
    await outbox.close();
    const again = await place.open();
    expect(again.own()).toBe(0);
    expect(again.totals().pending.records).toBe(2);
    expect((JSON.parse(String(db.getBinary(metaKey))) as Meta).orphans).toMatchObject([{ n: 2 }]);
    await db.close();
  });

  test('is bounded in records, the dead among them, and takes more when there is room', async ({
    place,
  }) => {
    const outbox = await place.open({ maxRecords: 3 });
    await outbox.put([event(), event(), event()]);
    await die(outbox);
    const saved = count(2);
    await expect(outbox.put([event()])).rejects.toMatchObject(full);
    await expect(outbox.saveWindows([saved])).rejects.toMatchObject(full);
    expect(outbox.totals().given.records).toBe(3);
    await outbox.dead.drop();
    await outbox.saveWindows([saved]);
    await expect(outbox.put([event()])).rejects.toMatchObject(full);
    // What is in it already may grow and be sealed.
    await outbox.saveWindows([{ ...saved, calls: 5 }]);
    await outbox.put([{ ...saved, calls: 6 }]);
    expect(outbox.totals().pending).toEqual({ records: 3, calls: 8 });
  });

  test('is bounded in bytes; what it holds can be settled then', async ({ place }) => {
    const outbox = await place.open({ maxBytes: 1_000_000 });
    const put = async (): Promise<void> => {
      for (;;) await outbox.put(Array.from({ length: 20 }, () => event('a', 'x'.repeat(1_000))));
    };
    await expect(put()).rejects.toMatchObject(full);
    expect(statSync(join(place.dir, 'data.mdb')).size).toBeLessThan(1_500_000);
    for (let taken; (taken = await outbox.take(50)).length > 0;) {
      await Promise.all(taken.map((one) => outbox.settle(one, { to: 'sent' })));
    }
    expect(outbox.totals().pending.records).toBe(0);
    await outbox.put([event()]);
  });

  test('bounds the dead: the oldest are dropped', async ({ place }) => {
    const outbox = await place.open({ maxDead: 2 });
    const records = [event(), event(), event()];
    await outbox.put(records);
    for (const _ of records) await die(outbox);
    const letters = await list(outbox.dead.list());
    expect(letters.map(({ record }) => record.id)).toEqual(records.slice(1).map(({ id }) => id));
    expect(outbox.totals().dropped.overflow).toEqual({ records: 1, calls: 1 });
  });

  test('lists and drops what is pending, open windows apart', async ({ place }) => {
    const outbox = await place.open();
    const [one, other, window] = [event(), event(), count(4)];
    await outbox.put([one, other]);
    await outbox.saveWindows([window]);
    const taken = await outbox.take(1);
    const pending = await list(outbox.pending());
    expect(pending.map(({ record, isOpen }) => [record.id, isOpen])).toEqual(
      expect.arrayContaining([
        [one.id, false],
        [other.id, false],
        [window.id, true],
      ]),
    );
    expect(await outbox.dropPending([one.id, window.id, 'nobody'])).toBe(1);
    // It was under way: what becomes of it is not counted again.
    await outbox.settle(taken[0] as Taken, { to: 'sent' });
    expect(await outbox.dropPending()).toBe(1);
    expect(await outbox.take(5)).toEqual([]);
    expect(outbox.totals()).toMatchObject({
      sent: { records: 0 },
      pending: { records: 1, calls: 4 },
      dropped: { discarded: { records: 2, calls: 2 } },
    });
    expect(outbox.own()).toBe(0);
  });

  test('erases a user or a domain wherever it is, and nobody else', async ({ place }) => {
    const outbox = await place.open();
    const looks = await place.open({ adopt: false });
    await outbox.put([event('jo'), event('al')]);
    await die(outbox);
    await die(outbox);
    const stays = [event('joe'), count(2, 'sub.acme.com')];
    await outbox.put([event('jo'), ...stays, count(5, 'acme.com')]);
    await outbox.saveWindows([count(3, 'ACME.com')]);
    expect(await looks.erase({ user: 'jo' })).toBe(2);
    expect(await looks.erase({ domain: 'Acme.com' })).toBe(2);
    expect(await looks.erase({ domain: 'acme.com', user: 'jo' })).toBe(0);
    expect(ids(await outbox.take(9))).toEqual(stays.map(({ id }) => id));
    expect(looks.totals()).toMatchObject({
      pending: { records: 2, calls: 3 },
      dead: { records: 1 },
      dropped: { erased: { records: 4, calls: 10 } },
    });
  });

  test.for([{ user: '' }, { domain: ' ' }, { user: 'jo', domain: '' }])(
    'erases nothing for %j, though the counts of companies have an empty user',
    async (match, { place }) => {
      const outbox = await place.open();
      await outbox.put([event('jo'), count(2, 'acme.com')]);
      await expect(outbox.erase(match)).rejects.toMatchObject({ code: 'config' });
      expect(outbox.totals()).toMatchObject({ pending: { records: 2 } });
    },
  );

  test('tells once of what is due again, and of what comes later', async ({ place }) => {
    const clock = fakeClock();
    const outbox = await place.open({ clock });
    await outbox.put([event(), event()]);
    const [one, other] = (await outbox.take(2)) as [Taken, Taken];
    let told = 0;
    outbox.onReady(() => (told += 1));
    await outbox.settle(one, { to: 'retry', at: clock.now() + 30, counts: true });
    await outbox.settle(other, { to: 'retry', at: clock.now() + 200, counts: true });
    await clock.advance(30);
    expect(told).toBe(1);
    await clock.advance(100);
    expect(told).toBe(1);
    expect(await outbox.take(9)).toHaveLength(1);
    await clock.advance(70);
    expect(told).toBe(2);
    expect(await outbox.take(9)).toHaveLength(1);
  });

  test('takes again what was put back when its time has come, whatever the wall clock says', async ({
    place,
  }) => {
    const clock = fakeClock();
    const outbox = await place.open({ clock });
    const record = { ...event(), at: clock.now() };
    await outbox.put([record]);
    let told = 0;
    outbox.onReady(() => (told += 1));
    for (const jump of [-3_600_000, 3_600_000]) {
      const [taken] = await outbox.take(1);
      const at = clock.now() + 1_000;
      await outbox.settle(taken as Taken, { to: 'retry', at, counts: true });
      clock.jump(jump);
      await clock.advance(999);
      expect(await outbox.take(1)).toEqual([]);
      expect(told).toBe(0);
      await clock.advance(1);
      expect(told).toBe(1);
      told = 0;
    }
    expect(ids(await outbox.take(1))).toEqual([record.id]);
  });

  test('puts that come together share a commit', async ({ place }) => {
    const outbox = await place.open();
    const db = openDb(await loadLmdb(), place.dir);
    const commits = (): number => (db.getStats() as { lastTxnId: number }).lastTxnId;
    const before = commits();
    await Promise.all(Array.from({ length: 200 }, () => outbox.put([event()])));
    expect(commits() - before).toBeLessThanOrEqual(3);
    await db.close();
  });

  test('the totals change when the caller is told, not before', async ({ place }) => {
    const outbox = await place.open();
    const told: number[] = [];
    const put = outbox.put([count(3)], () => told.push(outbox.totals().given.calls));
    const saved = outbox.saveWindows([count(4)], () => told.push(outbox.totals().given.calls));
    const done: unknown[] = [];
    for (const one of [put, saved]) void one.then(() => done.push(one));
    const seen = new Set<string>();
    while (done.length < 2) {
      seen.add(`${told.length > 0} ${outbox.totals().given.calls > 0} ${outbox.own() > 0}`);
      expect((await outbox.take(1)).length === 0 || told.length > 0).toBe(true);
      await setImmediate();
    }
    expect([...seen].every((one) => ['false false false', 'true true true'].includes(one))).toBe(
      true,
    );
    expect(told.at(-1)).toBe(7);
  });

  test('holds no record whose put was refused', async ({ place }) => {
    const outbox = await place.open({ maxRecords: 1 });
    const settled = await Promise.allSettled([outbox.put([event()]), outbox.put([event()])]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(outbox.totals().pending.records).toBe(1);
  });

  test('is opened while another process writes, without blocking the event loop', async ({
    place,
  }) => {
    const db = openDb(await loadLmdb(), place.dir);
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isHeld = false;
    const writing = db.childTransaction(() => {
      isHeld = true;
      return held;
    });
    await eventually(() => expect(isHeld).toBe(true));
    let isOpen = false;
    const opening = place.open().then((outbox) => {
      isOpen = true;
      return outbox;
    });
    for (const until = performance.now() + 300; performance.now() < until;) await setImmediate();
    expect(isOpen).toBe(false);
    release();
    await writing;
    await (await opening).put([event()]);
    await db.close();
  });

  test('refuses what comes after close', async ({ place }) => {
    const outbox = await place.open();
    const [taken] = [event()];
    await outbox.put([taken]);
    const [one] = await outbox.take(1);
    await outbox.close();
    await outbox.close();
    const closed = { code: 'outbox', reason: 'closed' };
    await expect(outbox.put([event()])).rejects.toMatchObject(closed);
    await expect(outbox.saveWindows([count(1)])).rejects.toMatchObject(closed);
    await expect(outbox.settle(one as Taken, { to: 'sent' })).rejects.toMatchObject(closed);
    const more: readonly (() => Promise<unknown>)[] = [
      () => list(outbox.dead.list()),
      () => outbox.dead.replay(),
      () => outbox.dead.drop(['x']),
      () => list(outbox.pending()),
      () => outbox.dropPending(),
      () => outbox.erase({ user: 'x' }),
      () => outbox.newer(),
    ];
    for (const use of more) await expect(use()).rejects.toMatchObject(closed);
    expect(await outbox.take(1)).toEqual([]);
    expect(outbox.totals().pending.records).toBe(1);
    expect(readFileSync(join(place.dir, 'closed'), 'utf8')).toMatch(/^\d+ [\d.]+$/);
  });
});
