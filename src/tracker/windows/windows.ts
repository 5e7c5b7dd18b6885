import { newId } from '../../reo/new-id.ts';
import type { WireCount } from '../../reo/records.ts';
import type { Clock } from '../clock.ts';
import type { Count } from '../ledger.ts';
import { createQueue } from '../queue.ts';
import type { UsageRecord } from '../record.ts';
import type { Tally } from '../tally.ts';
import { createCanonicalMeta } from './canonical-meta.ts';
import { fieldsOf, readCount, refuseUnknown } from './read-count.ts';
import { isSaved, newWindow, recordOf, type Window, type WindowKey } from './window.ts';
import { createWindowTree } from './window-tree.ts';

export interface WindowsOptions {
  /** Completes and checks a count. @throws ConfigError */
  readonly toCount: (count: object) => WireCount & { event_id: string };
  readonly clock: Clock;
  readonly everyMs: number;
  readonly maxKeys: number;
  /** A window has got its first count: from now on its record is pending, under this id. */
  readonly onBegun: (id: string) => void;
  /** An open window that was not dirty has got a count. */
  readonly onDirty: (window: Window) => void;
  /** Takes a sealed window's record: it is pending elsewhere from now on. */
  readonly onSealed: (record: UsageRecord) => void;
  /** Takes a sealed window that the store has something of: its record must go there. */
  readonly onSavedSealed: (window: Window) => void;
}

/** Windows that are open, or sealed and not in an outbox yet. */
export interface Windows {
  /** @throws ConfigError for what cannot be counted */
  readonly count: (given: object) => void;
  /** The open window for a count, which does not have it yet. @throws ConfigError */
  readonly find: (given: object) => { readonly window: Window; readonly count: number };
  /** The window itself while it has room for so much more, else the one that is open in its place. */
  readonly current: (window: Window, count: number) => Window;
  /** Changes what is in a window, or what of it is saved, and keeps the tallies right. */
  readonly change: (window: Window, change: () => void) => void;
  /** Hands a sealed window on, once, as soon as it is known what is in it. */
  readonly handOn: (window: Window) => void;
  /** The record of a window is pending elsewhere, or given up. */
  readonly forget: (window: Window) => void;
  /** Seals all that are open, some at a time. */
  readonly sealAll: () => void;
  /** Hands on at once whatever is sealed. */
  readonly finish: () => void;
  /** Those that are not handed on. */
  readonly values: () => readonly Window[];
  /** What no store has of them, handed on or not. */
  readonly unsaved: Tally;
  /** How many records they will make. */
  readonly records: () => number;
  readonly oldestAt: () => number | undefined;
}

/** Sealed in one turn: about a millisecond. */
const oneTurn = 500;

/** Folds counts into windows, and seals these when their time is over. */
export const createWindows = (options: WindowsOptions): Windows => {
  const { toCount, clock, everyMs, maxKeys } = options;
  const canonical = createCanonicalMeta();
  const unsaved: Count = { records: 0, calls: 0 };
  let records = 0;
  let tree = createWindowTree();
  /** By age; some were closed early and are in here still. */
  let order = createQueue<Window>();
  let open = 0;
  /** Closed, and about to be sealed. */
  const closing = createQueue<Window>();
  /** When the open windows end, by the wall clock; 0 when there are none. */
  let end = 0;
  let cancelEnd = (): void => {};

  /** Counts a window in, or out. */
  const tally = (window: Window, sign: 1 | -1): void => {
    if (window.calls === 0) return;
    records += sign;
    unsaved.records += isSaved(window) ? 0 : sign;
    unsaved.calls += sign * (window.calls - window.savedCalls);
  };

  const change: Windows['change'] = (window, change) => {
    const began = window.calls > 0;
    tally(window, -1);
    change();
    tally(window, 1);
    if (!began && window.calls > 0) options.onBegun(window.id);
  };

  const handOn: Windows['handOn'] = (window) => {
    if (window.isBusy || window.isHandedOn || window.calls === 0) return;
    window.isHandedOn = true;
    if (isSaved(window)) {
      options.onSavedSealed(window);
      return;
    }
    tally(window, -1);
    options.onSealed(recordOf(window, clock.now()));
  };

  const handOnSome = (): void => {
    for (const window of closing.take(oneTurn)) handOn(window);
    if (closing.size() > 0) clock.after(0, handOnSome);
  };

  const sealAll = (): void => {
    cancelEnd();
    end = 0;
    const at = clock.now();
    const idle = closing.size() === 0;
    for (const window of order.values()) {
      if (!window.isOpen) continue;
      window.isOpen = false;
      window.sealedAt = at;
      closing.push(window);
    }
    tree = createWindowTree();
    order = createQueue();
    open = 0;
    if (idle && closing.size() > 0) clock.after(0, handOnSome);
  };

  const close = (window: Window): void => {
    tree.remove(window);
    open -= 1;
    window.isOpen = false;
    window.sealedAt = clock.now();
    handOn(window);
  };

  const oldest = (): Window | undefined => {
    while (order.peek()?.isOpen === false) order.take(1);
    return order.peek();
  };

  const add = (key: WindowKey, wire: Window['wire']): Window => {
    const eldest = open >= maxKeys ? oldest() : undefined;
    if (eldest !== undefined) close(eldest);
    const now = clock.now();
    if (end === 0) {
      end = (Math.floor(now / everyMs) + 1) * everyMs;
      // The wall clock says how long, the other one when: no jump can make it longer.
      cancelEnd = clock.after(end - now, sealAll);
    }
    const window = newWindow(key, wire, now, end);
    tree.insert(window);
    order.push(window);
    open += 1;
    return window;
  };

  const current: Windows['current'] = (window, count) => {
    if (window.isOpen) {
      if (Number.isSafeInteger(window.count + window.promised + count)) return window;
      close(window);
    }
    const { key, wire } = window;
    const other = tree.find(key);
    return other === undefined ? add(key, { ...wire, event_id: newId() }) : current(other, count);
  };

  const find: Windows['find'] = (given) => {
    const { key, count } = readCount(given as Record<string, unknown>, canonical);
    // The timer may be late, say when the process was frozen.
    if (end !== 0 && clock.now() >= end) sealAll();
    const found = tree.find(key);
    if (found !== undefined) return { window: current(found, count), count };
    refuseUnknown(given as Record<string, unknown>);
    // Those two are set when the record is made.
    const event_at = Math.max(1, Math.floor(clock.now() / 1_000));
    const event_id = newId();
    return {
      window: add(key, toCount({ ...fieldsOf(key), count, event_at, event_id })),
      count,
    };
  };

  return {
    count: (given) => {
      const { window, count } = find(given);
      window.count += count;
      window.calls += 1;
      unsaved.calls += 1;
      if (window.calls === 1) {
        records += 1;
        unsaved.records += 1;
        options.onBegun(window.id);
      }
      if (!window.isDirty) options.onDirty(window);
    },
    find,
    current,
    change,
    handOn,
    forget: (window) => tally(window, -1),
    sealAll,
    finish: () => {
      for (const window of closing.take(closing.size())) handOn(window);
    },
    values: () => [...closing.values(), ...order.values()].filter((window) => !window.isHandedOn),
    unsaved,
    records: () => records,
    oldestAt: () => (closing.peek() ?? oldest())?.openedAt,
  };
};
