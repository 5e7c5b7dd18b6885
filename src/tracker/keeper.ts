import type { WireCount } from '../reo/records.ts';
import { bufferedOutbox } from './buffered-outbox.ts';
import type { Clock } from './clock.ts';
import { earlier, sum } from './ledger.ts';
import { memoryOutbox } from './memory/memory-outbox.ts';
import type { LocalOutbox, Outbox } from './outbox.ts';
import type { UsageRecord } from './record.ts';
import type { TrackerSettings } from './settings.ts';
import type { DropReason, Tally, Totals } from './tally.ts';
import { createWindowSaver } from './windows/window-saver.ts';
import { recordOf } from './windows/window.ts';
import { createWindows } from './windows/windows.ts';

/** Where a tracker keeps what is pending: windows, memory, and a store if there is one. */
export interface Keeper {
  /** What delivery takes from. */
  readonly outbox: Outbox;
  readonly add: (record: UsageRecord) => void;
  /** @throws OutboxError */
  readonly put: (record: UsageRecord) => Promise<void>;
  /** @throws ConfigError */
  readonly count: (given: object) => void;
  /** @throws ConfigError, OutboxError */
  readonly putCount: (given: object) => Promise<void>;
  readonly sealAll: () => void;
  readonly ready: () => Promise<void>;
  readonly totals: () => Totals;
  /** How many records this process has to deliver, open windows among them. */
  readonly own: () => number;
  readonly scope: () => LocalOutbox['scope'];
  /** Whether all that is pending is known: what a store holds is not before it is open. */
  readonly isOpen: () => boolean;
  /** Why the store cannot be used now, if so. */
  readonly failure: () => string | undefined;
  readonly close: (withinMs: number) => Promise<void>;
}

export interface KeeperOptions {
  readonly settings: TrackerSettings;
  readonly clock: Clock;
  readonly toCount: (count: object) => WireCount & { event_id: string };
  /** Makes the store. Without it memory is all there is. */
  readonly open: (() => LocalOutbox | Promise<LocalOutbox>) | undefined;
  /** What the store will be, before it is open. */
  readonly scope: LocalOutbox['scope'];
  /** A record is pending from now on. */
  readonly onBegun: (id: string) => void;
  readonly onRenamed: (from: string, to: string | undefined) => void;
  readonly onDropped: (record: UsageRecord, reason: DropReason, wasDead: boolean) => void;
  /** A record that the store has a part of is given up; so much is lost. */
  readonly onAbandoned: (record: UsageRecord, lost: Tally) => void;
  readonly onDegraded: (error: unknown) => void;
}

export const createKeeper = (options: KeeperOptions): Keeper => {
  const { settings, clock, toCount, open, onBegun, onDropped } = options;
  const memory = memoryOutbox({ ...settings, clock, onDropped });
  const windows = createWindows({
    toCount,
    clock,
    everyMs: settings.everyMs,
    maxKeys: settings.maxKeys,
    onBegun,
    onDirty: (window) => {
      if (store === undefined) window.isDirty = true;
      else {
        saver.markDirty(window);
        store.wake();
      }
    },
    onSealed: memory.add,
    onSavedSealed: (window) => {
      saver.markSealed(window);
      store?.wake();
    },
  });
  const saver = createWindowSaver(windows, clock, settings.maxRecords, options.onRenamed);
  const store =
    open &&
    bufferedOutbox({
      ...settings,
      memory,
      open,
      clock,
      windows: saver,
      onDegraded: options.onDegraded,
      onAbandoned: (window, lost) => options.onAbandoned(recordOf(window, clock.now()), lost),
    });
  const outbox = store ?? memory;

  return {
    outbox,
    add: memory.add,
    put: async (record) => outbox.put([record], () => onBegun(record.id)),
    count: windows.count,
    putCount: async (given) => {
      if (store === undefined) {
        windows.count(given);
        return;
      }
      const saved = saver.add(given);
      store.wake();
      await saved;
    },
    sealAll: windows.sealAll,
    ready: async () => store?.ready(),
    totals: () => {
      const { given, sent, pending, dead, dropped, oldestAt } = outbox.totals();
      const { unsaved } = windows;
      const opened = windows.oldestAt();
      return {
        given: sum(given, unsaved),
        sent,
        pending: sum(pending, unsaved),
        dead,
        dropped,
        oldestAt: earlier(oldestAt, opened),
      };
    },
    own: () => outbox.own() + windows.records(),
    scope: () => store?.scope() ?? options.scope,
    isOpen: () => store === undefined || store.scope() !== undefined,
    failure: () => store?.failure(),
    close: async (withinMs) => {
      windows.sealAll();
      windows.finish();
      await outbox.close(withinMs);
    },
  };
};
