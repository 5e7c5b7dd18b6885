import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReoClient } from '../../../../src/reo/index.ts';
import { fakeClock } from '../../../../src/testing/fake-clock.ts';
import { createTracker, type UsageRecord, type Verdict } from '../../../../src/tracker/index.ts';
import { scriptedStore, type StoreMode } from './scripted-store.ts';

type Command =
  | { readonly do: 'track' | 'put'; readonly user: number }
  | { readonly do: 'count' | 'putCount'; readonly user: number; readonly count: number }
  | { readonly do: 'invalid' | 'lose' | 'replay' | 'discard' }
  | { readonly do: 'flush' | 'close'; readonly ms: number }
  | { readonly do: 'advance' | 'jump'; readonly ms: number }
  | { readonly do: 'answer'; readonly verdict: Verdict; readonly ms: number }
  | { readonly do: 'store'; readonly mode: StoreMode };

const user = fc.nat({ max: 2 });
const count = fc.constantFrom(0, 1, 1, 7, 2 ** 52);
const verdict: fc.Arbitrary<Verdict> = fc.constantFrom<Verdict[]>(
  { is: 'done' },
  { is: 'done' },
  { is: 'refused', reason: 'it does not like it' },
  { is: 'hold', reason: 'authentication', detail: 'answered 401' },
  { is: 'wait', ms: 50, detail: 'answered 429' },
  { is: 'wait', detail: 'answered 503' },
  { is: 'retry', detail: 'no answer', ambiguous: true },
  { is: 'retry', detail: 'refused to connect', ambiguous: false },
);
const commands: fc.Arbitrary<Command>[] = [
  fc.record({ do: fc.constantFrom('track' as const, 'put' as const), user }),
  fc.record({ do: fc.constantFrom('count' as const, 'putCount' as const), user, count }),
  fc.record({ do: fc.constantFrom('count' as const, 'putCount' as const), user, count }),
  fc.record({ do: fc.constantFrom('invalid', 'lose', 'replay', 'discard') }),
  fc.record({ do: fc.constant('flush' as const), ms: fc.constantFrom(0, 200, 5_000) }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 20, 200, 3_000) }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(5, 100, 60_000) }),
  fc.record({ do: fc.constant('jump' as const), ms: fc.constantFrom(-1e9, -5_000, 5_000, 1e9) }),
  fc.record({ do: fc.constant('answer' as const), verdict, ms: fc.constantFrom(0, 0, 40) }),
  fc.record({
    do: fc.constant('store' as const),
    mode: fc.constantFrom<StoreMode[]>('works', 'works', 'slow', 'fails', 'hangs'),
  }),
];
const script = fc.record({
  commands: fc.array(fc.oneof(...commands), { maxLength: 25 }),
  close: fc.option(fc.record({ at: fc.nat({ max: 25 }), ms: fc.constantFrom(0, 100, 5_000) })),
  stored: fc.boolean(),
  bad: fc.boolean(),
  maxRecords: fc.constantFrom(3, 100),
  maxKeys: fc.constantFrom(1, 2, 100),
  overflow: fc.constantFrom('drop-new' as const, 'drop-oldest' as const),
});
type Script = typeof script extends fc.Arbitrary<infer S> ? S : never;

const reo = createReoClient({
  apiKey: 'test_key',
  defaults: { activity_type: 'LOGIN', product_id: 'web', user_id_type: 'EMAIL' },
});

const countOf = (record: UsageRecord): bigint => {
  const { count = 1 } = JSON.parse(record.payload) as { count?: number };
  return BigInt(count);
};

/** Gives a tracker what the script says, and checks after each step, and in each hook. */
const play = async (script: Script): Promise<void> => {
  const clock = fakeClock();
  const store = script.stored ? scriptedStore(clock) : undefined;
  let verdict: Verdict = { is: 'done' };
  let answerMs = 0;
  /** What became of each record, as told; a mistake that a sink or a hook found. */
  const ended = new Map<string, string>();
  const mistakes: string[] = [];
  /** Counts in what was given and what came out, in exact numbers. */
  const sums = { given: 0n, out: 0n, unknown: 0n };
  const calls = { given: 0, promised: 0 };

  const check = (where: string): void => {
    const { given, sent, pending, dead, dropped } = tracker.stats();
    for (const of of ['records', 'calls'] as const) {
      const parts = [sent, pending, dead, ...Object.values(dropped)].map((tally) => tally[of]);
      const all = parts.reduce((a, b) => a + b);
      if (all !== given[of]) mistakes.push(`${where}: ${given[of]} ${of} given, ${all} found`);
      if (parts.some((part) => part < 0))
        mistakes.push(`${where}: ${of} below 0 (${parts.join()})`);
    }
    if (given.calls < calls.given || given.calls > calls.given + calls.promised) {
      mistakes.push(`${where}: ${given.calls} calls given instead of ${calls.given}`);
    }
  };
  const end = (record: UsageRecord | undefined, how: string): void => {
    if (record === undefined) return;
    if (ended.has(record.id)) mistakes.push(`${how} after ${ended.get(record.id)}`);
    ended.set(record.id, how);
    sums.out += countOf(record);
  };
  const hook = (name: string): void => {
    check(name);
    if (script.bad) throw new Error('a hook of poor quality');
  };

  const tracker = createTracker(reo, {
    clock,
    outbox: store?.open,
    aggregate: { every: '1s', maxKeys: script.maxKeys },
    maxRecords: script.maxRecords,
    overflow: script.overflow,
    concurrency: 3,
    sink: async (record) => {
      const how = ended.get(record.id);
      if (how !== undefined) mistakes.push(`attempted after ${how}`);
      const answer = verdict;
      if (answerMs > 0) await new Promise<void>((resolve) => clock.after(answerMs, resolve));
      return answer;
    },
    hooks: {
      delivered: ({ record }) => (end(record, 'sent'), hook('delivered')),
      dropped: ({ record, dropped }) => {
        if (dropped.records > 0) end(record, 'dropped');
        else if (record !== undefined) {
          // Of what a store has a part of, only the rest is lost, unless it comes there after all.
          const kept = store?.saved.get(record.id);
          const lost = countOf(record) - (kept === undefined ? 0n : countOf(kept));
          sums.out += lost;
          sums.unknown += lost;
        }
        hook('dropped');
      },
      dead: ({ record }) => (end(record, 'dead'), hook('dead')),
      held: () => hook('held'),
      paused: () => hook('paused'),
      resumed: () => hook('resumed'),
      degraded: () => hook('degraded'),
    },
  });

  let isClosed = false;
  const waiting: Promise<unknown>[] = [];
  const give = (count: number, call: () => void): void => {
    if (!isClosed) sums.given += BigInt(count);
    // A hook that is called meanwhile may find it counted, or not yet.
    calls.promised += 1;
    call();
    calls.promised -= 1;
    calls.given += 1;
  };
  const promise = (count: number, put: () => Promise<void>): void => {
    calls.promised += 1;
    waiting.push(
      put().then(
        () => {
          calls.promised -= 1;
          calls.given += 1;
          sums.given += BigInt(count);
        },
        (error: unknown) => {
          calls.promised -= 1;
          // A store that hangs at the end may keep it all the same.
          if ((error as { reason?: unknown }).reason === 'closed') sums.unknown += BigInt(count);
          if ((error as { code?: unknown }).code !== 'outbox') mistakes.push(String(error));
        },
      ),
    );
  };
  const letters = async (act: (ids: readonly string[]) => Promise<unknown>, how?: string) => {
    const records: UsageRecord[] = [];
    for await (const { record } of tracker.dead.list()) records.push(record);
    for (const { id } of records) ended.delete(id);
    for (const record of records) {
      if (how === undefined) sums.out -= countOf(record);
      else ended.set(record.id, how);
    }
    await act(records.map(({ id }) => id));
  };

  const run = async (command: Command): Promise<void> => {
    switch (command.do) {
      case 'track':
        give(1, () => tracker.track({ user_id: `user-${command.user}` }));
        break;
      case 'count':
        give(command.count, () =>
          tracker.count({ mode: 'USER', user_id: `user-${command.user}`, count: command.count }),
        );
        break;
      case 'put':
        promise(1, () => tracker.put({ user_id: `user-${command.user}` }));
        break;
      case 'putCount': {
        const { count } = command;
        promise(count, () =>
          tracker.putCount({ mode: 'USER', user_id: `user-${command.user}`, count }),
        );
        break;
      }
      case 'invalid':
        calls.given += 1;
        tracker.track({ user_id: '' });
        break;
      case 'lose':
        store?.loseWindows();
        break;
      case 'replay':
        await letters((ids) => tracker.dead.replay(ids));
        break;
      case 'discard':
        await letters((ids) => tracker.dead.drop(ids), 'discarded');
        break;
      case 'flush':
        waiting.push(tracker.flush({ timeout: command.ms }));
        break;
      case 'close':
        isClosed = true;
        waiting.push(tracker.close({ timeout: command.ms }));
        break;
      case 'advance':
        await clock.advance(command.ms);
        break;
      case 'jump':
        clock.jump(command.ms);
        break;
      case 'answer':
        ({ verdict, ms: answerMs } = command);
        break;
      case 'store':
        store?.become(command.mode);
    }
  };

  const steps: Command[] = [...script.commands];
  if (script.close !== null) steps.splice(script.close.at, 0, { do: 'close', ms: script.close.ms });
  for (const step of steps) {
    await run(step);
    check(step.do);
  }

  // Everything is mended, and has all the time it needs.
  verdict = { is: 'done' };
  store?.become('works');
  const opened = tracker.ready().then(
    () => true,
    () => false,
  );
  const end1 = tracker.flush({ timeout: '480h' });
  await clock.advance(24 * 3_600_000);
  const flushed = isClosed ? undefined : await end1;
  const end2 = tracker.close();
  await clock.advance(60_000);
  await Promise.all([end2, ...waiting]);
  check('the end');
  const stats = tracker.stats();
  if (stats.given.calls !== calls.given) mistakes.push('a call was not counted');
  // What was lost to another process is not ours to send; nobody knows what a store holds that could not
  // be opened when the flush began.
  const allowed = (await opened) ? ['others: '] : ['others: ', 'outbox: '];
  const why = (flushed?.failures ?? []).filter(
    (failure) => !allowed.some((start) => failure.startsWith(start)),
  );
  if (why.length > 0) mistakes.push(`not complete: ${why.join()}`);
  const rest = store === undefined ? [] : [...(await store.left()), ...store.saved.values()];
  if (!isClosed && rest.length > 0) mistakes.push(`${rest.length} records are left`);
  for (const record of [...rest, ...(store?.foreign ?? [])]) sums.out += countOf(record);
  // What was partly in the store, or dead when dropped, is not told with a number.
  const { given, out, unknown } = sums;
  if (out < given || out > given + unknown) mistakes.push(`${given} counted, ${out} found`);
  expect(mistakes).toEqual([]);
};

/** What a long run has found once. */
const found: readonly Script[] = [
  {
    commands: [
      { do: 'count', user: 0, count: 0 },
      { do: 'store', mode: 'hangs' },
      { do: 'track', user: 0 },
      { do: 'advance', ms: 60_000 },
      { do: 'store', mode: 'fails' },
    ],
    close: { at: 3, ms: 0 },
    stored: true,
    bad: false,
    maxRecords: 3,
    maxKeys: 1,
    overflow: 'drop-new',
  },
  {
    commands: [
      { do: 'count', user: 0, count: 1 },
      { do: 'advance', ms: 200 },
      { do: 'store', mode: 'fails' },
      { do: 'count', user: 0, count: 7 },
      { do: 'advance', ms: 0 },
    ],
    close: { at: 4, ms: 0 },
    stored: true,
    bad: false,
    maxRecords: 3,
    maxKeys: 1,
    overflow: 'drop-new',
  },
];

describe('whatever happens in whatever order', () => {
  const numRuns = Number(process.env['MODEL_RUNS'] ?? (process.env['LONG'] ? 500_000 : 5_000));
  it(
    `the sums agree at any moment, and nothing is sent after its end (${numRuns} cases)`,
    async () => {
      const examples = found.map((one): [Script] => [one]);
      // Time stands still in there: a case that takes any is one that waits for ever.
      await fc.assert(fc.asyncProperty(script, play), { numRuns, timeout: 10_000, examples });
    },
    60_000 + numRuns * 20,
  );
});
