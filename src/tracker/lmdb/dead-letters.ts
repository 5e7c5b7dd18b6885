import type { Clock } from '../clock.ts';
import type { DeadLetter, DeadLetters } from '../outbox.ts';
import type { DropReason } from '../tally.ts';
import type { Db } from './db.ts';
import { append, type Holdings } from './holdings.ts';
import { idKey, deadKey, deadLetters, deadTimeOf } from './keys.ts';
import { addTo } from './state.ts';
import type { Transactions, Txn } from './transactions.ts';
import { decodeRecord, encodeDead, readHead, splitDead, withTime } from './value.ts';

/** Removes a dead letter. @returns its record, if it is still there */
const exhume = (
  { db, meta }: Txn,
  key: Buffer,
): { readonly id: string; readonly record: Buffer; readonly calls: number } | undefined => {
  const value = db.getBinary(key);
  const record = value && splitDead(value).record;
  const head = record && readHead(record);
  if (record === undefined || head === undefined) return undefined;
  db.remove(key);
  db.remove(idKey(head.id));
  addTo(meta.counts, 'dead', -1, -head.calls);
  return { id: head.id, record, calls: head.calls };
};

/** Gives a dead letter up. @returns whether it was still there */
export const discard = (txn: Txn, key: Buffer, reason: DropReason): boolean => {
  const gone = exhume(txn, key);
  if (gone) addTo(txn.meta.counts, reason, 1, gone.calls);
  return gone !== undefined;
};

/** Makes a dead letter of an encoded record. Beyond the bound, the oldest is given up. */
export const bury = (
  txn: Txn,
  {
    id,
    value,
    reason,
    at,
  }: { readonly id: string; readonly value: Buffer; readonly reason: string; readonly at: number },
  maxDead: number,
): void => {
  const { db, meta } = txn;
  let seq = 0;
  while (db.doesExist(deadKey(at, seq))) seq += 1;
  const key = deadKey(at, seq);
  db.put(key, encodeDead(reason, value));
  db.put(idKey(id), key);
  addTo(meta.counts, 'dead', 1, readHead(value)?.calls ?? 0);
  while (meta.counts.dead[0] > maxDead) {
    const [oldest] = db.getRange({ ...deadLetters, limit: 1 });
    if (oldest === undefined || !discard(txn, Buffer.from(oldest.key), 'overflow')) break;
  }
};

/** How many are read or changed at a time: all of it runs on the event loop. */
const page = 200;

/** The keys of dead letters, in portions: those of these ids, or all that are there now. */
export function* deadKeys(db: Db, ids?: readonly string[]): Generator<readonly Buffer[]> {
  if (ids !== undefined) {
    for (let i = 0; i < ids.length; i += page) {
      yield ids.slice(i, i + page).flatMap((id) => db.getBinary(idKey(id)) ?? []);
    }
    return;
  }
  let { start } = deadLetters;
  for (;;) {
    const keys = Array.from(db.getRange({ ...deadLetters, start, limit: page }), ({ key }) =>
      Buffer.from(key),
    );
    if (keys.length === 0) return;
    yield keys;
    start = Buffer.concat([keys.at(-1) as Buffer, Buffer.from([0])]);
  }
}

export const createDeadLetters = (
  db: Db,
  held: Holdings,
  transactions: Transactions,
  clock: Clock,
  onReady: () => void,
): DeadLetters => {
  const each = async (
    ids: readonly string[] | undefined,
    work: (txn: Txn, key: Buffer) => boolean,
    done?: () => void,
  ): Promise<number> => {
    let count = 0;
    // What dies while we are at it is not among those that were meant.
    const [last] = db.getRange({
      start: deadLetters.end,
      end: deadLetters.start,
      reverse: true,
      limit: 1,
    });
    if (last === undefined) return 0;
    const until = Buffer.from(last.key);
    for (const keys of deadKeys(db, ids)) {
      const meant = keys.filter((key) => Buffer.compare(key, until) <= 0);
      if (meant.length === 0) continue;
      count += await transactions.change({
        weight: meant.length,
        make: (txn) => meant.filter((key) => work(txn, key)).length,
        done,
      });
    }
    return count;
  };

  return {
    list: async function* list(): AsyncGenerator<DeadLetter> {
      for (const keys of deadKeys(db)) {
        for (const key of keys) {
          const value = db.getBinary(key);
          const { reason, record: bytes } = value ? splitDead(value) : {};
          const record = bytes && decodeRecord(bytes);
          if (record && reason !== undefined) yield { record, reason, at: deadTimeOf(key) };
        }
      }
    },
    replay: async (ids) => {
      const count = await each(
        ids,
        (txn, key) => {
          const back = exhume(txn, key);
          if (back) append(txn, held, back.id, withTime(back.record, clock.now()));
          return back !== undefined;
        },
        held.keep,
      );
      if (count > 0) onReady();
      return count;
    },
    drop: (ids) => each(ids, (txn, key) => discard(txn, key, 'discarded')),
  };
};
