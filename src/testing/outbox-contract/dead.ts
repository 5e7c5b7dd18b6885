import assert from 'node:assert/strict';
import type { DeadLetter } from '../../tracker/outbox.ts';
import type { UsageRecord } from '../../tracker/record.ts';
import type { Case } from './case.ts';
import type { Bench } from './harness.ts';
import { aCount, anEvent } from './records.ts';

const die = async (bench: Bench, ...records: readonly UsageRecord[]): Promise<void> => {
  for (const record of records) {
    await bench.put(record);
    await bench.settle(await bench.takeOne(), { to: 'dead', reason: `not ${record.calls}` });
  }
};

const list = async (bench: Bench): Promise<readonly DeadLetter[]> => {
  const letters: DeadLetter[] = [];
  for await (const letter of bench.outbox().dead.list()) letters.push(letter);
  return letters;
};

const listed = async (bench: Bench, ...records: readonly UsageRecord[]): Promise<void> => {
  assert.deepEqual(
    (await list(bench)).map(({ record }) => record),
    records,
    'the dead letters, oldest first',
  );
};

/** Dead letters. */
export const dead: readonly Case[] = [
  {
    name: 'dead letters are listed oldest first, each with its reason and its time',
    run: async (bench) => {
      await listed(bench);
      const before = bench.now();
      const records = [aCount(before, 2), aCount(before, 7)];
      await die(bench, ...records);
      const letters = await list(bench);
      assert.deepEqual(
        letters.map(({ record, reason }) => ({ record, reason })),
        records.map((record) => ({ record, reason: `not ${record.calls}` })),
      );
      for (const { at } of letters) assert.ok(at >= before && at <= bench.now(), 'when it died');
      await bench.takeNone('the dead are not taken');
      await bench.totals({ dead: [2, 9] });
    },
  },
  {
    name: 'replay by id: under its old id, as new, once',
    run: async (bench) => {
      const weekAgo = bench.now() - 7 * 864e5;
      const [one, other] = [aCount(weekAgo, 2), aCount(weekAgo, 7)];
      await die(bench, one, other);
      const before = bench.now();
      assert.equal(await bench.outbox().dead.replay([other.id, crypto.randomUUID()]), 1);
      assert.equal(await bench.outbox().dead.replay([other.id]), 0, 'it is not dead any more');
      await listed(bench, one);
      await bench.totals({ dead: [1, 2], pending: [1, 7] });
      await bench.eventually(async () => {
        const { oldestAt = 0 } = await bench.outbox().totals();
        assert.ok(oldestAt >= before, 'its age counts from the replay, in totals too');
      });
      const taken = await bench.takeOne();
      const { at } = taken.record;
      assert.ok(at >= before && at <= bench.now(), 'its age counts from the replay');
      assert.deepEqual(taken.record, { ...other, at });
      await bench.settle(taken, { to: 'sent' });
      await bench.totals({ dead: [1, 2], sent: [1, 7] });
    },
  },
  {
    name: 'replay of all; what dies again is listed again',
    run: async (bench) => {
      const records = [1, 2, 3].map((calls) => aCount(bench.now(), calls));
      await die(bench, ...records);
      assert.equal(await bench.outbox().dead.replay(), 3);
      assert.equal(await bench.outbox().dead.replay(), 0);
      await listed(bench);
      await bench.totals({ pending: [3, 6] });
      const taken = await bench.take(3);
      for (const one of taken) await bench.settle(one, { to: 'dead', reason: 'again' });
      await bench.totals({ dead: [3, 6] });
      assert.deepEqual(
        (await list(bench)).map(({ reason }) => reason),
        ['again', 'again', 'again'],
      );
    },
  },
  {
    name: 'drop by id, then all: counted as discarded',
    run: async (bench) => {
      const records = [1, 2, 4].map((calls) => aCount(bench.now(), calls));
      await die(bench, ...records);
      const [first, second, third] = records as [UsageRecord, UsageRecord, UsageRecord];
      assert.equal(await bench.outbox().dead.drop([second.id, crypto.randomUUID()]), 1);
      await listed(bench, first, third);
      await bench.totals({ dead: [2, 5], dropped: { discarded: [1, 2] } });
      assert.equal(await bench.outbox().dead.drop(), 2);
      assert.equal(await bench.outbox().dead.drop(), 0);
      await listed(bench);
      await bench.totals({ dropped: { discarded: [3, 7] } });
    },
  },
  {
    name: 'only the dead are replayed or dropped by their ids',
    run: async (bench) => {
      const [waiting, taken] = [anEvent(bench.now()), anEvent(bench.now())];
      await bench.put(taken);
      await bench.takeOne();
      await bench.put(waiting);
      const both = [waiting.id, taken.id];
      assert.equal(await bench.outbox().dead.replay(both), 0);
      assert.equal(await bench.outbox().dead.drop(both), 0);
      await bench.totals({ pending: [2, 2] });
    },
  },
  {
    name: 'no ids are not all',
    run: async (bench) => {
      const record = anEvent(bench.now());
      await die(bench, record);
      assert.equal(await bench.outbox().dead.replay([]), 0);
      assert.equal(await bench.outbox().dead.drop([]), 0);
      await listed(bench, record);
    },
  },
];
