import assert from 'node:assert/strict';
import { isSdkError } from '../../http/errors.ts';
import type { Totals } from '../../tracker/tally.ts';
import type { Case } from './case.ts';
import { sum } from './harness.ts';
import { aCount, anEvent, strangeTexts } from './records.ts';

const ids = (records: readonly { readonly id: string }[]) => records.map(({ id }) => id);

/** What goes in comes out. */
export const keeping: readonly Case[] = [
  {
    name: 'what is put is taken, oldest first, once, and as it was',
    run: async (bench) => {
      const records = [1, 2, 3].map((n) => anEvent(bench.now() + n));
      for (const record of records) await bench.put(record);
      const taken = await bench.take(3);
      assert.deepEqual(
        taken.map(({ record }) => record),
        records,
      );
      await bench.takeNone('what is taken is nobody else’s');
    },
  },
  {
    name: 'a new record has had no attempt',
    run: async (bench) => {
      await bench.put(anEvent(bench.now()));
      const { attempts, triedAt } = await bench.takeOne();
      assert.deepEqual({ attempts, triedAt }, { attempts: 0, triedAt: undefined });
    },
  },
  {
    name: 'many records put at once are kept in order',
    run: async (bench) => {
      const records = Array.from({ length: 1_000 }, (_, n) => anEvent(bench.now(), `${n}`));
      await bench.put(...records);
      await bench.totals({ pending: [1_000, 1_000] });
      assert.deepEqual(ids(await bench.drain(1_000)), ids(records));
      await bench.totals({ sent: [1_000, 1_000] });
    },
  },
  {
    name: 'no records put are no records kept',
    run: async (bench) => {
      await bench.put();
      await bench.takeNone('nothing was put');
      await bench.totals({});
    },
  },
  {
    name: 'records come back unchanged: events and counts, any text, any length',
    run: async (bench) => {
      const events = strangeTexts.map((text) => anEvent(bench.now(), text));
      const counts = [0, 1, Number.MAX_SAFE_INTEGER].map((calls) => aCount(bench.now(), calls));
      const records = [...events, ...counts];
      for (const record of records) await bench.put(record);
      const came = await bench.drain(records.length);
      assert.deepEqual(ids(came), ids(records));
      for (const [n, record] of records.entries()) {
        // Compared first, since a difference of megabytes takes minutes to print.
        if (came[n]?.payload !== record.payload) {
          assert.fail(`the payload of ${record.payload.length} characters is another one`);
        }
        assert.deepEqual({ ...came[n] }, record);
      }
    },
  },
  {
    name: 'a take gives no more than its limit',
    run: async (bench) => {
      await bench.put(...[1, 2, 3, 4, 5].map(() => anEvent(bench.now())));
      const taken = await bench.outbox().take(2);
      assert.ok(taken.length <= 2, `a limit of 2 gave ${taken.length}`);
      await bench.take(5 - taken.length);
    },
  },
  {
    name: 'two takes at the same time never give the same record',
    run: async (bench) => {
      const records = Array.from({ length: 8 }, () => anEvent(bench.now()));
      await bench.put(...records);
      const outbox = bench.outbox();
      const takes = await Promise.all([outbox.take(3), outbox.take(3), outbox.take(3)]);
      const taken = takes.flat();
      const rest = taken.length < 8 ? await bench.take(8 - taken.length) : [];
      const all = [...taken, ...rest].map(({ record }) => record.id);
      assert.deepEqual(all.toSorted(), ids(records).toSorted());
    },
  },
  {
    name: 'an id that is pending is not kept twice',
    run: async (bench) => {
      const record = anEvent(bench.now());
      await bench.put(record, record);
      await bench.put(record);
      await bench.totals({ pending: [1, 1] });
      assert.deepEqual(ids(await bench.drain(1)), [record.id]);
      await bench.totals({ sent: [1, 1] });
    },
  },
  {
    name: 'an id that is taken, or waits to be tried again, is not kept twice',
    run: async (bench) => {
      const record = anEvent(bench.now());
      await bench.put(record);
      const taken = await bench.takeOne();
      await bench.put(record);
      await bench.takeNone('the same id is taken already');
      await bench.settle(taken, { to: 'retry', at: bench.now() + bench.while, counts: true });
      await bench.put(record);
      await bench.totals({ pending: [1, 1] });
      await bench.pass(bench.while);
      assert.deepEqual(ids(await bench.drain(1)), [record.id]);
      await bench.totals({ sent: [1, 1] });
    },
  },
  {
    name: 'an id that is dead is not kept twice',
    run: async (bench) => {
      const record = anEvent(bench.now());
      await bench.put(record);
      await bench.settle(await bench.takeOne(), { to: 'dead', reason: 'refused' });
      await bench.put(record);
      await bench.takeNone('the same id is dead');
      await bench.totals({ dead: [1, 1] });
    },
  },
  {
    name: 'a record put beside one that is kept already is kept',
    run: async (bench) => {
      const [old, fresh] = [anEvent(bench.now()), anEvent(bench.now())];
      await bench.put(old);
      await bench.put(old, fresh);
      await bench.totals({ pending: sum([old, fresh]) });
      assert.deepEqual(ids(await bench.drain(2)), ids([old, fresh]));
    },
  },
  {
    name: 'it says at most once that records are kept, and then the totals have them',
    run: async (bench) => {
      const records = [aCount(bench.now(), 3), aCount(bench.now(), 4)];
      const told: unknown[] = [];
      await bench.outbox().put(records, () => told.push(bench.outbox().totals()));
      await bench.totals({ pending: [2, 7] });
      assert.ok(told.length <= 1, `it was told ${told.length} times`);
      for (const totals of told) {
        const { pending } = (await totals) as Totals;
        assert.deepEqual(pending, { records: 2, calls: 7 });
      }
    },
  },
  {
    name: 'the age of the oldest pending record',
    run: async (bench) => {
      const [first, second] = [anEvent(bench.now() - 2_000), anEvent(bench.now() - 1_000)];
      const oldest = (at: number | undefined) =>
        bench.eventually(async () => {
          assert.equal((await bench.outbox().totals()).oldestAt, at);
        });
      await oldest(undefined);
      await bench.put(first);
      await bench.put(second);
      await oldest(first.at);
      const taken = await bench.takeOne();
      await oldest(first.at);
      await bench.settle(taken, { to: 'sent' });
      await oldest(second.at);
      await bench.settle(await bench.takeOne(), { to: 'sent' });
      await oldest(undefined);
    },
  },
  {
    name: 'a closed outbox says so to who puts, and may be closed again',
    run: async (bench) => {
      await bench.put(anEvent(bench.now()));
      await bench.outbox().close();
      await assert.rejects(
        async () => bench.put(anEvent(bench.now())),
        (error) => isSdkError(error) && error.code === 'outbox' && error.reason === 'closed',
        'OutboxError, reason closed',
      );
      await bench.outbox().close();
    },
  },
];
