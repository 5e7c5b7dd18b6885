import { Redis, type RedisOptions } from 'ioredis';
import { ConfigError, OutboxError } from '../../http/errors.ts';
import type { QueueOptions } from './options.ts';

const isClient = (connection: QueueOptions['connection']): connection is Redis =>
  'duplicate' in connection && typeof connection.duplicate === 'function';

/** Comes back within seconds of Redis, however long it was away. */
const retryStrategy = (times: number): number =>
  Math.min(2_000, 50 * 2 ** Math.min(times, 6)) * (0.75 + Math.random() / 4);

/**
 * A connection of our own. Its errors are told by the commands that fail.
 *
 * @throws ConfigError for options that BullMQ cannot work with.
 */
export const connect = (connection: QueueOptions['connection'], options: RedisOptions): Redis => {
  if (typeof connection !== 'object' || connection === null) {
    throw new ConfigError('connection is neither a client of ioredis nor its options');
  }
  // BullMQ's scripts are read as of old.
  const own = { retryStrategy, ...options, replyMapping: 'legacy' } as const;
  const given = isClient(connection) ? connection.options : connection;
  if (given.keyPrefix) {
    throw new ConfigError('connection has a keyPrefix, which BullMQ cannot use: give `prefix`');
  }
  const client = isClient(connection)
    ? connection.duplicate(own)
    : new Redis({ ...connection, ...own });
  // Without a listener ioredis prints every failed attempt to connect.
  client.on('error', () => {});
  // Everyone who waits for it to be ready listens: many at the start, none later.
  client.setMaxListeners(0);
  return client;
};

/** For what is in somebody's way while it takes: fails soon when Redis is away. */
export const impatient: RedisOptions = {
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 5_000,
};

/** For what has to be done however long it takes. BullMQ's workers ask for it. */
export const patient: RedisOptions = { enableOfflineQueue: true, maxRetriesPerRequest: null };

/** What Redis calls the error (`OOM`, `NOAUTH`, …), or the system (`ECONNREFUSED`). Nothing else of it. */
export const codeOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return 'unknown';
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code)) return code;
  return /^-?([A-Z]{3,20})\b/.exec(String(message))?.[1] ?? 'unknown';
};

/** Whether somebody has to mend the password or the rights first. */
export const isDenied = (error: unknown): boolean =>
  /^(NOAUTH|WRONGPASS|NOPERM)$/.test(codeOf(error)) ||
  // Redis before 6, and where no password is set.
  (error instanceof Error &&
    /invalid (username-)?password|AUTH.*without any password/i.test(error.message));

/**
 * What went wrong, in our own words: an error of ioredis carries the command with all that was in it,
 * be it a payload or a password.
 */
export const toOutboxError = (error: unknown, what: string): OutboxError => {
  if (error instanceof OutboxError) return error;
  const code = codeOf(error);
  if (code === 'OOM') return new OutboxError('full', `${what}: Redis is at its maxmemory`);
  if (isDenied(error)) {
    return new OutboxError('unusable', `${what}: Redis denies it (${code})`, {
      hint: 'check the user, the password and its rights',
    });
  }
  return new OutboxError('unusable', code === 'unknown' ? what : `${what} (${code})`);
};

/**
 * Resolves when the client can take commands.
 *
 * @throws the last error of the connection, or an OutboxError, when the time is over.
 */
export const untilReady = (client: Redis, ms: number): Promise<void> => {
  if (client.status === 'ready') return Promise.resolve();
  return new Promise((resolve, reject) => {
    let last: unknown = new OutboxError('unusable', 'Redis cannot be reached');
    const onError = (error: unknown): void => {
      last = error;
      if (isDenied(error)) settle(() => reject(error));
    };
    const onReady = (): void => settle(resolve);
    const timer = setTimeout(() => settle(() => reject(last)), ms);
    const settle = (end: () => void): void => {
      clearTimeout(timer);
      client.off('ready', onReady).off('error', onError);
      end();
    };
    client.on('ready', onReady).on('error', onError);
    if (client.status === 'wait' || client.status === 'end') client.connect().catch(() => {});
  });
};

/** How long an answer may take that a caller waits for, in milliseconds. */
export const answerMs = 5_000;

/** Waits so long and no longer: what comes later is ignored. @throws OutboxError when the time is over. */
export const bounded = <T>(promise: Promise<T>, ms: number): Promise<T> =>
  new Promise((resolve, reject) => {
    const late = new OutboxError('unusable', `Redis did not answer within ${ms / 1_000} s`);
    const timer = setTimeout(() => reject(late), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
