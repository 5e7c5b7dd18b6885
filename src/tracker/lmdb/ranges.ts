import type { Db } from './db.ts';
import { idKey, isRandom, leaseKey, leases, ownerOf, rangeOf, recordsOf } from './keys.ts';
import type { Lease, Range } from './state.ts';
import type { Txn } from './transactions.ts';
import { readHead } from './value.ts';

/** All leases there are. */
export const readLeases = (db: Db): (readonly [owner: string, lease: Lease])[] =>
  Array.from(db.getRange(leases), ({ key, value }) => [
    ownerOf(key),
    JSON.parse(value.toString()) as Lease,
  ]);

export const rangesOf = (lease: Lease): readonly Range[] => [...lease.ranges, lease.windows];

/** Removes a record from the range that it is in, whosever that is. */
export const takeOut = ({ db, meta, owner, lease }: Txn, key: Buffer, id: string): void => {
  db.remove(key);
  if (!isRandom(id) && db.getBinary(idKey(id))?.equals(key) === true) db.remove(idKey(id));
  const name = rangeOf(key);
  const own = [...rangesOf(lease), ...meta.orphans].find((range) => range.id === name);
  if (own) {
    own.n -= 1;
    return;
  }
  for (const [other, its] of readLeases(db)) {
    const range = rangesOf(its).find((one) => one.id === name);
    if (other === owner || range === undefined) continue;
    range.n -= 1;
    db.put(leaseKey(other), Buffer.from(JSON.stringify(its)));
    return;
  }
};

/** Ends a lease, ours or another's: what it held is for the next one that sees it. */
export const endLease = ({ db, meta }: Txn, owner: string, lease: Lease): void => {
  db.remove(leaseKey(owner));
  meta.orphans.push(...rangesOf(lease).filter(({ n }) => n > 0));
};

/**
 * Takes over what nobody has. Older than what is our own, it goes first. What a newer version of this
 * package wrote stays there, for one that can read it.
 */
export const adopt = ({ db, meta, lease }: Txn, onNewer: () => void): readonly Range[] => {
  const isReadable = ({ id }: Range): boolean => {
    const [first] = db.getRange({ ...recordsOf(id), limit: 1 });
    return first === undefined || readHead(first.value) !== undefined;
  };
  const adopted = meta.orphans.filter(isReadable);
  meta.orphans = meta.orphans.filter((range) => !adopted.includes(range));
  if (meta.orphans.length > 0) onNewer();
  lease.ranges.unshift(...adopted);
  return adopted;
};
