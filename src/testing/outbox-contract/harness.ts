import assert from 'node:assert/strict';
import type { Outbox, Settlement, Taken } from '../../tracker/outbox.ts';
import type { UsageRecord } from '../../tracker/record.ts';
import type { DropReason, Tally, Totals } from '../../tracker/tally.ts';

/**
 * What an engine may lack:
 * - `reopen`: what is not settled outlives `close()`;
 * - `crash`: it outlives a process that is killed, too;
 * - `windows`: `saveWindows()`.
 */
export type OutboxCapability = 'reopen' | 'crash' | 'windows';

/** A fresh and empty outbox, and what the contract does to it from outside. */
export interface OutboxUnderTest {
  readonly outbox: Outbox;
  /** The wall clock that the outbox goes by, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** Lets time pass for the outbox. Default: really waits. */
  readonly advance?: ((ms: number) => Promise<void>) | undefined;
  /** Opens the same store once more, after `close()` or `crash()`. Default: it lacks `reopen`. */
  readonly reopen?: (() => Promise<Outbox>) | undefined;
  /**
   * Leaves the outbox as a killed process would: from now on it writes nothing and gives nothing back.
   * Default: it lacks `crash`.
   */
  readonly crash?: (() => Promise<void>) | undefined;
  /** Ends whatever `open` began. Called after each case; the outbox may be closed then or not. */
  readonly end?: (() => Promise<void>) | undefined;
}

/** Expected of `totals()`, in `[records, calls]`; what is left out is `[0, 0]`. */
export interface Expected {
  readonly sent?: readonly [number, number];
  readonly pending?: readonly [number, number];
  readonly dead?: readonly [number, number];
  readonly dropped?: Readonly<Partial<Record<DropReason, readonly [number, number]>>>;
}

/** What the cases work with. */
export interface Bench {
  /** After `reopen()` the new one. */
  readonly outbox: () => Outbox;
  readonly now: () => number;
  readonly pass: (ms: number) => Promise<void>;
  /** A time to wait that is long for the outbox and short for the test, in milliseconds. */
  readonly while: number;
  readonly put: (...records: readonly UsageRecord[]) => Promise<void>;
  /** Takes until it has so many; fails when they do not come. */
  readonly take: (count: number) => Promise<readonly Taken[]>;
  readonly takeOne: () => Promise<Taken>;
  /** Fails when there is anything to take now. */
  readonly takeNone: (why: string) => Promise<void>;
  readonly settle: (taken: Taken, settlement: Settlement) => Promise<void>;
  /** Takes and settles as sent until nothing comes any more; at most 8 are taken at once. */
  readonly drain: (count: number) => Promise<readonly UsageRecord[]>;
  /** Until it holds, or fails with what did not hold. */
  readonly eventually: (check: () => void | Promise<void>) => Promise<void>;
  readonly totals: (expected: Expected) => Promise<void>;
  /** Ends this one by `close` or `crash`, and opens the store again. */
  readonly again: (by: 'close' | 'crash') => Promise<void>;
}

const noTally: Tally = { records: 0, calls: 0 };

const tally = ([records, calls]: readonly [number, number] = [0, 0]): Tally => ({ records, calls });

const total = (totals: Totals, of: keyof Tally): number => {
  const dropped = Object.values(totals.dropped).map((one) => one[of]);
  return [totals.sent[of], totals.pending[of], totals.dead[of], ...dropped].reduce((a, b) => a + b);
};

/** The sums agree, whatever they are. */
const assertIdentity = (totals: Totals): void => {
  for (const of of ['records', 'calls'] as const) {
    assert.equal(
      total(totals, of),
      totals.given[of],
      `given ${of} are those sent, pending, dead and dropped: ${JSON.stringify(totals)}`,
    );
  }
};

const compare = (totals: Totals, { sent, pending, dead, dropped = {} }: Expected): void => {
  const reasons = Object.entries(totals.dropped).filter(([, { records }]) => records !== 0);
  assert.deepEqual(
    {
      sent: totals.sent,
      pending: totals.pending,
      dead: totals.dead,
      dropped: Object.fromEntries(reasons),
    },
    {
      sent: tally(sent),
      pending: tally(pending),
      dead: tally(dead),
      dropped: Object.fromEntries(
        Object.entries(dropped).map(([reason, expected]) => [reason, tally(expected)]),
      ),
    },
    'totals in [records, calls] as expected',
  );
  assertIdentity(totals);
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const createBench = (subject: OutboxUnderTest, patience: number): Bench => {
  let outbox = subject.outbox;
  const pass = subject.advance ?? sleep;

  const eventually: Bench['eventually'] = async (check) => {
    const until = performance.now() + patience;
    for (;;) {
      try {
        await check();
        return;
      } catch (error) {
        if (performance.now() >= until) throw error;
      }
      await sleep(5);
    }
  };

  const settle: Bench['settle'] = async (taken, settlement) => outbox.settle(taken, settlement);

  const take: Bench['take'] = async (count) => {
    const taken: Taken[] = [];
    await eventually(async () => {
      taken.push(...(await outbox.take(count - taken.length)));
      assert.ok(taken.length >= count, `${count} records to take, there were ${taken.length}`);
    });
    assert.equal(taken.length, count, 'no more than was asked for');
    return taken;
  };

  const takeNone: Bench['takeNone'] = async (why) => {
    const taken = await outbox.take(8);
    assert.deepEqual(
      taken.map(({ record }) => record.id),
      [],
      why,
    );
  };

  const drain: Bench['drain'] = async (count) => {
    const sent: UsageRecord[] = [];
    await eventually(async () => {
      for (let taken; (taken = await outbox.take(8)).length > 0;) {
        for (const one of taken) {
          sent.push(one.record);
          await settle(one, { to: 'sent' });
        }
        assert.ok(sent.length <= count, `${count} records to send, there were ${sent.length}`);
      }
      assert.ok(sent.length >= count, `${count} records to send, there were ${sent.length}`);
    });
    return sent;
  };

  return {
    outbox: () => outbox,
    now: subject.now ?? Date.now,
    pass,
    while: subject.advance ? 60_000 : 300,
    put: async (...records) => outbox.put(records),
    take,
    takeOne: async () => (await take(1))[0] as Taken,
    takeNone,
    settle,
    drain,
    eventually,
    totals: async (expected) => {
      const totals = outbox.totals();
      // Totals that are at hand are right at once; others may have a way to go.
      if (!(totals instanceof Promise)) compare(totals, expected);
      else await eventually(async () => compare(await outbox.totals(), expected));
    },
    again: async (by) => {
      assert.ok(subject.reopen, 'the outbox under test can be opened again');
      if (by === 'close') await outbox.close();
      else {
        assert.ok(subject.crash, 'the outbox under test can crash');
        await subject.crash();
      }
      outbox = await subject.reopen();
    },
  };
};

/** Adds records up. */
export const sum = (records: readonly UsageRecord[]): readonly [number, number] => {
  const { records: n, calls } = records.reduce(
    (all, record) => ({ records: all.records + 1, calls: all.calls + record.calls }),
    noTally,
  );
  return [n, calls];
};
