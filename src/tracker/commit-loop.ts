import { isSdkError, OutboxError } from '../http/errors.ts';
import type { Clock } from './clock.ts';
import type { MemoryOutbox } from './memory/memory-outbox.ts';
import type { LocalOutbox } from './outbox.ts';
import { createQueue } from './queue.ts';
import { type UsageRecord, weightOf } from './record.ts';
import type { Batch, WindowSaver } from './windows/window-saver.ts';

export interface CommitLoopOptions {
  readonly memory: MemoryOutbox;
  readonly open: () => LocalOutbox | Promise<LocalOutbox>;
  readonly clock: Clock;
  readonly windows: WindowSaver;
  /** The most that waits for a commit with callers who wait for it. */
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** The store is open, and its own. */
  readonly onOpen: (store: LocalOutbox) => void;
  /** The store cannot be used any more. Not told again each time that it is tried in vain. */
  readonly onFailure: (error: OutboxError) => void;
  /** What was under way at the end was not kept: it is in memory and windows again, and nobody's. */
  readonly onLeft: () => void;
}

/** Opens a store, and moves there what memory and windows have. */
export interface CommitLoop {
  readonly store: () => LocalOutbox | undefined;
  /** Puts records into the next commit. @throws OutboxError */
  readonly put: (records: readonly UsageRecord[], kept?: () => void) => Promise<void>;
  /** The windows have something to commit. */
  readonly wake: () => void;
  /** Memory has something to commit that was not there before, or may be taken only now. */
  readonly wakeForMemory: () => void;
  /** Whether the store failed, and did not work since. */
  readonly isFailing: () => boolean;
  /** What it failed with, until it is tried again. */
  readonly failure: () => OutboxError | undefined;
  /** Whether it is being opened, or written to. */
  readonly underWay: () => Promise<void> | undefined;
  /** Commits the next batch now, whatever its time. Never rejects. */
  readonly commit: () => Promise<void>;
  /** Whether there is anything that a commit could move. */
  readonly isLeft: () => boolean;
  /** From now on commits when told to, and takes what is not due, too. */
  readonly stop: () => void;
  /** Gives up: who waits is rejected; of what is under way only a failure is of any concern. */
  readonly cutOff: () => void;
}

/** The most that goes into one commit. */
const most = 1_000;
/** How long something waits for more to come into the same commit, when nobody waits for it. */
const recordsWaitMs = 5;
const windowsWaitMs = 100;
/** After a failure the store is tried again, at first after this long. */
const firstPauseMs = 100;
const longestPauseMs = 30_000;

interface Awaited {
  readonly records: readonly UsageRecord[];
  readonly weight: number;
  readonly kept: (() => void) | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const asOutboxError = (error: unknown): OutboxError =>
  isSdkError(error) && error.code === 'outbox'
    ? error
    : new OutboxError('unusable', 'the outbox failed', { cause: error });

export const createCommitLoop = (options: CommitLoopOptions): CommitLoop => {
  const { memory, clock, windows, maxRecords, maxBytes } = options;
  const awaited = createQueue<Awaited>();
  const load = { records: 0, bytes: 0 };
  /** Those of the commit that is under way. */
  let underWayFor: readonly Awaited[] = [];
  let store: LocalOutbox | undefined;
  let underWay: Promise<void> | undefined;
  let failure: OutboxError | undefined;
  let failures = 0;
  /** How much the next commit may hold: less after a failure, which may be due to one record. */
  let limit = most;
  let memoryIsReady = false;
  let windowsWereLost = false;
  let isStopped = false;
  let isCutOff = false;
  let timer: { readonly at: number; readonly cancel: () => void } | undefined;

  const takeAwaited = (most: number): readonly Awaited[] => {
    const taken = awaited.take(most);
    for (const { records, weight } of taken) {
      load.records -= records.length;
      load.bytes -= weight;
    }
    return taken;
  };

  /** Nobody is left waiting. */
  const refuse = (error: OutboxError): void => {
    for (const { reject } of takeAwaited(awaited.size())) reject(error);
    windows.refuse(error);
  };

  const fail = (error: unknown): void => {
    failure = asOutboxError(error);
    failures += 1;
    limit = Math.max(1, Math.floor(limit / 2));
    refuse(failure);
    if (failures === 1) options.onFailure(failure);
  };

  const runIn = (ms: number): void => {
    const at = clock.monotonic() + ms;
    if (timer !== undefined && timer.at <= at) return;
    timer?.cancel();
    const call = (): void => {
      timer = undefined;
      void run();
    };
    // Somebody waits for what is to be done at once: the process must not end before.
    timer = { at, cancel: clock.after(ms, call, ms === 0) };
  };

  const plan = (): void => {
    if (underWay !== undefined || isStopped) return;
    if (failure !== undefined) {
      const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 20));
      runIn(pause * (0.5 + clock.random() / 2));
      return;
    }
    const { now, open, sealed } = windows.waiting();
    const records = sealed + (memoryIsReady ? memory.untaken() : 0);
    if (awaited.size() > 0 || now || records >= most) runIn(0);
    else if (records > 0) runIn(recordsWaitMs);
    else if (open) runIn(windowsWaitMs);
  };

  const openStore = async (): Promise<void> => {
    try {
      // Not before whoever is making this has it.
      await Promise.resolve();
      const opened = await options.open();
      if (isCutOff) {
        await opened.close();
        return;
      }
      opened.onWindowsLost?.(() => {
        windowsWereLost = true;
        windows.lose();
      });
      store = opened;
      failure = undefined;
      // Those of the opening say nothing of what it can write.
      failures = 0;
      limit = most;
      options.onOpen(opened);
    } catch (error) {
      fail(error);
    }
  };

  /** The new records of one commit, wherever they come from. */
  const gather = (): Batch => {
    const puts = takeAwaited(limit);
    underWayFor = puts;
    const taken = memory.take(limit, isStopped);
    memoryIsReady = taken.length === limit;
    return {
      records: [...puts.flatMap(({ records }) => records), ...taken.map(({ record }) => record)],
      kept: () => {
        for (const one of taken) memory.forget(one);
        for (const { kept, resolve } of puts) {
          kept?.();
          resolve();
        }
      },
      failed: (error) => {
        const at = clock.now();
        for (const one of taken) memory.settle(one, { to: 'retry', at, counts: false });
        for (const { reject } of puts) reject(error);
      },
    };
  };

  /** @returns whether it was kept; `undefined` when there was nothing to keep. */
  const write = async (
    batch: Batch,
    how: (records: readonly UsageRecord[], kept: () => void) => unknown,
  ): Promise<boolean | undefined> => {
    if (batch.records.length === 0) return undefined;
    let open = true;
    const kept = (): void => {
      if (open && !isCutOff) batch.kept();
      open = false;
    };
    try {
      await how(batch.records, kept);
      kept();
      return true;
    } catch (error) {
      const outboxError = asOutboxError(error);
      if (!open) return true;
      open = false;
      batch.failed(outboxError);
      if (isCutOff) options.onLeft();
      else if (!windowsWereLost) fail(outboxError);
      return false;
    }
  };

  const writeAll = async (into: LocalOutbox): Promise<void> => {
    if (into.saveWindows === undefined) windows.giveIn();
    failure = undefined;
    windowsWereLost = false;
    const open = windows.takeOpen(into.saveWindows === undefined ? 0 : limit);
    const put = (records: readonly UsageRecord[], kept: () => void): unknown =>
      into.put(records, kept);
    const outcomes = await Promise.all([
      // By itself, since a store that is full takes it nevertheless: it has these windows already.
      write(windows.takeSealed(limit), put),
      write(gather(), put),
      write(open, (records, kept) => into.saveWindows?.(records, kept)),
    ]);
    // A commit of nothing says nothing of a store that failed before.
    if (outcomes.includes(false) || !outcomes.includes(true)) return;
    failures = 0;
    limit = Math.min(most, limit * 2);
  };

  const run = (): Promise<void> => {
    if (underWay !== undefined) return underWay;
    timer?.cancel();
    timer = undefined;
    const running = (store === undefined ? openStore() : writeAll(store)).catch(fail).then(() => {
      underWay = undefined;
      plan();
    });
    underWay = running;
    return running;
  };

  const wake = (): void => {
    if (failure !== undefined) windows.refuse(failure);
    plan();
  };

  void run();

  return {
    store: () => store,
    put: (records, kept) =>
      new Promise((resolve, reject) => {
        const weight = records.reduce((sum, record) => sum + weightOf(record), 0);
        if (failure !== undefined) reject(failure);
        else if (load.records + records.length > maxRecords || load.bytes + weight > maxBytes) {
          reject(new OutboxError('full', 'too much waits for the outbox already'));
        } else {
          load.records += records.length;
          load.bytes += weight;
          awaited.push({ records, weight, kept, resolve, reject });
        }
        plan();
      }),
    wake,
    wakeForMemory: () => {
      memoryIsReady = true;
      plan();
    },
    isFailing: () => failures > 0,
    failure: () => failure,
    underWay: () => underWay,
    commit: run,
    isLeft: () => {
      const { now, sealed } = windows.waiting();
      return awaited.size() > 0 || now || sealed > 0 || memory.untaken() > 0;
    },
    stop: () => {
      isStopped = true;
      timer?.cancel();
      timer = undefined;
    },
    cutOff: () => {
      isCutOff = true;
      const error = new OutboxError('closed', 'the outbox was closed before it answered');
      refuse(error);
      windows.refuse(error, true);
      for (const { reject } of underWayFor) reject(error);
    },
  };
};
