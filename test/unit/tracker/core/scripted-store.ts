import { OutboxError } from '../../../../src/http/errors.ts';
import type { FakeClock } from '../../../../src/testing/fake-clock.ts';
import { addTotals, noTotals } from '../../../../src/tracker/ledger.ts';
import { memoryOutbox } from '../../../../src/tracker/memory/memory-outbox.ts';
import type { LocalOutbox } from '../../../../src/tracker/outbox.ts';
import type { UsageRecord } from '../../../../src/tracker/record.ts';

/** How a store does what it is told: at once, after a while, not at all, or after it was told to go on. */
export type StoreMode = 'works' | 'slow' | 'fails' | 'hangs';

export interface ScriptedStore {
  readonly open: () => Promise<LocalOutbox>;
  readonly become: (mode: StoreMode) => void;
  /** At the next write it finds out that its windows are another's. */
  readonly loseWindows: () => void;
  /** Saved windows, as the store has them now; those that another process has got. */
  readonly saved: ReadonlyMap<string, UsageRecord>;
  readonly foreign: readonly UsageRecord[];
  /** What it holds, windows left out. */
  readonly left: () => Promise<readonly UsageRecord[]>;
  readonly writes: () => number;
  readonly isClosed: () => boolean;
}

const sumOf = (records: Iterable<UsageRecord>) => {
  let [n, calls] = [0, 0];
  for (const record of records) [n, calls] = [n + 1, calls + record.calls];
  return { records: n, calls };
};

/** A store that keeps records for good as long as a test lasts, and fails when it is told to. */
export const scriptedStore = (clock: FakeClock): ScriptedStore => {
  const inner = memoryOutbox({ clock, maxRecords: 1e9, maxBytes: 2 ** 50 });
  const saved = new Map<string, UsageRecord>();
  const foreign: UsageRecord[] = [];
  const lost = new Set<string>();
  let mode: StoreMode = 'works';
  let goOn: (() => void)[] = [];
  let isLost = false;
  let onLost = (): void => {};
  let writes = 0;
  let isClosed = false;

  const pass = async (): Promise<void> => {
    if (mode === 'slow') await new Promise<void>((resolve) => clock.after(30, resolve));
    if (mode === 'hangs') await new Promise<void>((resolve) => goOn.push(resolve));
    if (mode === 'fails') throw new OutboxError('full', 'the disk is full');
  };

  const begin = async (records: readonly UsageRecord[]): Promise<void> => {
    writes += 1;
    await pass();
    if (isLost) {
      isLost = false;
      foreign.push(...saved.values());
      for (const id of saved.keys()) lost.add(id);
      saved.clear();
      onLost();
    }
    if (records.some(({ id }) => lost.has(id))) {
      throw new OutboxError('unusable', 'this process was taken for dead');
    }
  };

  const outbox: LocalOutbox = {
    ...inner,
    scope: 'store',
    put: async (records, kept) => {
      await begin(records);
      for (const { id } of records) saved.delete(id);
      inner.put(records, kept);
      if (mode === 'slow') await pass();
    },
    saveWindows: async (windows, kept) => {
      await begin(windows);
      for (const window of windows) saved.set(window.id, window);
      kept?.();
      if (mode === 'slow') await pass();
    },
    onWindowsLost: (listener) => {
      onLost = listener;
    },
    settle: async (taken, settlement) => {
      if (mode === 'fails') {
        // It is still there, and will be taken again.
        inner.settle(taken, { to: 'retry', at: clock.now(), counts: false });
        throw new OutboxError('full', 'the disk is full');
      }
      inner.settle(taken, settlement);
    },
    totals: () => {
      const windows = sumOf([...saved.values(), ...foreign]);
      return addTotals(inner.totals(), { ...noTotals, given: windows, pending: windows });
    },
    close: async () => {
      isClosed = true;
    },
  };

  return {
    open: async () => {
      await pass();
      return outbox;
    },
    become: (next) => {
      mode = next;
      const waiting = goOn;
      goOn = [];
      for (const resolve of waiting) resolve();
    },
    loseWindows: () => {
      isLost = true;
    },
    saved,
    foreign,
    left: async () => {
      // Nobody else takes any more.
      inner.onReady(() => {});
      return inner.take(1e9, true).map(({ record }) => record);
    },
    writes: () => writes,
    isClosed: () => isClosed,
  };
};
