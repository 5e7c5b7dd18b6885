import { OutboxError } from '../../http/errors.ts';
import { newId } from '../../reo/new-id.ts';
import type { Clock } from '../clock.ts';
import { createQueue } from '../queue.ts';
import type { UsageRecord } from '../record.ts';
import { recordOf, type Window } from './window.ts';
import type { Windows } from './windows.ts';

/** Records on their way into a store. One of the two is called in the end, once. */
export interface Batch {
  readonly records: readonly UsageRecord[];
  readonly kept: () => void;
  readonly failed: (error: unknown) => void;
}

/** What of the windows goes into a store, and what comes of it. One batch of each kind at a time. */
export interface WindowSaver {
  /** Adds to a window; resolves when the store has it with this in it. @throws ConfigError, OutboxError */
  readonly add: (given: object) => Promise<void>;
  readonly markDirty: (window: Window) => void;
  readonly markSealed: (window: Window) => void;
  /** Open windows, for `saveWindows`: first those for which somebody waits. */
  readonly takeOpen: (limit: number) => Batch;
  /** Records of sealed ones of which the store has something, for `put`. */
  readonly takeSealed: (limit: number) => Batch;
  /** What the store had of all windows is not theirs any more. */
  readonly lose: () => void;
  /**
   * Rejects all who wait: the store cannot save now.
   *
   * @param all those too for whom it is being tried
   */
  readonly refuse: (error: unknown, all?: boolean) => void;
  /** The store saves no windows: nobody has to wait for that. */
  readonly giveIn: () => void;
  /** Gives up the sealed ones. @returns their records, with what was not saved of each */
  readonly abandon: () => readonly Window[];
  /** Whether somebody waits, or something is to be saved, or sealed. */
  readonly waiting: () => {
    readonly now: boolean;
    readonly open: boolean;
    readonly sealed: number;
  };
}

interface Promised {
  readonly window: Window;
  readonly count: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What is added to a window with a save, and who waits for it. */
interface Share {
  count: number;
  calls: number;
  readonly promised: Promised[];
}

export const createWindowSaver = (
  windows: Windows,
  clock: Clock,
  /** The most that waits to be added. */
  maxPromised: number,
  /** A window has another id from now on, or is pending no more since nothing is left in it. */
  onRenamed: (from: string, to: string | undefined) => void,
): WindowSaver => {
  const promised = createQueue<Promised>();
  const dirty = createQueue<Window>();
  const sealed = createQueue<Window>();
  let beingSaved: readonly Window[] = [];
  let beingPromised: readonly Promised[] = [];
  let beingPut: readonly Window[] = [];

  const markDirty: WindowSaver['markDirty'] = (window) => {
    window.isDirty = true;
    dirty.push(window);
  };

  const share = (shares: Map<Window, Share>, window: Window): Share => {
    let found = shares.get(window);
    if (found === undefined) {
      found = { count: 0, calls: 0, promised: [] };
      shares.set(window, found);
      window.isBusy = true;
      window.isDirty = false;
    }
    return found;
  };

  const takeOpen: WindowSaver['takeOpen'] = (limit) => {
    const shares = new Map<Window, Share>();
    beingPromised = promised.take(limit);
    for (const one of beingPromised) {
      const window = windows.current(one.window, one.count);
      const its = share(shares, window);
      window.promised += one.count;
      its.count += one.count;
      its.calls += 1;
      its.promised.push(one);
    }
    for (const window of dirty.take(limit - shares.size)) {
      // One that is closed is about to be a record.
      if (window.isDirty && window.isOpen) share(shares, window);
      window.isDirty = false;
    }
    beingSaved = [...shares.keys()];
    const now = clock.now();
    const saves = Array.from(shares, ([window, its]) => ({
      window,
      its,
      count: window.count + its.count,
      calls: window.calls + its.calls,
      record: recordOf(window, now, its),
    }));

    const end = (window: Window, { count }: Share): void => {
      window.promised -= count;
      window.isBusy = false;
      if (window.sealedAt !== undefined) windows.handOn(window);
    };
    return {
      records: saves.map(({ record }) => record),
      kept: () => {
        for (const { window, its, count, calls } of saves) {
          windows.change(window, () => {
            window.count += its.count;
            window.calls += its.calls;
            window.savedCount = count;
            window.savedCalls = calls;
          });
          end(window, its);
          for (const one of its.promised) one.resolve();
        }
      },
      failed: (error) => {
        for (const { window, its } of saves) {
          const { isOpen, isDirty, calls, savedCalls } = window;
          if (isOpen && !isDirty && calls > savedCalls) markDirty(window);
          end(window, its);
          for (const one of its.promised) one.reject(error);
        }
      },
    };
  };

  const takeSealed: WindowSaver['takeSealed'] = (limit) => {
    beingPut = sealed.take(limit);
    return {
      records: beingPut.map((window) => recordOf(window, clock.now())),
      kept: () => {
        for (const window of beingPut) windows.forget(window);
        beingPut = [];
      },
      failed: () => {
        sealed.putBack(beingPut);
        beingPut = [];
        handOnUnsaved();
      },
    };
  };

  /** Those of which the store has nothing any more need not go there. */
  const handOnUnsaved = (): void => {
    const all = sealed.take(sealed.size());
    for (const window of all) {
      window.isHandedOn = false;
      windows.handOn(window);
    }
  };

  const lose = (): void => {
    for (const window of [...windows.values(), ...beingSaved, ...sealed.values(), ...beingPut]) {
      if (window.savedCalls === 0) continue;
      const { id } = window;
      window.id = newId();
      windows.change(window, () => {
        window.count -= window.savedCount;
        window.calls -= window.savedCalls;
        window.savedCount = 0;
        window.savedCalls = 0;
      });
      onRenamed(id, window.calls > 0 ? window.id : undefined);
    }
    handOnUnsaved();
  };

  return {
    add: (given) => {
      const { window, count } = windows.find(given);
      if (promised.size() >= maxPromised) {
        throw new OutboxError('full', 'too much waits for the outbox already');
      }
      return new Promise((resolve, reject) => {
        promised.push({ window, count, resolve, reject });
      });
    },
    markDirty,
    markSealed: (window) => sealed.push(window),
    takeOpen,
    takeSealed,
    lose,
    refuse: (error, all = false) => {
      for (const { reject } of promised.take(promised.size())) reject(error);
      if (all) for (const { reject } of beingPromised) reject(error);
    },
    giveIn: () => {
      dirty.take(dirty.size());
      for (const one of promised.take(promised.size())) {
        const window = windows.current(one.window, one.count);
        windows.change(window, () => {
          window.count += one.count;
          window.calls += 1;
        });
        one.resolve();
      }
    },
    abandon: () => {
      const all = sealed.take(sealed.size());
      for (const window of all) windows.forget(window);
      return all;
    },
    waiting: () => ({
      now: promised.size() > 0,
      open: dirty.size() > 0,
      sealed: sealed.size(),
    }),
  };
};
