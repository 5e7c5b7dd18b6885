import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { fakeClock } from '../../../../src/testing/fake-clock.ts';
import type { Db } from '../../../../src/tracker/lmdb/db.ts';
import { createHoldings } from '../../../../src/tracker/lmdb/holdings.ts';
import { newName, recordKey, seqOf } from '../../../../src/tracker/lmdb/keys.ts';
import { createScan } from '../../../../src/tracker/lmdb/scan.ts';
import type { Transactions } from '../../../../src/tracker/lmdb/transactions.ts';
import { encodeRecord } from '../../../../src/tracker/lmdb/value.ts';
import { event } from '../../../support/outbox-records.ts';
import { eventually } from '../../../support/outbox-lmdb.ts';

test('what takes long to read is waited for a short while only, and is read to its end', async () => {
  const range = newName();
  let end = Infinity;
  let read = 0;
  const getRange: Db['getRange'] = ({ start, limit = 0 }) => {
    const from = seqOf(start);
    read = from + Math.max(0, Math.min(limit, end - from));
    return Array.from({ length: read - from }, (_, n) => ({
      key: recordKey(range, from + n),
      value: Buffer.from(encodeRecord(event())),
    }));
  };
  const clock = fakeClock();
  const db = { getRange, getBinary: () => undefined } as unknown as Db;
  const scan = createScan(db, createHoldings(), {} as Transactions, clock);
  await scan.ready();
  scan.add([{ id: range, n: 1 }]);
  let isReady = false;
  const ready = scan.ready().then(() => (isReady = true));
  await clock.advance(99);
  await setImmediate();
  expect(isReady).toBe(false);
  await clock.advance(1);
  await ready;
  end = read + 1_000;
  await eventually(() => expect(read).toBe(end));
  scan.add([{ id: range, n: 1 }]);
  // Without a word of the clock: it is all read.
  await scan.ready();
  expect(read).toBe(end);
});
