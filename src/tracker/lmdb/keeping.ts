import { OutboxError } from '../../http/errors.ts';
import type { UsageRecord } from '../record.ts';
import { append, type Holdings, isKnown } from './holdings.ts';
import { recordKey } from './keys.ts';
import { takeOut } from './ranges.ts';
import { addTo } from './state.ts';
import type { Change, Txn } from './transactions.ts';
import { encodeRecord, readHead } from './value.ts';

/** @throws OutboxError when there is no room for more records. */
export type CheckRoom = (txn: Txn) => void;

/** The window of this id as it was saved last. */
const savedWindow = ({ db, saved }: Txn, held: Holdings, id: string) => {
  const key = saved.get(id) ?? held.windows.get(id);
  const value = key && db.getBinary(key);
  const head = value && readHead(value);
  return head?.id === id && key !== undefined ? { key, calls: head.calls } : undefined;
};

/** Windows that were saved before this process was taken for dead are records of another's now. */
const refuseLost = (held: Holdings, records: readonly UsageRecord[]): void => {
  if (held.lost.size === 0 || !records.some(({ id }) => held.lost.has(id))) return;
  throw new OutboxError('unusable', 'another process has taken over the windows of this one', {
    hint: 'this process was stopped, or its event loop blocked, for longer than its lease',
  });
};

export const putChange = (
  held: Holdings,
  records: readonly UsageRecord[],
  checkRoom: CheckRoom,
  done: () => void,
): Change<void> => ({
  weight: records.length,
  make: (txn) => {
    refuseLost(held, records);
    const windows = records.map(({ id }) => held.windows.size > 0 && held.windows.has(id));
    if (windows.includes(false)) checkRoom(txn);
    for (const record of records) {
      const { id, calls } = record;
      const window = savedWindow(txn, held, id);
      if (window !== undefined) takeOut(txn, window.key, id);
      else if (isKnown(txn, held, id)) continue;
      append(txn, held, id, encodeRecord(record));
      addTo(txn.meta.counts, 'given', window ? 0 : 1, calls - (window?.calls ?? 0));
    }
  },
  done: () => {
    held.keep();
    if (held.windows.size > 0) for (const { id } of records) held.windows.delete(id);
    done();
  },
});

export const saveWindowsChange = (
  held: Holdings,
  windows: readonly UsageRecord[],
  checkRoom: CheckRoom,
  done: () => void,
): Change<ReadonlyMap<string, Buffer>> => ({
  weight: windows.length,
  make: (txn) => {
    refuseLost(held, windows);
    if (windows.some(({ id }) => !held.windows.has(id))) checkRoom(txn);
    const added = new Map<string, Buffer>();
    for (const record of windows) {
      const { id, calls } = record;
      const before = savedWindow(txn, held, id);
      if (!before && isKnown(txn, held, id)) continue;
      const key = before?.key ?? recordKey(txn.lease.windows.id, held.nextSeq());
      txn.db.put(key, encodeRecord(record));
      if (!before) {
        txn.saved.set(id, key);
        added.set(id, key);
        txn.lease.windows.n += 1;
      }
      addTo(txn.meta.counts, 'given', before ? 0 : 1, calls - (before?.calls ?? 0));
    }
    return added;
  },
  done: (added) => {
    // Not before: what is not on the disk nobody can take over.
    for (const [id, key] of added) held.windows.set(id, key);
    done();
  },
});
