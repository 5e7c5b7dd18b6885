import { expect, test } from 'vitest';
import { fakeClock } from '../../../../src/testing/fake-clock.ts';
import type { Db } from '../../../../src/tracker/lmdb/db.ts';
import { createHoldings } from '../../../../src/tracker/lmdb/holdings.ts';
import { newName, recordKey } from '../../../../src/tracker/lmdb/keys.ts';
import { createTaking, type Taking } from '../../../../src/tracker/lmdb/taking.ts';
import type { Range } from '../../../../src/tracker/lmdb/state.ts';
import type { Transactions } from '../../../../src/tracker/lmdb/transactions.ts';
import { encodeRecord } from '../../../../src/tracker/lmdb/value.ts';
import { event } from '../../../support/outbox-records.ts';

/** A taking of these ranges, and of one for new records. */
const takingOf = (ranges: readonly Range[], getRange: Db['getRange']): Taking =>
  createTaking({
    db: { getRange } as unknown as Db,
    held: createHoldings(),
    transactions: {
      isOwner: () => true,
      lease: () => ({ ranges: [...ranges, { id: newName(), n: 0 }] }),
    } as unknown as Transactions,
    clock: fakeClock(),
    maxDead: 1,
    onNewer: () => undefined,
  });

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
  const taking = takingOf(ranges, getRange);
  expect(taking.take(60)).toHaveLength(60);
  expect(taking.take(60)).toHaveLength(40);
  expect(taking.take(60)).toEqual([]);
  reads = 0;
  expect(taking.take(60)).toEqual([]);
  expect(reads).toBe(1);
});

test('what a newer version wrote hides nothing behind it, and is looked at once', () => {
  const range = { id: newName(), n: 12 };
  const readable = Buffer.from(encodeRecord(event()));
  const newer = Buffer.from(readable);
  newer[0] = 2;
  const entries = Array.from({ length: range.n }, (_, n) => ({
    key: recordKey(range.id, n),
    value: [5, 11].includes(n) ? readable : newer,
  }));
  let looked = 0;
  const getRange: Db['getRange'] = function* ({ start, end, limit = Infinity }) {
    const most = looked + limit;
    for (const entry of entries) {
      if (Buffer.compare(entry.key, start) < 0 || Buffer.compare(entry.key, end) >= 0) continue;
      if (looked === most) return;
      looked += 1;
      yield entry;
    }
  };
  const taking = takingOf([range], getRange);
  expect(taking.take(1)).toHaveLength(1);
  expect(looked).toBe(6);
  expect(taking.take(1)).toHaveLength(1);
  expect(taking.take(1)).toEqual([]);
  expect(looked).toBe(12);
});
