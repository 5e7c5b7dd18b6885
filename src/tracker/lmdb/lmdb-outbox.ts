import { type Duration, toMilliseconds } from '../../http/duration.ts';
import { OutboxError } from '../../http/errors.ts';
import { type Names, refuseUnknown } from '../../http/refuse-unknown.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { LocalOutbox } from '../outbox.ts';
import { createAlarm } from '../memory/alarm.ts';
import { atLeastOne } from '../settings.ts';
import { type Db, loadLmdb, openDb, untilClosed } from './db.ts';
import { createDeadLetters } from './dead-letters.ts';
import { explain } from './explain.ts';
import { createHoldings } from './holdings.ts';
import { putChange, saveWindowsChange } from './keeping.ts';
import { metaKey, recordsOf } from './keys.ts';
import { createMaintenance, type Maintenance } from './maintenance.ts';
import { watchOwners } from './owners.ts';
import { checkHeader, preparePlace } from './place.ts';
import { adopt, endLease, rangesOf, readLeases } from './ranges.ts';
import { createRoom } from './room.ts';
import { createScan } from './scan.ts';
import { storeFormat, totalsOf } from './state.ts';
import { createTaking } from './taking.ts';
import { createTransactions, readMeta } from './transactions.ts';
import { readHead } from './value.ts';
import { markClosed, verifyStore } from './verify.ts';

/** Options of `openLmdbOutbox`. */
export interface LmdbOutboxOptions {
  /**
   * Where the records go. The store remembers it, and is not opened for another one: events of a test
   * must not reach production. Default: not checked.
   */
  readonly baseUrl?: string | undefined;
  /** New records are refused when the pages in use come to so many bytes. Default 1 GiB. */
  readonly maxBytes?: number | undefined;
  /** New records are refused when so many are pending or dead. Default 10 million. */
  readonly maxRecords?: number | undefined;
  /** Beyond so many dead letters the oldest is dropped as `overflow`. Default 10,000. */
  readonly maxDead?: number | undefined;
  /**
   * A process that has not been heard of for so long is taken for dead, and its records are taken over.
   * The same for all that share the directory. Default `'15s'`, at least 500 ms.
   */
  readonly lease?: Duration | undefined;
  /**
   * Whether to take over the records of processes that are gone. Default true; false for who only looks,
   * or changes something by hand.
   */
  readonly adopt?: boolean | undefined;
  /** For tests. */
  readonly clock?: Clock | undefined;
}

const names: Names<LmdbOutboxOptions> = {
  baseUrl: true,
  maxBytes: true,
  maxRecords: true,
  maxDead: true,
  lease: true,
  adopt: true,
  clock: true,
};

/** An outbox in a directory, which several processes may share. */
export interface LmdbOutbox extends LocalOutbox, Maintenance {
  readonly put: (...args: Parameters<LocalOutbox['put']>) => Promise<void>;
  readonly settle: (...args: Parameters<LocalOutbox['settle']>) => Promise<void>;
  readonly onWindowsLost: NonNullable<LocalOutbox['onWindowsLost']>;
  readonly saveWindows: NonNullable<LocalOutbox['saveWindows']>;
  readonly own: () => number;
  readonly close: () => Promise<void>;
}

/** Looks at a store before anything is written to it. */
const checkStore = (db: Db, dir: string, baseUrl: string | undefined): void => {
  const isNew = db.getBinary(metaKey) === undefined;
  const meta = readMeta(db);
  const [first] = db.getRange({ start: Buffer.from([0]), end: Buffer.from([255]), limit: 1 });
  if (isNew && first !== undefined) {
    throw new OutboxError('unusable', `data.mdb in ${dir} belongs to something else`, {
      hint: 'give the outbox a directory of its own',
    });
  }
  if (meta.format !== storeFormat) {
    throw new OutboxError('unusable', `the outbox ${dir} is of another version (${meta.format})`, {
      hint: 'it was made by a newer tallywire: use that one',
    });
  }
  if (baseUrl === undefined || meta.baseUrl === undefined || meta.baseUrl === baseUrl) return;
  throw new OutboxError('unusable', `the outbox ${dir} holds records for ${meta.baseUrl}`, {
    hint: `one for ${baseUrl} needs a directory of its own`,
  });
};

const openStore = async (dir: string, baseUrl: string | undefined): Promise<Db> => {
  const lmdb = await loadLmdb();
  await preparePlace(dir);
  if (await checkHeader(dir)) await verifyStore(dir);
  let db: Db | undefined;
  try {
    db = openDb(lmdb, dir);
    checkStore(db, dir, baseUrl);
    return db;
  } catch (error) {
    await db?.close();
    throw await explain(dir, error);
  }
};

/**
 * Opens an outbox in a directory of a local filesystem, and makes it when it is not there. It needs the
 * package `lmdb`. What `put()` resolved for is on the disk: it survives the process, and the machine as
 * far as LMDB and the disk keep their word.
 *
 * A process that is stopped (not ended) in the middle of a commit keeps the others from committing:
 * their puts are rejected after 10 s, nothing blocks. One that was stopped for longer than its lease
 * goes on, and what it had under way may be sent twice. A worker thread is an owner as a process is;
 * close the outbox before `terminate()`.
 *
 * What a dead process has left is read first, and a `put()` waits for it up to 100 ms. When there is so
 * much that it takes longer, a random id that is put again meanwhile is kept twice until it was read,
 * and may be sent twice. Ids that are made of something are always known.
 *
 * @throws OutboxError when it cannot be used: the package is missing, the directory cannot be written,
 *   belongs to another user, can be written by everybody or by a group that is not this process's, is on a network filesystem, or holds something else or something damaged, or records for another
 *   address. ConfigError for options that cannot work.
 */
export const openLmdbOutbox = async (
  dir: string,
  options: LmdbOutboxOptions = {},
): Promise<LmdbOutbox> => {
  refuseUnknown(options, names);
  const { baseUrl, clock = systemClock } = options;
  const maxDead = atLeastOne(options.maxDead ?? 10_000, 'maxDead');
  const bounds = {
    maxBytes: atLeastOne(options.maxBytes ?? 2 ** 30, 'maxBytes'),
    maxRecords: atLeastOne(options.maxRecords ?? 10_000_000, 'maxRecords'),
  };
  const leaseMs = toMilliseconds(options.lease ?? '15s', 'lease', 500);
  const db = untilClosed(await openStore(dir, baseUrl));

  const held = createHoldings();
  const room = createRoom(dir, clock, bounds);
  let isClosed = false;
  let ready = (): void => {};
  let windowsLost = (): void => {};

  const transactions = createTransactions(
    db,
    clock,
    (error) => explain(dir, error),
    () => {
      const hadWindows = held.windows.size > 0;
      held.lose();
      taking.lose();
      if (hadWindows) windowsLost();
    },
  );
  let warned = false;
  const onNewer = (): void => {
    if (!warned)
      process.emitWarning(`a newer tallywire wrote some records in ${dir}: they wait for it`);
    warned = true;
  };
  const taking = createTaking({
    db,
    held,
    transactions,
    clock,
    maxDead,
    onNewer,
  });
  const scan = createScan(db, held, transactions, clock);

  const tellReady = (): void => {
    if (!isClosed) ready();
  };
  /** For the first record that was put back. */
  const alarm = createAlarm(clock, tellReady);
  const checkOpen = (): void => {
    if (isClosed) throw new OutboxError('closed', 'the outbox is closed');
  };

  await room.look();
  try {
    const adopted = await transactions.change({
      weight: 1,
      make: (txn) => {
        if (baseUrl !== undefined) txn.meta.baseUrl ??= baseUrl;
        return options.adopt === false ? [] : adopt(txn, onNewer);
      },
    });
    checkStore(db, dir, baseUrl);
    scan.add(adopted);
  } catch (error) {
    await db.close();
    throw error;
  }
  const stopWatching = watchOwners({
    db,
    transactions,
    clock,
    leaseMs,
    mayAdopt: options.adopt !== false,
    onAdopted: (ranges) => {
      scan.add(ranges);
      tellReady();
    },
    onNewer,
  });

  let oldest: { readonly at: number | undefined; readonly until: number } | undefined;
  const oldestAt = (): number | undefined => {
    const now = clock.monotonic();
    if (oldest === undefined || oldest.until < now) {
      const all = [
        ...readLeases(db).flatMap(([, lease]) => rangesOf(lease)),
        ...readMeta(db).orphans,
      ];
      const firsts = all.flatMap(({ id }) =>
        Array.from(
          db.getRange({ ...recordsOf(id), limit: 1 }),
          ({ value }) => readHead(value)?.at ?? [],
        ).flat(),
      );
      oldest = { at: firsts.length > 0 ? Math.min(...firsts) : undefined, until: now + 250 };
    }
    return oldest.at;
  };

  const deadLetters = createDeadLetters(db, held, transactions, clock, tellReady);
  const maintenance = createMaintenance(db, transactions);
  const close = async (): Promise<void> => {
    stopWatching();
    alarm.set(undefined);
    const release = transactions.change({
      weight: 1,
      make: (txn) => {
        endLease(txn, txn.owner, txn.lease);
        txn.isOver = true;
      },
    });
    // If it cannot be written, the lease runs out.
    await release.catch(() => undefined);
    // Closing what is being written would block until it is done.
    if (!(await transactions.idle(10_000))) return;
    await db.close();
    await markClosed(dir);
  };

  return {
    scope: 'store',
    take: (limit) => {
      if (isClosed) return [];
      const taken = taking.take(limit);
      const next = taking.nextAt();
      // What is due already was told of.
      alarm.set(next !== undefined && next > clock.monotonic() ? next : undefined);
      return taken;
    },
    settle: async (taken, settlement) => {
      checkOpen();
      try {
        await taking.settle(taken, settlement);
      } finally {
        if (!isClosed) alarm.set(taking.nextAt());
      }
    },
    onReady: (listener) => {
      ready = listener;
    },
    onWindowsLost: (listener) => {
      windowsLost = listener;
    },
    put: async (records, kept) => {
      checkOpen();
      await scan.ready();
      await transactions.change(putChange(held, records, room.check, () => kept?.()));
      tellReady();
    },
    saveWindows: async (windows, kept) => {
      checkOpen();
      await transactions.change(saveWindowsChange(held, windows, room.check, () => kept?.()));
    },
    dead: deadLetters,
    ...maintenance,
    totals: () => {
      if (!isClosed) transactions.refresh();
      return totalsOf(transactions.meta().counts, isClosed ? oldest?.at : oldestAt());
    },
    own: () => transactions.lease().ranges.reduce((sum, { n }) => sum + n, 0),
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      await close();
    },
  };
};
