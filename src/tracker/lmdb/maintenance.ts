import { ConfigError, OutboxError } from '../../http/errors.ts';
import type { UsageRecord } from '../record.ts';
import { deadKeys, discard } from './dead-letters.ts';
import type { Db } from './db.ts';
import { rangeOf, records } from './keys.ts';
import { readLeases, takeOut } from './ranges.ts';
import { addTo } from './state.ts';
import type { Transactions, Txn } from './transactions.ts';
import { decodeRecord, readHead, splitDead } from './value.ts';

/** A record that waits to be sent. */
export interface PendingRecord {
  readonly record: UsageRecord;
  /** Whether it is a window that is still open in a process that is at work. */
  readonly isOpen: boolean;
}

/** Whom an erasure is about. Users are compared as they are, domains without regard to case. */
export interface ErasureMatch {
  readonly user?: string | undefined;
  readonly domain?: string | undefined;
}

/** What people do to a store by hand. */
export interface Maintenance {
  /** All that is pending in the store, whosever it is. */
  readonly pending: () => AsyncIterable<PendingRecord>;
  /**
   * Gives pending records up, counted as `discarded`. Default: all but windows that are open. What is
   * being sent this moment may still arrive. @returns how many
   */
  readonly dropPending: (ids?: readonly string[]) => Promise<number>;
  /**
   * Removes all that is about a user or a domain: pending, dead, and as saved of open windows, counted
   * as `erased`. What processes at work hold in memory is out of its reach. The pages are free then, and
   * overwritten when they are used again: not at once. @returns how many
   *
   * @throws ConfigError for an empty user or domain. OutboxError when there are records that a newer
   *   version wrote, about whom this one cannot know; all others are erased then.
   */
  readonly erase: (match: ErasureMatch) => Promise<number>;
  /** How many records a newer version wrote, which this one leaves alone. */
  readonly newer: () => Promise<number>;
}

const page = 200;

function* pagesOf(db: Db): Generator<readonly { readonly key: Buffer; readonly value: Buffer }[]> {
  let { start } = records;
  for (;;) {
    const entries = Array.from(
      db.getRange({ ...records, start, limit: page }),
      ({ key, value }) => ({ key: Buffer.from(key), value: Buffer.from(value) }),
    );
    const last = entries.at(-1);
    if (last === undefined) return;
    yield entries;
    start = Buffer.concat([last.key, Buffer.from([0])]);
  }
}

/** Lets others have the event loop. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** @throws ConfigError for whom nobody is. */
const checkMatch = (match: ErasureMatch): void => {
  for (const what of ['user', 'domain'] as const) {
    // The counts of companies have an empty user: it would erase them all.
    if (match[what]?.trim() === '') throw new ConfigError(`the ${what} to erase is empty`);
  }
};

/** `undefined` for what a newer version wrote: nobody knows here whom it is about. */
const isAbout = (value: Buffer, { user, domain }: ErasureMatch): boolean | undefined => {
  const record = decodeRecord(value);
  if (record === undefined) return undefined;
  const its = JSON.parse(record.payload) as { user_id?: unknown; domain?: unknown };
  if (user !== undefined && its.user_id === user) return true;
  return (
    domain !== undefined &&
    typeof its.domain === 'string' &&
    its.domain.toLowerCase() === domain.toLowerCase()
  );
};

export const createMaintenance = (db: Db, transactions: Transactions): Maintenance => {
  const openWindows = (): ReadonlySet<string> =>
    new Set(readLeases(db).map(([, { windows }]) => windows.id));

  const remove = (keys: readonly Buffer[], reason: 'discarded' | 'erased'): Promise<number> =>
    transactions.change({
      weight: keys.length,
      make: (txn: Txn) => {
        let count = 0;
        for (const key of keys) {
          const value = txn.db.getBinary(key);
          const head = value && readHead(value);
          if (head === undefined) continue;
          takeOut(txn, key, head.id);
          addTo(txn.meta.counts, reason, 1, head.calls);
          count += 1;
        }
        return count;
      },
    });

  /** Removes what is pending and meets a condition. */
  const removePending = async (
    isMeant: (value: Buffer, key: Buffer) => boolean,
    reason: 'discarded' | 'erased',
  ): Promise<number> => {
    let count = 0;
    for (const entries of pagesOf(db)) {
      const keys = entries.filter(({ key, value }) => isMeant(value, key)).map(({ key }) => key);
      if (keys.length > 0) count += await remove(keys, reason);
      await turn();
    }
    return count;
  };

  return {
    pending: async function* pending(): AsyncGenerator<PendingRecord> {
      const open = openWindows();
      for (const entries of pagesOf(db)) {
        for (const { key, value } of entries) {
          const record = decodeRecord(value);
          if (record) yield { record, isOpen: open.has(rangeOf(key)) };
        }
        await turn();
      }
    },
    dropPending: async (ids) => {
      const meant = ids && new Set(ids);
      const open = openWindows();
      return removePending(
        (value, key) =>
          !open.has(rangeOf(key)) && (meant === undefined || meant.has(readHead(value)?.id ?? '')),
        'discarded',
      );
    },
    erase: async (match) => {
      checkMatch(match);
      let unread = 0;
      const isMeant = (value: Buffer): boolean => {
        const answer = isAbout(value, match);
        if (answer === undefined) unread += 1;
        return answer === true;
      };
      let count = await removePending(isMeant, 'erased');
      for (const keys of deadKeys(db)) {
        const meant = keys.filter((key) => {
          const value = db.getBinary(key);
          return value !== undefined && isMeant(splitDead(value).record);
        });
        if (meant.length === 0) continue;
        count += await transactions.change({
          weight: meant.length,
          make: (txn) => meant.filter((key) => discard(txn, key, 'erased')).length,
        });
      }
      if (unread > 0) {
        const rest = `a newer tallywire wrote ${unread} of the records`;
        throw new OutboxError('unusable', `${rest}: not known whom they are about`, {
          hint: `erase again with that version; ${count} are erased`,
        });
      }
      return count;
    },
    newer: async () => {
      let count = 0;
      for (const entries of pagesOf(db)) {
        for (const { value } of entries) if (readHead(value) === undefined) count += 1;
        await turn();
      }
      return count;
    },
  };
};
