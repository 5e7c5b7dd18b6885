import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { OutboxError } from '../../../../src/http/errors.ts';
import { fakeClock } from '../../../../src/testing/fake-clock.ts';
import type { Db } from '../../../../src/tracker/lmdb/db.ts';
import { createTransactions } from '../../../../src/tracker/lmdb/transactions.ts';

/** A database whose transactions begin, and end, when it is told so. */
const slowDb = () => {
  const store = new Map<string, Buffer>();
  const begun: { work: () => unknown; end: (error?: Error) => void }[] = [];
  const db = {
    getBinary: (key: Buffer) => store.get(key.toString('hex')),
    put: (key: Buffer, value: Buffer) => store.set(key.toString('hex'), value),
    childTransaction: (work: () => unknown) =>
      new Promise((resolve, reject) => {
        let result: unknown;
        begun.push({
          work: () => (result = work()),
          end: (error) => (error ? reject(error) : resolve(result)),
        });
      }),
  } as unknown as Db;
  return { db, begun };
};

const explain = async (error: unknown): Promise<OutboxError> =>
  error instanceof OutboxError ? error : new OutboxError('unusable', String(error));

const told = async (promise: Promise<unknown>): Promise<unknown> => {
  let result: unknown = 'nothing yet';
  promise.then(
    () => (result = 'done'),
    (error: unknown) => (result = (error as Error).message),
  );
  await setImmediate();
  return result;
};

test('a change that waits for another process is taken back in time, and never made', async () => {
  const { db, begun } = slowDb();
  const clock = fakeClock();
  const { change } = createTransactions(db, clock, explain, () => undefined);
  const made: string[] = [];
  const make = (name: string) => change({ weight: 1, make: () => made.push(name) });
  const first = make('first');
  await clock.advance(9_000);
  expect(await told(first)).toBe('nothing yet');
  await clock.advance(2_000);
  expect(await told(first)).toMatch(/did not answer in time/);
  const second = make('second');
  await clock.advance(10_000);
  expect(await told(second)).toMatch(/did not answer in time/);
  const third = make('third');
  begun[0]?.work();
  begun[0]?.end();
  await third;
  expect(made).toEqual(['third']);
  expect(begun).toHaveLength(1);
});

test('what has begun is not taken back, however long the disk takes', async () => {
  const { db, begun } = slowDb();
  const clock = fakeClock();
  const { change } = createTransactions(db, clock, explain, () => undefined);
  const first = change({ weight: 1, make: () => 'made' });
  await clock.advance(1);
  begun[0]?.work();
  await clock.advance(60_000);
  expect(await told(first)).toBe('nothing yet');
  begun[0]?.end();
  expect(await first).toBe('made');
});

test('a failed commit fails all that was in it, and nothing that comes later', async () => {
  const { db, begun } = slowDb();
  const clock = fakeClock();
  const { change, meta } = createTransactions(db, clock, explain, () => undefined);
  const count = (txn: { meta: { counts: { given: readonly [number, number] } } }): void => {
    txn.meta.counts.given = [txn.meta.counts.given[0] + 1, 0];
  };
  const refused = change({
    weight: 1,
    make: () => {
      throw new OutboxError('full', 'full');
    },
  });
  const both = [refused, change({ weight: 1, make: count })];
  await clock.advance(1);
  begun[0]?.work();
  begun[0]?.end(new Error('no space'));
  expect(await Promise.all(both.map(told))).toEqual(['full', 'Error: no space']);
  expect(meta().counts.given).toEqual([0, 0]);
  const next = change({ weight: 1, make: () => 'made' });
  await clock.advance(1);
  begun[1]?.work();
  begun[1]?.end();
  expect(await next).toBe('made');
});
