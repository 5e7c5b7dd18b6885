import assert from 'node:assert/strict';
import type { UsageRecord } from '../../tracker/record.ts';
import type { Case } from './case.ts';
import type { Bench } from './harness.ts';
import { aCount, anEvent } from './records.ts';

const ids = (records: readonly UsageRecord[]) => records.map(({ id }) => id).toSorted();

/** What is not settled comes back, each record once and as it was; what is settled does not. */
const comesBack = async (bench: Bench, by: 'close' | 'crash'): Promise<void> => {
  const { now, put, settle } = bench;
  const [sent, dropped, died, retried, taken, waiting] = Array.from({ length: 6 }, (_, n) =>
    aCount(now(), n + 1),
  ) as [UsageRecord, UsageRecord, UsageRecord, UsageRecord, UsageRecord, UsageRecord];
  await put(sent);
  await settle(await bench.takeOne(), { to: 'sent' });
  await put(dropped);
  await settle(await bench.takeOne(), { to: 'dropped', reason: 'expired' });
  await put(died);
  await settle(await bench.takeOne(), { to: 'dead', reason: 'refused' });
  await put(retried);
  await settle(await bench.takeOne(), { to: 'retry', at: now() + bench.while, counts: true });
  await put(taken);
  await bench.takeOne();
  await put(waiting);

  await bench.again(by);
  await bench.pass(bench.while);
  const back = [retried, taken, waiting];
  const came = await bench.drain(back.length);
  assert.deepEqual(ids(came), ids(back));
  for (const record of back) {
    assert.deepEqual(
      came.find(({ id }) => id === record.id),
      record,
    );
  }
  const letters: UsageRecord[] = [];
  for await (const { record } of bench.outbox().dead.list()) letters.push(record);
  assert.deepEqual(letters, [died], 'the dead stay listed');
  // What was sent and dropped before is only known where the totals are those of the store.
  if ('scope' in bench.outbox() && Reflect.get(bench.outbox(), 'scope') === 'store') {
    await bench.totals({ sent: [4, 16], dropped: { expired: [1, 2] }, dead: [1, 3] });
  }
};

/** What outlives a process. */
export const lasting: readonly Case[] = [
  {
    name: 'after close and reopen: what was not settled is there, what was settled is not',
    needs: ['reopen'],
    run: (bench) => comesBack(bench, 'close'),
  },
  {
    name: 'after a crash: what was not settled is there, what was settled is not',
    needs: ['reopen', 'crash'],
    run: (bench) => comesBack(bench, 'crash'),
  },
  {
    name: 'after a crash: a record is still not kept twice',
    needs: ['reopen', 'crash'],
    run: async (bench) => {
      const record = anEvent(bench.now());
      await bench.put(record);
      await bench.again('crash');
      await bench.put(record);
      assert.deepEqual(ids(await bench.drain(1)), [record.id]);
      await bench.takeNone('it was kept once');
    },
  },
  {
    name: 'a saved window is not taken, and its record takes its place',
    needs: ['windows'],
    run: async (bench) => {
      const window = aCount(bench.now(), 3);
      await bench.outbox().saveWindows?.([window]);
      await bench.totals({ pending: [1, 3] });
      await bench.takeNone('the window is still open');
      const sealed = aCount(bench.now(), 5, window.id);
      await bench.put(sealed);
      await bench.totals({ pending: [1, 5] });
      assert.deepEqual(await bench.drain(1), [sealed]);
      await bench.totals({ sent: [1, 5] });
    },
  },
  {
    name: 'after a crash: a saved window becomes a record of its id, as it was saved last',
    needs: ['windows', 'reopen', 'crash'],
    run: async (bench) => {
      const [window, other] = [aCount(bench.now(), 3), aCount(bench.now(), 1)];
      await bench.outbox().saveWindows?.([window, other]);
      const later = aCount(bench.now(), 8, window.id);
      await bench.outbox().saveWindows?.([later]);
      await bench.again('crash');
      const came = await bench.drain(2);
      assert.deepEqual(ids(came), ids([later, other]));
      assert.deepEqual(
        came.find(({ id }) => id === later.id),
        later,
      );
      await bench.totals({ sent: [2, 9] });
    },
  },
  {
    name: 'after a crash: a window whose record was sent is not sent again',
    needs: ['windows', 'reopen', 'crash'],
    run: async (bench) => {
      const window = aCount(bench.now(), 3);
      const other = anEvent(bench.now());
      await bench.outbox().saveWindows?.([window]);
      await bench.put(aCount(bench.now(), 4, window.id));
      await bench.drain(1);
      await bench.put(other);
      await bench.again('crash');
      assert.deepEqual(await bench.drain(1), [other]);
      await bench.totals({ sent: [2, 5] });
    },
  },
];
