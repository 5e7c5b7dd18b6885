import { OutboxError } from '../../http/errors.ts';
import { systemClock, type Clock } from '../clock.ts';
import { createDueQueue } from '../due-queue.ts';
import { addTotals, createLedger, droppedFor, enter, leave, noTotals } from '../ledger.ts';
import type { LocalOutbox, Settlement, Taken } from '../outbox.ts';
import { weightOf, type UsageRecord } from '../record.ts';
import type { DropReason } from '../tally.ts';
import { createAlarm } from './alarm.ts';
import { createEntryList, type Entry, newEntry } from './entry.ts';
import { createGraveyard, createLoad, weigh } from './graveyard.ts';

export interface MemoryOptions {
  /** The most it holds, dead letters included. Default 100,000. */
  readonly maxRecords?: number | undefined;
  /** As `weightOf` weighs. Default 64 MiB. */
  readonly maxBytes?: number | undefined;
  /** What gives way when it is full: the new record (default), or the oldest that is not under way. */
  readonly overflow?: 'drop-new' | 'drop-oldest' | undefined;
  /** Dead letters; beyond it the oldest are dropped. Default 1,000. */
  readonly maxDead?: number | undefined;
  readonly clock?: Clock | undefined;
  /** Told of each record that gives way, a dead one or not, after it was counted. Must not throw. */
  readonly onDropped?:
    ((record: UsageRecord, reason: DropReason, wasDead: boolean) => void) | undefined;
}

/** An outbox that forgets everything with its process. Nothing in it waits for anything. */
export interface MemoryOutbox extends LocalOutbox {
  /**
   * As `put`, for one. A record that there is no room for, or that comes too late, is counted as
   * dropped, and told.
   */
  readonly add: (record: UsageRecord) => void;
  readonly put: (records: readonly UsageRecord[], kept?: () => void) => void;
  /** @param early also those whose time to be tried again has not come */
  readonly take: (limit: number, early?: boolean) => readonly Taken[];
  readonly settle: (taken: Taken, settlement: Settlement) => void;
  /** Whether it was taken from here, and is not settled. */
  readonly has: (taken: Taken) => boolean;
  /** Forgets what was taken, as if it had never been here: it is kept elsewhere now. */
  readonly forget: (taken: Taken) => void;
  /** How many nobody has taken. */
  readonly untaken: () => number;
  /** Drops those as `closed`. */
  readonly abandon: () => void;
  readonly own: () => number;
  readonly close: () => void;
}

interface Gone {
  readonly record: UsageRecord;
  readonly wasDead: boolean;
}

/** Keeps records in the memory of this process, within bounds. */
export const memoryOutbox = ({
  maxRecords = 100_000,
  maxBytes = 64 * 2 ** 20,
  overflow = 'drop-new',
  maxDead = 1_000,
  clock = systemClock,
  onDropped = () => {},
}: MemoryOptions = {}): MemoryOutbox => {
  const pending = new Map<string, Entry>();
  const letters = createGraveyard();
  const order = createEntryList();
  const waiting = createDueQueue<Entry>();
  const ledger = createLedger();
  /** What is pending, and of it what somebody has, which cannot give way. */
  const held = createLoad();
  const taken = createLoad();
  let closed = false;
  let listener = (): void => {};
  const alarm = createAlarm(clock, () => listener());
  let told = false;
  /** After the caller's turn: what the listener does is no cost of whoever adds a record. */
  const tellReady = (): void => {
    if (told) return;
    told = true;
    queueMicrotask(() => {
      told = false;
      listener();
    });
  };

  const insert = (record: UsageRecord, weight: number): void => {
    const entry = newEntry(record, weight, clock.monotonic());
    pending.set(record.id, entry);
    order.append(entry);
    weigh(held, 1, weight);
    enter(ledger.pending, record.calls);
  };

  const remove = (entry: Entry): void => {
    pending.delete(entry.record.id);
    order.remove(entry);
    weigh(held, -1, entry.weight);
    if (entry.taken !== undefined) weigh(taken, -1, entry.weight);
    if (entry.due !== undefined) waiting.remove(entry.due);
    leave(ledger.pending, entry.record.calls);
  };

  const fits = (records: number, bytes: number): boolean =>
    held.records + letters.load.records + records <= maxRecords &&
    held.bytes + letters.load.bytes + bytes <= maxBytes;

  const oldestToGiveWay = (): Entry | undefined => {
    let entry = order.oldest();
    // Those that are under way are few.
    while (entry?.taken !== undefined) entry = entry.newer;
    return entry;
  };

  const unbury = (id: string | undefined): UsageRecord | undefined => {
    const letter = id === undefined ? undefined : letters.remove(id);
    if (letter !== undefined) leave(ledger.dead, letter.record.calls);
    return letter?.record;
  };

  /** Drops one record for another's sake: a dead one if there is any. */
  const giveWay = (): Gone | undefined => {
    const letter = unbury(letters.oldest());
    const entry = letter === undefined ? oldestToGiveWay() : undefined;
    if (entry !== undefined) remove(entry);
    const record = letter ?? entry?.record;
    if (record === undefined) return undefined;
    enter(droppedFor(ledger, 'overflow'), record.calls);
    return { record, wasDead: letter !== undefined };
  };

  /** @returns those that gave way, or `undefined` when there cannot be room. */
  const makeRoom = (records: number, bytes: number): readonly Gone[] | undefined => {
    if (fits(records, bytes)) return [];
    const stays = overflow === 'drop-oldest' ? taken : held;
    if (stays.records + records > maxRecords || stays.bytes + bytes > maxBytes) return undefined;
    const gone: Gone[] = [];
    while (!fits(records, bytes)) gone.push(giveWay() as Gone);
    return gone;
  };

  const tell = (gone: readonly Gone[], reason: DropReason): void => {
    for (const { record, wasDead } of gone) onDropped(record, reason, wasDead);
  };

  const put: MemoryOutbox['put'] = (records, kept) => {
    if (closed) throw new OutboxError('closed', 'the outbox was closed');
    const fresh = new Map<string, UsageRecord>();
    let bytes = 0;
    for (const record of records) {
      if (pending.has(record.id) || letters.has(record.id) || fresh.has(record.id)) continue;
      fresh.set(record.id, record);
      bytes += weightOf(record);
    }
    const gone = makeRoom(fresh.size, bytes);
    if (gone === undefined) throw new OutboxError('full', 'there is no room for more records');
    for (const record of fresh.values()) {
      enter(ledger.given, record.calls);
      insert(record, weightOf(record));
    }
    kept?.();
    tell(gone, 'overflow');
    if (fresh.size > 0) tellReady();
  };

  const add: MemoryOutbox['add'] = (record) => {
    if (pending.has(record.id) || letters.has(record.id)) return;
    const weight = weightOf(record);
    const gone = closed ? undefined : makeRoom(1, weight);
    enter(ledger.given, record.calls);
    if (gone === undefined) {
      const reason = closed ? 'closed' : 'overflow';
      enter(droppedFor(ledger, reason), record.calls);
      onDropped(record, reason, false);
      return;
    }
    insert(record, weight);
    tell(gone, 'overflow');
    tellReady();
  };

  const take: MemoryOutbox['take'] = (limit, early = false) => {
    const given: Taken[] = [];
    if (closed) return given;
    const now = clock.monotonic();
    while (given.length < limit) {
      const fresh = order.fresh();
      // What came before it fell due goes first.
      const due = waiting.popDue(Math.min(now, fresh?.cameAt ?? now)) ?? fresh;
      const entry = due ?? (early ? waiting.popDue(Infinity) : undefined);
      if (entry === undefined) break;
      if (entry === fresh) order.passFresh();
      entry.due = undefined;
      const { record, attempts, triedAt } = entry;
      entry.taken = { record, attempts, triedAt };
      weigh(taken, 1, entry.weight);
      given.push(entry.taken);
    }
    // What is due already was told of.
    const next = waiting.nextAt();
    alarm.set(next !== undefined && next > now ? next : undefined);
    return given;
  };

  const entryOf = (one: Taken): Entry | undefined => {
    const entry = pending.get(one.record.id);
    return entry?.taken === one ? entry : undefined;
  };

  const putBack = (entry: Entry, { at, counts }: Settlement & { to: 'retry' }): void => {
    weigh(taken, -1, entry.weight);
    entry.taken = undefined;
    entry.attempts += counts ? 1 : 0;
    const now = clock.now();
    entry.triedAt = now;
    // The wall clock says how long, the other one when: a jump must not make it longer.
    entry.due = waiting.push(clock.monotonic() + Math.max(0, at - now), entry);
    alarm.set(waiting.nextAt());
  };

  const bury = (entry: Entry, reason: string): void => {
    const { record, weight } = entry;
    remove(entry);
    letters.add({ record, reason, at: clock.now() }, weight);
    enter(ledger.dead, record.calls);
    if (letters.load.records <= maxDead) return;
    const gone = unbury(letters.oldest());
    if (gone === undefined) return;
    enter(droppedFor(ledger, 'overflow'), gone.calls);
    onDropped(gone, 'overflow', true);
  };

  const settle: MemoryOutbox['settle'] = (one, settlement) => {
    const entry = entryOf(one);
    if (entry === undefined) return;
    if (settlement.to === 'retry') {
      putBack(entry, settlement);
      return;
    }
    if (settlement.to === 'dead') {
      bury(entry, settlement.reason);
      return;
    }
    remove(entry);
    const { calls } = entry.record;
    enter(settlement.to === 'sent' ? ledger.sent : droppedFor(ledger, settlement.reason), calls);
  };

  /** Brings dead ones out, by default all. */
  const exhume = (ids: readonly string[] = letters.ids()): readonly UsageRecord[] =>
    ids.map(unbury).filter((record) => record !== undefined);

  const abandon = (): void => {
    const gone: Gone[] = [];
    for (const entry of pending.values()) {
      if (entry.taken !== undefined) continue;
      remove(entry);
      enter(droppedFor(ledger, 'closed'), entry.record.calls);
      gone.push({ record: entry.record, wasDead: false });
    }
    tell(gone, 'closed');
  };

  return {
    scope: 'process',
    add,
    put,
    take,
    settle,
    has: (one) => entryOf(one) !== undefined,
    forget: (one) => {
      const entry = entryOf(one);
      if (entry === undefined) return;
      remove(entry);
      leave(ledger.given, entry.record.calls);
    },
    untaken: () => held.records - taken.records,
    abandon,
    onReady: (added) => {
      listener = added;
    },
    dead: {
      list: letters.list,
      replay: async (ids) => {
        const replayed = closed ? [] : exhume(ids);
        const at = clock.now();
        for (const record of replayed) insert({ ...record, at }, weightOf(record));
        if (replayed.length > 0) tellReady();
        return replayed.length;
      },
      drop: async (ids) => {
        const dropped = exhume(ids);
        for (const { calls } of dropped) enter(droppedFor(ledger, 'discarded'), calls);
        return dropped.length;
      },
    },
    totals: () => ({ ...addTotals(ledger, noTotals), oldestAt: order.oldest()?.record.at }),
    own: () => pending.size,
    close: () => {
      if (closed) return;
      closed = true;
      alarm.set(undefined);
      for (const entry of pending.values()) entry.taken = undefined;
      taken.records = taken.bytes = 0;
      abandon();
    },
  };
};
