import assert from 'node:assert/strict';
import type { Settlement } from '../../tracker/outbox.ts';
import type { Case } from './case.ts';
import type { Bench, Expected } from './harness.ts';
import { aCount, anEvent } from './records.ts';

/** Takes as soon as the outbox gives it, which must not be before its time. */
const takeWhenDue = async (bench: Bench, at: number) => {
  const step = bench.while / 10;
  for (let steps = 0; steps < 100; steps += 1) {
    const [taken] = await bench.outbox().take(8);
    if (taken) {
      assert.ok(bench.now() >= at, `taken ${at - bench.now()} ms before its time`);
      return taken;
    }
    await bench.pass(step);
  }
  return assert.fail('a record whose time has come is taken again');
};

/** Whether the listener is called after something happened. */
const expectReady = async (bench: Bench, happens: () => Promise<unknown>): Promise<void> => {
  let calls = 0;
  bench.outbox().onReady(() => (calls += 1));
  await happens();
  await bench.eventually(() => assert.ok(calls > 0, 'the listener of onReady is called'));
};

const once: readonly (readonly [Settlement, Expected])[] = [
  [{ to: 'sent' }, { sent: [1, 1] }],
  [
    { to: 'dead', reason: 'refused' },
    { sent: [1, 1], dead: [1, 1] },
  ],
  [
    { to: 'dropped', reason: 'expired' },
    { sent: [1, 1], dead: [1, 1], dropped: { expired: [1, 1] } },
  ],
];

/** What becomes of what was taken. */
export const settling: readonly Case[] = [
  {
    name: 'sent is gone',
    run: async (bench) => {
      await bench.put(aCount(bench.now(), 5), anEvent(bench.now()));
      const [first, second] = await bench.take(2);
      assert.ok(first && second);
      await bench.settle(first, { to: 'sent' });
      await bench.totals({ sent: [1, 5], pending: [1, 1] });
      await bench.settle(second, { to: 'sent' });
      await bench.totals({ sent: [2, 6] });
      await bench.takeNone('all was sent');
    },
  },
  {
    name: 'dropped is gone, and counted by its reason',
    run: async (bench) => {
      await bench.put(aCount(bench.now(), 5), anEvent(bench.now()));
      const [first, second] = await bench.take(2);
      assert.ok(first && second);
      await bench.settle(first, { to: 'dropped', reason: 'expired' });
      await bench.settle(second, { to: 'dropped', reason: 'discarded' });
      await bench.totals({ dropped: { expired: [1, 5], discarded: [1, 1] } });
      await bench.takeNone('all was dropped');
    },
  },
  {
    name: 'retry: not before its time, and with what is known of the attempts',
    run: async (bench) => {
      const record = aCount(bench.now(), 3);
      await bench.put(record);
      let taken = await bench.takeOne();
      for (const attempts of [1, 2]) {
        const tried = bench.now();
        const at = tried + bench.while;
        await bench.settle(taken, { to: 'retry', at, counts: true });
        const settled = bench.now();
        await bench.totals({ pending: [1, 3] });
        taken = await takeWhenDue(bench, at);
        assert.deepEqual(taken.record, record, 'the same record');
        assert.equal(taken.attempts, attempts);
        const { triedAt = 0 } = taken;
        assert.ok(triedAt >= tried && triedAt <= settled, 'triedAt is when it was put back');
      }
    },
  },
  {
    name: 'retry that does not count is no attempt',
    run: async (bench) => {
      await bench.put(anEvent(bench.now()));
      let taken = await bench.takeOne();
      for (const [counts, attempts] of [
        [false, 0],
        [true, 1],
        [false, 1],
      ] as const) {
        const at = bench.now() + bench.while;
        await bench.settle(taken, { to: 'retry', at, counts });
        taken = await takeWhenDue(bench, at);
        assert.equal(taken.attempts, attempts);
      }
    },
  },
  {
    name: 'retry at a time that has passed comes at once',
    run: async (bench) => {
      await bench.put(anEvent(bench.now()));
      const taken = await bench.takeOne();
      await bench.settle(taken, { to: 'retry', at: bench.now() - 1_000, counts: true });
      const again = await bench.takeOne();
      assert.equal(again.record.id, taken.record.id);
    },
  },
  {
    name: 'one that is put back stands behind those that wait already',
    run: async (bench) => {
      const records = [1, 2, 3].map(() => anEvent(bench.now()));
      const [first, second, third] = records.map(({ id }) => id);
      await bench.put(...records);
      const taken = await bench.takeOne();
      const at = bench.now() + bench.while;
      await bench.settle(taken, { to: 'retry', at, counts: true });
      await bench.pass(2 * bench.while);
      const came = [await bench.takeOne(), await bench.takeOne(), await bench.takeOne()];
      assert.deepEqual(
        came.map(({ record }) => record.id),
        [second, third, first],
      );
    },
  },
  {
    name: 'records that wait to be tried again hold nobody up, and come by their times',
    run: async (bench) => {
      const [late, soon, fresh] = [1, 2, 3].map(() => anEvent(bench.now()));
      assert.ok(late && soon && fresh);
      await bench.put(late, soon);
      const [first, second] = await bench.take(2);
      assert.ok(first && second);
      const now = bench.now();
      await bench.settle(first, { to: 'retry', at: now + 2 * bench.while, counts: true });
      await bench.settle(second, { to: 'retry', at: now + bench.while, counts: true });
      await bench.put(fresh);
      const came = [await bench.takeOne()];
      came.push(await takeWhenDue(bench, now + bench.while));
      came.push(await takeWhenDue(bench, now + 2 * bench.while));
      assert.deepEqual(
        came.map(({ record }) => record.id),
        [fresh.id, soon.id, late.id],
      );
    },
  },
  {
    name: 'settled once is settled: what is said later changes nothing',
    run: async (bench) => {
      for (const [settlement, totals] of once) {
        await bench.put(anEvent(bench.now()));
        const taken = await bench.takeOne();
        await bench.settle(taken, settlement);
        await bench.totals(totals);
        const later: readonly Settlement[] = [
          ...once.map(([other]) => other),
          { to: 'retry', at: bench.now(), counts: true },
        ];
        for (const again of later) {
          // It may say that it knows no such record.
          await bench.settle(taken, again).catch(() => undefined);
        }
        await bench.takeNone(`it was settled to ${settlement.to}`);
        await bench.totals(totals);
      }
    },
  },
  {
    name: 'onReady: a new record',
    run: async (bench) => {
      await expectReady(bench, () => bench.put(anEvent(bench.now())));
      await bench.drain(1);
      await expectReady(bench, () => bench.put(anEvent(bench.now())));
    },
  },
  {
    name: 'onReady: one whose time has come',
    run: async (bench) => {
      await bench.put(anEvent(bench.now()));
      const taken = await bench.takeOne();
      await expectReady(bench, async () => {
        await bench.settle(taken, {
          to: 'retry',
          at: bench.now() + bench.while,
          counts: true,
        });
        await bench.takeNone('its time has not come');
        await bench.pass(bench.while);
      });
      await bench.takeOne();
    },
  },
  {
    name: 'onReady: a dead one that is brought back',
    run: async (bench) => {
      await bench.put(anEvent(bench.now()));
      await bench.settle(await bench.takeOne(), { to: 'dead', reason: 'refused' });
      await expectReady(bench, () => bench.outbox().dead.replay());
      await bench.takeOne();
    },
  },
];
