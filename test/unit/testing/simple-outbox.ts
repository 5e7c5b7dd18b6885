import { OutboxError } from '../../../src/http/errors.ts';
import type { OutboxUnderTest } from '../../../src/testing/outbox-contract.ts';
import { type FakeClock, fakeClock } from '../../../src/testing/fake-clock.ts';
import type { DeadLetter, Outbox, Taken } from '../../../src/tracker/outbox.ts';
import type { UsageRecord } from '../../../src/tracker/record.ts';
import type { DropReason, Tally, Totals } from '../../../src/tracker/tally.ts';

/** What can be broken in it, each by its name. */
export type Bug =
  | 'newest first'
  | 'forgets that it gave a record away'
  | 'ignores the limit'
  | 'keeps an id twice'
  | 'keeps a dead id twice'
  | 'keeps the first of a put only'
  | 'refuses a put with an id that it has'
  | 'cuts payloads at 65,535'
  | 'loses calls'
  | 'gives back before the time'
  | 'counts every retry'
  | 'counts no retry'
  | 'forgets when it tried'
  | 'puts a failed record first'
  | 'says too early that it keeps'
  | 'does not count open windows'
  | 'waiting records hold up the others'
  | 'sent comes back when said twice'
  | 'counts a drop as sent'
  | 'counts what is settled twice'
  | 'is silent about new records'
  | 'is silent about due records'
  | 'is silent about replayed records'
  | 'replays under new ids'
  | 'replays what is as old as before'
  | 'replays what lives'
  | 'takes no ids for all'
  | 'drops the dead uncounted'
  | 'lists the newest dead first'
  | 'forgets reasons'
  | 'takes puts when closed'
  | 'forgets the oldest'
  | 'loses what was taken at close'
  | 'loses what was taken in a crash'
  | 'loses the dead at close'
  | 'forgets ids in a crash'
  | 'gives open windows away'
  | 'adds saved windows up'
  | 'keeps a window beside its record'
  | 'loses windows in a crash';

interface Kept {
  readonly record: UsageRecord;
  attempts: number;
  triedAt: number | undefined;
  due: number;
  held: boolean;
}

/** What is on the disk of an outbox that has none. */
interface Store {
  kept: Map<string, Kept>;
  dead: Map<string, DeadLetter>;
  windows: Map<string, UsageRecord>;
  sent: Tally;
  dropped: Partial<Record<DropReason, Tally>>;
}

const nothing: Tally = { records: 0, calls: 0 };

const add = (tally: Tally = nothing, { calls }: UsageRecord, records = 1): Tally => ({
  records: tally.records + records,
  calls: tally.calls + calls,
});

const sum = (records: Iterable<UsageRecord>): Tally =>
  [...records].reduce((tally, record) => add(tally, record), nothing);

const open = (store: Store, clock: FakeClock, bugs: ReadonlySet<Bug>): Outbox => {
  let listener = (): void => {};
  let closed = false;
  const has = (bug: Bug): boolean => bugs.has(bug);

  const keep = (record: UsageRecord): void => {
    if (has('loses calls')) store.kept.set(record.id, fresh({ ...record, calls: 1 }));
    else if (has('cuts payloads at 65,535')) {
      store.kept.set(record.id, fresh({ ...record, payload: record.payload.slice(0, 65_535) }));
    } else store.kept.set(record.id, fresh(record));
  };
  const fresh = (record: UsageRecord): Kept => ({
    record,
    attempts: 0,
    triedAt: undefined,
    due: clock.now(),
    held: false,
  });
  const drop = (record: UsageRecord, reason: DropReason): void => {
    store.dropped[reason] = add(store.dropped[reason], record);
  };
  const ofDead = (ids: readonly string[] | undefined): readonly DeadLetter[] =>
    ids === undefined || (has('takes no ids for all') && ids.length === 0)
      ? [...store.dead.values()]
      : ids.flatMap((id) => store.dead.get(id) ?? []);

  return {
    put: (records, kept) => {
      if (has('says too early that it keeps')) kept?.();
      if (closed && !has('takes puts when closed')) throw new OutboxError('closed', 'closed');
      const known = records.some(({ id }) => store.kept.has(id));
      if (known && has('refuses a put with an id that it has')) return;
      for (const record of has('keeps the first of a put only') ? records.slice(0, 1) : records) {
        if (!has('keeps a window beside its record')) store.windows.delete(record.id);
        if (store.dead.has(record.id) && !has('keeps a dead id twice')) continue;
        if (store.kept.has(record.id)) {
          if (has('keeps an id twice')) store.kept.set(crypto.randomUUID(), fresh(record));
          continue;
        }
        keep(record);
      }
      if (!has('says too early that it keeps')) kept?.();
      if (!has('is silent about new records')) listener();
    },
    take: (limit) => {
      const now = clock.now();
      const all = [...store.kept.values()].filter(({ held }) => !held);
      const stuck = has('waiting records hold up the others') && all.some(({ due }) => due > now);
      const due = all
        .filter((one) => one.due <= now || has('gives back before the time'))
        .toSorted((a, b) => a.due - b.due);
      if (has('newest first')) due.reverse();
      const given = stuck ? [] : due.slice(0, has('ignores the limit') ? undefined : limit);
      for (const one of given) one.held = !has('forgets that it gave a record away');
      const windows = has('gives open windows away') ? [...store.windows.values()] : [];
      return [...given, ...windows.map(fresh)].map(({ record, attempts, triedAt }): Taken => ({
        record,
        attempts,
        triedAt,
      }));
    },
    settle: ({ record }, settlement) => {
      const one = store.kept.get(record.id);
      if (!one?.held) {
        if (has('sent comes back when said twice') && settlement.to === 'retry') keep(record);
        if (!has('counts what is settled twice')) return;
      }
      if (settlement.to === 'retry') {
        if (!one) return;
        one.held = false;
        one.due = has('puts a failed record first') ? settlement.at - 1e12 : settlement.at;
        const counts = settlement.counts || has('counts every retry');
        if (counts && !has('counts no retry')) one.attempts += 1;
        if (!has('forgets when it tried')) one.triedAt = clock.now();
        const ready = () => {
          if (!closed && !has('is silent about due records')) listener();
        };
        clock.after(settlement.at - clock.now(), ready);
        return;
      }
      store.kept.delete(record.id);
      if (settlement.to === 'sent') store.sent = add(store.sent, record);
      else if (settlement.to === 'dropped') {
        if (has('counts a drop as sent')) store.sent = add(store.sent, record);
        else drop(record, settlement.reason);
      } else {
        const reason = has('forgets reasons') ? '' : settlement.reason;
        store.dead.set(record.id, { record, reason, at: clock.now() });
      }
    },
    onReady: (call) => {
      listener = call;
    },
    saveWindows: async (windows) => {
      for (const window of windows) {
        const before = store.windows.get(window.id);
        const calls = window.calls + (has('adds saved windows up') ? (before?.calls ?? 0) : 0);
        store.windows.set(window.id, { ...window, calls });
      }
    },
    dead: {
      list: async function* () {
        const letters = [...store.dead.values()];
        yield* has('lists the newest dead first') ? letters.toReversed() : letters;
      },
      replay: async (ids) => {
        const letters = ofDead(ids);
        for (const { record } of letters) {
          store.dead.delete(record.id);
          const id = has('replays under new ids') ? crypto.randomUUID() : record.id;
          const at = has('replays what is as old as before') ? record.at : clock.now();
          store.kept.set(id, fresh({ ...record, id, at }));
        }
        if (!has('is silent about replayed records')) listener();
        if (has('replays what lives') && ids) return ids.filter((id) => store.kept.has(id)).length;
        return letters.length;
      },
      drop: async (ids) => {
        const letters = ofDead(ids);
        for (const { record } of letters) {
          store.dead.delete(record.id);
          if (!has('drops the dead uncounted')) drop(record, 'discarded');
        }
        return letters.length;
      },
    },
    totals: (): Totals => {
      const records = [...store.kept.values()].map(({ record }) => record);
      const pending = sum([
        ...records,
        ...(has('does not count open windows') ? [] : store.windows.values()),
      ]);
      const dead = sum([...store.dead.values()].map(({ record }) => record));
      const parts = [store.sent, pending, dead, ...Object.values(store.dropped)];
      return {
        given: {
          records: parts.reduce((all, one) => all + one.records, 0),
          calls: parts.reduce((all, one) => all + one.calls, 0),
        },
        sent: store.sent,
        pending,
        dead,
        dropped: { ...store.dropped },
        oldestAt:
          records.length === 0 || has('forgets the oldest')
            ? undefined
            : Math.min(...records.map(({ at }) => at)),
      };
    },
    close: () => {
      closed = true;
      for (const [id, one] of store.kept) {
        if (one.held && has('loses what was taken at close')) store.kept.delete(id);
        one.held = false;
      }
      if (has('loses the dead at close')) store.dead.clear();
    },
  };
};

/** An outbox whose store is a few maps, so that it can be opened again: whole, or broken as said. */
export const simpleOutbox = (...broken: readonly Bug[]): OutboxUnderTest => {
  const bugs = new Set(broken);
  const clock = fakeClock();
  const store: Store = {
    kept: new Map(),
    dead: new Map(),
    windows: new Map(),
    sent: nothing,
    dropped: {},
  };
  return {
    outbox: open(store, clock, bugs),
    now: clock.now,
    advance: clock.advance,
    reopen: async () => {
      for (const window of store.windows.values()) {
        if (!bugs.has('loses windows in a crash')) {
          store.kept.set(window.id, {
            record: window,
            attempts: 0,
            triedAt: undefined,
            due: 0,
            held: false,
          });
        }
      }
      store.windows.clear();
      return open(store, clock, bugs);
    },
    crash: async () => {
      for (const [id, one] of store.kept) {
        if (one.held && bugs.has('loses what was taken in a crash')) store.kept.delete(id);
        one.held = false;
      }
      if (bugs.has('forgets ids in a crash')) {
        store.kept = new Map([...store.kept.values()].map((one) => [crypto.randomUUID(), one]));
      }
    },
  };
};
