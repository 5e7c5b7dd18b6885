import { statfs } from 'node:fs/promises';
import { OutboxError } from '../../http/errors.ts';
import type { Clock } from '../clock.ts';
import type { CheckRoom } from './keeping.ts';
import { totalsOf } from './state.ts';
import type { Txn } from './transactions.ts';

/** Left free on the disk, so that records can still be settled. */
const diskReserve = 1024 * 1024;

/** How long we go by what the disk said. */
const freshMs = 250;

/** What there is free on a disk, in bytes; `undefined` where it does not say. */
export const freeOnDisk = async (dir: string): Promise<number | undefined> => {
  try {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize;
  } catch {
    return undefined;
  }
};

export interface Room {
  readonly check: CheckRoom;
  readonly look: () => Promise<void>;
}

const full = (what: string): OutboxError => new OutboxError('full', `the outbox is full: ${what}`);

/** Refuses new records early enough that there is always room to settle the old ones. */
export const createRoom = (
  dir: string,
  clock: Clock,
  bounds: { readonly maxBytes: number; readonly maxRecords: number },
): Room => {
  let free: number | undefined;
  let lookedAt = -Infinity;
  let measured: Txn | undefined;
  let bytes = 0;

  const look = async (): Promise<void> => {
    lookedAt = clock.monotonic();
    free = await freeOnDisk(dir);
  };

  /** The pages that hold something. Those that are free again are used first. */
  const measure = (txn: Txn): number => {
    if (measured !== txn) {
      const { pageSize, treeBranchPageCount, treeLeafPageCount, overflowPages } =
        txn.db.getStats() as Record<string, number>;
      bytes =
        (pageSize ?? 0) *
        ((treeBranchPageCount ?? 0) + (treeLeafPageCount ?? 0) + (overflowPages ?? 0));
      measured = txn;
    }
    return bytes;
  };

  return {
    look,
    check: (txn) => {
      if (clock.monotonic() - lookedAt > freshMs) void look();
      if (free !== undefined && free < diskReserve) throw full('no space is left on its disk');
      if (measure(txn) >= bounds.maxBytes) throw full(`it holds ${bounds.maxBytes} bytes`);
      const { pending, dead } = totalsOf(txn.meta.counts, undefined);
      if (pending.records + dead.records >= bounds.maxRecords) {
        throw full(`it holds ${bounds.maxRecords} records`);
      }
    },
  };
};
