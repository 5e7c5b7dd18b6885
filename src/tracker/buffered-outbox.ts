import { OutboxError } from '../http/errors.ts';
import { type CommitLoopOptions, createCommitLoop } from './commit-loop.ts';
import { inTime } from './in-time.ts';
import { addTotals, noTotals } from './ledger.ts';
import type { DeadLetters, LocalOutbox, Outbox, Taken } from './outbox.ts';
import type { UsageRecord } from './record.ts';
import type { Tally, Totals } from './tally.ts';
import type { Window } from './windows/window.ts';

export interface BufferedOptions extends Pick<
  CommitLoopOptions,
  'memory' | 'open' | 'clock' | 'windows' | 'maxRecords' | 'maxBytes'
> {
  /** Told when the store cannot be used any more, not each time that it is tried in vain. */
  readonly onDegraded: (error: unknown) => void;
  /** At the end, a sealed window that could not be put where the store has something of it. */
  readonly onAbandoned: (window: Window, lost: Tally) => void;
}

/** A store on disk with memory in front, so that nobody waits for the store who did not ask for it. */
export interface BufferedOutbox extends Outbox {
  /** Keeps a record in memory until the store has it. */
  readonly add: (record: UsageRecord) => void;
  readonly put: (records: readonly UsageRecord[], kept?: () => void) => Promise<void>;
  /** The windows have something to save. */
  readonly wake: () => void;
  /** Resolves when the store is open. @throws OutboxError when it cannot be used. */
  readonly ready: () => Promise<void>;
  /** `undefined` until the store is open. */
  readonly scope: () => LocalOutbox['scope'] | undefined;
  /** Why the store cannot be used now, if so. */
  readonly failure: () => OutboxError['reason'] | undefined;
  readonly totals: () => Totals;
  readonly own: () => number;
  /** Commits what it can within this time, in milliseconds. */
  readonly close: (withinMs?: number) => Promise<void>;
}

const both = (store: DeadLetters | undefined, memory: DeadLetters): DeadLetters => ({
  list: async function* () {
    if (store !== undefined) yield* store.list();
    yield* memory.list();
  },
  replay: async (ids) => ((await store?.replay(ids)) ?? 0) + (await memory.replay(ids)),
  drop: async (ids) => ((await store?.drop(ids)) ?? 0) + (await memory.drop(ids)),
});

/**
 * Records go to memory first; a loop moves them to the store. While the store cannot take them, they
 * are delivered from memory. Each record is in one of the two, in the totals too.
 */
export const bufferedOutbox = (options: BufferedOptions): BufferedOutbox => {
  const { memory, clock, windows } = options;
  let listener = (): void => {};
  let isClosed = false;
  /** What the store told last; after the end, for good. */
  let known: Totals = noTotals;
  let knownOwn = 0;
  let isOver = false;

  const loop = createCommitLoop({
    ...options,
    onOpen: (store) => {
      store.onReady(() => listener());
      listener();
    },
    onFailure: (error) => {
      options.onDegraded(error);
      listener();
    },
    onLeft: () => giveUp(),
  });

  memory.onReady(() => {
    loop.wakeForMemory();
    if (loop.isFailing()) listener();
  });

  const fromStore = async (limit: number): Promise<readonly Taken[]> =>
    (await loop.store()?.take(limit)) ?? [];

  const take: BufferedOutbox['take'] = (limit) => {
    if (isClosed) return [];
    if (!loop.isFailing()) return loop.store()?.take(limit) ?? [];
    const taken = memory.take(limit);
    if (taken.length > 0 || loop.store() === undefined) return taken;
    // It may still be read.
    return fromStore(limit).catch(() => []);
  };

  /** Never at once, whatever the store is: so it is told from memory. */
  const settleInStore: BufferedOutbox['settle'] = async (taken, settlement) =>
    loop.store()?.settle(taken, settlement);

  /** Asks the store, as long as there is one: better what it told before than nothing. */
  const askStore = (ask: (store: LocalOutbox) => void): void => {
    const store = loop.store();
    if (isOver || store === undefined) return;
    try {
      ask(store);
    } catch {
      // It is told by what fails next.
    }
  };
  const stored = (): Totals => {
    askStore((store) => (known = store.totals()));
    return known;
  };
  const ownInStore = (): number => {
    askStore((store) => (knownOwn = store.own?.() ?? store.totals().pending.records));
    return knownOwn;
  };

  const giveUp = (): void => {
    memory.abandon();
    for (const window of windows.abandon()) {
      // The part that the store has will be somebody else's to deliver.
      knownOwn += 1;
      options.onAbandoned(window, { records: 0, calls: window.calls - window.savedCalls });
    }
  };

  const close: BufferedOutbox['close'] = async (withinMs = 10_000) => {
    if (isClosed) return;
    isClosed = true;
    const until = clock.monotonic() + withinMs;
    const left = (): number => until - clock.monotonic();
    loop.stop();
    let isInTime = await inTime(clock, left(), loop.underWay() ?? Promise.resolve());
    while (isInTime && loop.store() !== undefined && loop.isLeft()) {
      isInTime = await inTime(clock, left(), loop.commit());
      if (loop.failure() !== undefined) break;
    }
    stored();
    ownInStore();
    isOver = true;
    loop.cutOff();
    giveUp();
    const store = loop.store();
    if (store === undefined) return;
    // Not under the feet of a commit that takes too long.
    const end = Promise.resolve(loop.underWay()).then(() => store.close());
    await inTime(clock, left(), end);
  };

  return {
    add: memory.add,
    put: (records, kept) =>
      isClosed
        ? Promise.reject(new OutboxError('closed', 'the outbox was closed'))
        : loop.put(records, kept),
    take,
    settle: (taken, settlement) =>
      memory.has(taken) ? memory.settle(taken, settlement) : settleInStore(taken, settlement),
    onReady: (added) => {
      listener = added;
    },
    pause: (ms, isAsked) => loop.store()?.pause?.(ms, isAsked),
    get dead() {
      return both(loop.store()?.dead, memory.dead);
    },
    wake: loop.wake,
    ready: async () => {
      if (loop.store() === undefined) await loop.underWay();
      const failure = loop.failure();
      if (loop.store() === undefined && failure !== undefined) throw failure;
    },
    scope: () => loop.store()?.scope,
    failure: () => (loop.isFailing() ? (loop.failure()?.reason ?? 'unusable') : undefined),
    totals: () => addTotals(stored(), memory.totals()),
    own: () => memory.own() + ownInStore(),
    close,
  };
};
