import { expect, test } from 'vitest';
import { fakeClock } from '../../../../src/testing/fake-clock.ts';
import type { Db } from '../../../../src/tracker/lmdb/db.ts';
import { createHoldings } from '../../../../src/tracker/lmdb/holdings.ts';
import { newName, recordKey } from '../../../../src/tracker/lmdb/keys.ts';
import { createTaking } from '../../../../src/tracker/lmdb/taking.ts';
import type { Transactions } from '../../../../src/tracker/lmdb/transactions.ts';
import { encodeRecord } from '../../../../src/tracker/lmdb/value.ts';
import { event } from '../../../support/outbox-records.ts';

test('what many processes have left is not looked for again and again', () => {
  const ranges = Array.from({ length: 100 }, () => ({ id: newName(), n: 1 }));
  const entries = ranges.map(({ id }) => ({
    key: recordKey(id, 1),
    value: Buffer.from(encodeRecord(event())),
  }));
  let reads = 0;
  const getRange: Db['getRange'] = ({ start, end, limit }) => {
    reads += 1;
    return entries
      .filter(({ key }) => Buffer.compare(key, start) >= 0 && Buffer.compare(key, end) < 0)
      .slice(0, limit);
  };
  const active = { id: newName(), n: 0 };
  const taking = createTaking({
    db: { getRange } as unknown as Db,
    held: createHoldings(),
    transactions: {
      isOwner: () => true,
      lease: () => ({ ranges: [...ranges, active] }),
    } as unknown as Transactions,
    clock: fakeClock(),
    maxDead: 1,
    onNewer: () => undefined,
  });
  expect(taking.take(60)).toHaveLength(60);
  expect(taking.take(60)).toHaveLength(40);
  expect(taking.take(60)).toEqual([]);
  reads = 0;
  expect(taking.take(60)).toEqual([]);
  expect(reads).toBe(1);
});
