import { OutboxError } from '../../http/errors.ts';

/** What is used of an lmdb database. Within a transaction writes are done at once, else refused. */
export interface Db {
  readonly getBinary: (key: Buffer) => Buffer | undefined;
  readonly doesExist: (key: Buffer) => boolean;
  readonly put: (key: Buffer, value: Buffer) => unknown;
  readonly remove: (key: Buffer) => unknown;
  readonly getRange: (options: {
    readonly start: Buffer;
    readonly end: Buffer;
    readonly limit?: number;
    readonly reverse?: boolean;
  }) => Iterable<{ readonly key: Buffer; readonly value: Buffer }>;
  /** All of it or nothing. Resolves when it is on the disk. */
  readonly childTransaction: <T>(work: () => T) => Promise<T>;
  readonly getStats: () => unknown;
  readonly close: () => Promise<void>;
}

/** The database, which says so when it is used after its end. */
export const untilClosed = (db: Db): Db => {
  let isClosed = false;
  const use = (): Db => {
    if (isClosed) throw new OutboxError('closed', 'the outbox is closed');
    return db;
  };
  return {
    getBinary: (key) => use().getBinary(key),
    doesExist: (key) => use().doesExist(key),
    put: (key, value) => use().put(key, value),
    remove: (key) => use().remove(key),
    getRange: (options) => use().getRange(options),
    childTransaction: (work) => use().childTransaction(work),
    getStats: () => use().getStats(),
    close: async () => {
      isClosed = true;
      await db.close();
    },
  };
};

/** What is used of the package. Its own types do not compile in every project. */
interface Lmdb {
  readonly openAsClass: (options: object) => unknown;
}

// Not a literal: a bundler would look for a package that may not be there.
const packageName: string = 'lmdb';

/** @throws OutboxError when the package is not there. */
export const loadLmdb = async (): Promise<Lmdb> => {
  try {
    return (await import(/* @vite-ignore */ packageName)) as Lmdb;
  } catch (cause) {
    throw new OutboxError('unusable', 'an outbox in a directory needs the package "lmdb"', {
      cause,
      hint: 'npm install lmdb',
    });
  }
};

type Opener = ((this: unknown, work: () => unknown) => unknown) | undefined;
interface Reading {
  readonly resetReadTxn: () => void;
  readonly ensureReadTxn: () => void;
}

/**
 * Opens the store. lmdb opens a database in a write transaction, for which it blocks the event loop
 * until no other process writes; that a process may be stopped while it writes makes this forever. The
 * one database that we use is always there, so that it can be opened as lmdb opens one for reading.
 */
export const openDb = (lmdb: Lmdb, path: string): Db => {
  const Class = lmdb.openAsClass({
    path,
    noSubdir: false,
    // A commit is then on the disk when its promise resolves.
    overlappingSync: false,
    // A failed commit would leave a rejected promise behind that nobody can handle.
    eventTurnBatching: false,
    // Only where it starts: it grows as need be. The bound is ours.
    mapSize: 2 ** 24,
    permissionsMode: 0o600,
  }) as {
    new (name: null, options: object): Db;
    readonly prototype: { transactionSync: Opener };
  };
  const { transactionSync } = Class.prototype;
  Class.prototype.transactionSync = function open(this: unknown, work: () => unknown) {
    (this as Reading).resetReadTxn();
    (this as Reading).ensureReadTxn();
    return work();
  };
  try {
    // Only the root's close() closes the files.
    return new Class(null, { keyEncoding: 'binary', encoding: 'binary', isRoot: true });
  } finally {
    Class.prototype.transactionSync = transactionSync;
  }
};
