import { describe, expect, test as base } from 'vitest';
import { OutboxError } from '../../../../src/http/errors.ts';
import { fakeClock } from '../../../../src/testing/fake-clock.ts';
import type { Db } from '../../../../src/tracker/lmdb/db.ts';
import { leaseKey, newName } from '../../../../src/tracker/lmdb/keys.ts';
import { watchOwners } from '../../../../src/tracker/lmdb/owners.ts';
import type { Transactions } from '../../../../src/tracker/lmdb/transactions.ts';
import type { LmdbOutbox, LmdbOutboxOptions } from '../../../../src/tracker/lmdb/index.ts';
import type { Taken } from '../../../../src/tracker/outbox.ts';
import { event, count, ids } from '../../../support/outbox-records.ts';
import { eventually, mortalOutbox, outboxDir } from '../../../support/outbox-lmdb.ts';

interface Places {
  readonly start: (options?: LmdbOutboxOptions) => ReturnType<typeof mortalOutbox>;
}

const test = base.extend<Places>({
  start: async ({ task: _ }, use) => {
    const { dir, remove } = outboxDir();
    const open: LmdbOutbox[] = [];
    await use(async (options) => {
      const opened = await mortalOutbox(dir, options);
      open.push(opened.outbox);
      return opened;
    });
    for (const outbox of open) await outbox.close();
    remove();
  },
});

const takeAll = async (outbox: LmdbOutbox): Promise<readonly Taken[]> => await outbox.take(100);

test('who could not write takes nobody for dead: they may not have been able to either', async () => {
  const clock = fakeClock();
  const other = { beat: 1, ranges: [], windows: { id: newName(), n: 0 } };
  const entry = { key: leaseKey('00'.repeat(8)), value: Buffer.from(JSON.stringify(other)) };
  let isFull = true;
  let takenOver = 0;
  const change = async ({ make }: { make: (txn: unknown) => unknown }): Promise<unknown> => {
    if (isFull) throw new OutboxError('full', 'no space');
    return make({
      db: { remove: () => (takenOver += 1) },
      meta: { orphans: [] },
      lease: { ranges: [] },
    });
  };
  const stop = watchOwners({
    db: { getRange: () => [entry], getBinary: () => entry.value } as unknown as Db,
    transactions: {
      change,
      refresh: () => undefined,
      lease: () => ({ beat: 7 }),
      meta: () => ({ orphans: [] }),
      owner: () => 'ours',
      isOwner: () => true,
    } as unknown as Transactions,
    clock,
    leaseMs: 1_000,
    mayAdopt: true,
    onAdopted: () => undefined,
    onNewer: () => undefined,
  });
  // The first beat of all needs no commit.
  await clock.advance(10_000);
  isFull = false;
  await clock.advance(900);
  expect(takenOver).toBe(0);
  await clock.advance(1_000);
  expect(takenOver).toBeGreaterThan(0);
  stop();
});

describe.concurrent('owners of one directory', () => {
  test('each takes what is its own, and the totals are those of all', async ({ start }) => {
    const a = await start();
    const b = await start();
    const [x, y] = [event(), event()];
    await a.outbox.put([x]);
    await b.outbox.put([y]);
    expect(ids(await takeAll(a.outbox))).toEqual([x.id]);
    expect(ids(await takeAll(b.outbox))).toEqual([y.id]);
    expect(a.outbox.own()).toBe(1);
    for (const { outbox } of [a, b]) {
      await eventually(() => expect(outbox.totals().given).toEqual({ records: 2, calls: 2 }));
    }
  });

  test('what a closed one leaves goes to one that is open, and tells it', async ({ start }) => {
    const a = await start();
    const b = await start();
    let calls = 0;
    b.outbox.onReady(() => (calls += 1));
    const records = [event(), event(), event()];
    await a.outbox.put(records);
    await a.outbox.take(2);
    await a.outbox.close();
    await eventually(() => expect(b.outbox.own()).toBe(3));
    expect(ids(await takeAll(b.outbox))).toEqual(records.map(({ id }) => id));
    expect(calls).toBeGreaterThan(0);
  });

  test('what a closed one leaves is there at once for who opens the directory', async ({
    start,
  }) => {
    const a = await start({ lease: '10m' });
    const record = event();
    await a.outbox.put([record]);
    await a.outbox.close();
    const b = await start({ lease: '10m' });
    expect(ids(await takeAll(b.outbox))).toEqual([record.id]);
  });

  test('one that is at work is not taken for dead, however idle it is', async ({ start }) => {
    const a = await start();
    const b = await start();
    await a.outbox.put([event()]);
    await new Promise((resolve) => {
      setTimeout(resolve, 1_500);
    });
    expect(b.outbox.own()).toBe(0);
    expect(a.outbox.own()).toBe(1);
  });

  test('who lost its lease goes on as another: nothing is lost, nothing is counted twice', async ({
    start,
  }) => {
    const a = await start();
    const b = await start();
    const [sent, retried, waiting, later] = [event(), event(), event(), event()];
    await a.outbox.put([sent, retried, waiting]);
    const [first, second] = await a.outbox.take(2);
    a.kill();
    await eventually(() => expect(b.outbox.own()).toBe(3));
    // It does not know yet.
    expect(await a.outbox.take(1)).toEqual([]);
    await a.outbox.settle(first as Taken, { to: 'sent' });
    await a.outbox.settle(second as Taken, { to: 'retry', at: 0, counts: true });
    await a.outbox.put([later]);
    expect(ids(await takeAll(a.outbox))).toEqual([later.id]);
    const rest = await takeAll(b.outbox);
    expect(ids(rest)).toEqual([retried.id, waiting.id]);
    for (const taken of rest) await b.outbox.settle(taken, { to: 'sent' });
    const { given, sent: all, pending } = b.outbox.totals();
    expect([given.records, all.records, pending.records]).toEqual([4, 3, 1]);
  });

  test('what two of them settle is counted once', async ({ start }) => {
    const a = await start();
    const b = await start();
    await a.outbox.put([count(7)]);
    const [taken] = await a.outbox.take(1);
    a.kill();
    await eventually(() => expect(b.outbox.own()).toBe(1));
    const [again] = await b.outbox.take(1);
    await b.outbox.settle(again as Taken, { to: 'sent' });
    await a.outbox.settle(taken as Taken, { to: 'dead', reason: 'refused' });
    const { given, sent, dead } = b.outbox.totals();
    expect([given.calls, sent.calls, dead.calls]).toEqual([7, 7, 0]);
  });

  test('windows that were taken over are told of, and cannot be put again', async ({ start }) => {
    const a = await start();
    const b = await start();
    const window = count(3);
    await a.outbox.saveWindows([window]);
    const told: string[] = [];
    a.outbox.onWindowsLost(() => told.push('lost'));
    a.kill();
    await eventually(() => expect(b.outbox.own()).toBe(1));
    const sealed = a.outbox.put([{ ...window, calls: 5 }]).catch((error: unknown) => {
      told.push('rejected');
      throw error;
    });
    await expect(sealed).rejects.toMatchObject({ code: 'outbox', reason: 'unusable' });
    await expect(a.outbox.saveWindows([{ ...window, calls: 6 }])).rejects.toThrow(/taken over/);
    expect(told).toEqual(['lost', 'rejected']);
    const [taken] = await takeAll(b.outbox);
    expect(taken?.record).toEqual(window);
    expect(b.outbox.totals().given.calls).toBe(3);
  });

  test("windows that a failed commit did not save are nobody else's", async ({ start }) => {
    const a = await start();
    const b = await start();
    await a.outbox.saveWindows([count(3)]);
    const window = count(1);
    // No payload is a number: what goes wrong in a commit takes all that is in it along.
    const wrong = { ...event(), payload: 5 as unknown as string };
    const both = [a.outbox.saveWindows([window]), a.outbox.put([wrong])];
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
    ]);
    a.kill();
    await eventually(() => expect(b.outbox.own()).toBe(1));
    await a.outbox.saveWindows([window]);
    await a.outbox.put([{ ...window, calls: 2 }]);
    expect(ids(await takeAll(a.outbox))).toEqual([window.id]);
  });

  test('an id that is made of something is not kept twice, whosever it is', async ({ start }) => {
    const a = await start();
    const b = await start();
    const record = { ...event(), id: '0189c0de-0000-8000-8000-000000000001' };
    await a.outbox.put([record]);
    await b.outbox.put([record]);
    expect(b.outbox.own()).toBe(0);
    const [taken] = await a.outbox.take(1);
    await a.outbox.settle(taken as Taken, { to: 'dead', reason: 'refused' });
    await b.outbox.put([record]);
    expect(b.outbox.totals().given.records).toBe(1);
    await b.outbox.dead.drop();
    await b.outbox.put([record]);
    expect(ids(await takeAll(b.outbox))).toEqual([record.id]);
  });

  test('a random id that two of them have is one again when they become one', async ({ start }) => {
    const a = await start();
    const b = await start();
    const record = event();
    await a.outbox.put([record]);
    await b.outbox.put([record]);
    a.kill();
    await eventually(() => expect(b.outbox.totals().given.records).toBe(1));
    expect(b.outbox.own()).toBe(1);
  });

  test('who only looks takes nothing over', async ({ start }) => {
    const a = await start();
    await a.outbox.put([event()]);
    const b = await start({ adopt: false });
    a.kill();
    await new Promise((resolve) => {
      setTimeout(resolve, 1_200);
    });
    expect(b.outbox.own()).toBe(0);
    expect(b.outbox.totals().pending.records).toBe(1);
  });
});
