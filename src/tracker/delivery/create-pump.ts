import { createRetryBudget } from '../../http/retry-budget.ts';
import type { Settlement, Taken } from '../outbox.ts';
import { createAge } from './age.ts';
import { ended, newLane, roomIn, started, stateOf } from './lane.ts';
import { newsOf } from './lane-news.ts';
import { createLastTries } from './last-tries.ts';
import type { Pump, PumpEvent, PumpOptions } from './pump.ts';
import { settlementOf } from './settlement-of.ts';
import { createTroubles } from './troubles.ts';
import { createUnsettled, type Told } from './unsettled.ts';
import type { Verdict } from './verdict.ts';

interface Attempt {
  readonly taken: Taken;
  readonly era: number;
  readonly startedAt: number;
}

/** After so many records in one go, e.g. expired ones, whatever else wants to run gets its turn. */
const oneTurn = 1_000;
/**
 * For each attempt at once, so many records may wait for a source that writes them down on a disk. They
 * are those that are sent again after a crash.
 */
const unsettledFor = 4;
/** An abort travels through a sink by promises alone: so many turns are enough for it. */
const turns = 40;

/** A sink may be anybody's, without a compiler to tell what a verdict is. */
const kinds: ReadonlySet<unknown> = new Set<Verdict['is']>([
  'done',
  'refused',
  'hold',
  'wait',
  'retry',
]);
const unknown: Verdict = { is: 'retry', detail: 'the sink failed', ambiguous: true };
const cutOff: Verdict = { is: 'retry', detail: 'aborted', ambiguous: true };
const untried: Told = { isTried: false, durationMs: 0, ambiguous: false };

const detailOf = (verdict: Verdict): string | undefined =>
  verdict.is === 'done' ? undefined : verdict.is === 'refused' ? verdict.reason : verdict.detail;

/** See `Pump`. One lane: all records go to one API, with one key. */
export const createPump = (options: PumpOptions): Pump => {
  const { source, sink, clock, concurrency, maxAgeMs, listener } = options;
  const budget = createRetryBudget({ burst: Math.max(10, concurrency) });
  const lastTries = createLastTries();
  const troubles = createTroubles(clock);
  const unsettled = createUnsettled();
  const age = createAge(clock);
  const abort = new AbortController();
  const attempts = new Set<Attempt>();
  let lane = newLane(concurrency);
  /** Those of `attempts`, and those whose settlement takes its time. */
  let underWay = 0;
  /** Whether there may be something to take. */
  let ready = false;
  let taking = false;
  let stopping = false;
  let whenIdle: (() => void) | undefined;
  let takeBack = (): void => {};

  const proceedIn = (ms: number): void => {
    takeBack();
    takeBack = clock.after(ms, proceed);
  };

  const laneRest = (now: number): number => Math.max(0, (lane.stop?.until ?? 0) - now);

  /** How many records may be taken now. Where only time helps, it sees to it that it is asked again. */
  const room = (): number => {
    const now = clock.monotonic();
    const rest = Math.max(laneRest(now), troubles.until() - now);
    if (rest > 0) {
      proceedIn(rest);
      return 0;
    }
    // What a source in trouble cannot settle would be sent again and again: it is tried with one.
    if (troubles.any()) return Math.min(roomIn(lane, now), 1 - underWay);
    const most = concurrency * unsettledFor;
    return Math.min(roomIn(lane, now), concurrency - attempts.size, most - underWay);
  };

  /** Takes and starts, while there is something to take and room for it. */
  const takeAll = async (): Promise<void> => {
    taking = true;
    let left = oneTurn;
    while (left > 0) {
      const limit = ready && !stopping ? Math.min(room(), left) : 0;
      if (limit <= 0) break;
      ready = false;
      try {
        const answer = source.take(limit);
        // A source in memory answers at once, and is not kept waiting.
        const batch = answer instanceof Promise ? await answer : answer;
        if (batch.length > 0) ready = true;
        left -= batch.length;
        begin(batch);
      } catch (error) {
        ready = true;
        troubles.failed();
        listener({ is: 'unsettled', error });
      }
    }
    taking = false;
    if (stopping) proceed();
    else if (left <= 0) proceedIn(0);
  };

  const proceed = (): void => {
    if (taking) return;
    if (!stopping) {
      if (ready) void takeAll();
    } else if (underWay === 0) whenIdle?.();
  };

  const begin = (batch: readonly Taken[]): void => {
    const now = clock.now();
    const at = clock.monotonic();
    underWay += batch.length;
    for (const taken of batch) {
      const ending = unsettled.recall(taken);
      if (ending !== undefined) {
        void settle(taken, ...ending);
      } else if (age(taken.record.at) > maxAgeMs) {
        void settle(taken, { to: 'dropped', reason: 'expired' });
      } else if (stopping || roomIn(lane, at) === 0) {
        // While the source was looking for it, the lane has stopped.
        void settle(taken, { to: 'retry', at: Math.ceil(now + laneRest(at)), counts: false });
      } else {
        void attempt(taken);
      }
    }
  };

  const attempt = async (taken: Taken): Promise<void> => {
    if (taken.attempts === 0) budget.earn();
    lane = started(lane);
    const one = { taken, era: lane.era, startedAt: clock.monotonic() };
    attempts.add(one);
    let verdict: Verdict;
    try {
      verdict = await sink(taken.record, abort.signal);
    } catch {
      // A sink that keeps to its contract does not get here.
      verdict = unknown;
    }
    finish(one, kinds.has(verdict?.is) ? verdict : unknown);
  };

  const finish = (one: Attempt, verdict: Verdict): void => {
    // It may have been given up.
    if (!attempts.delete(one)) return;
    const { taken, era, startedAt } = one;
    const at = clock.monotonic();
    const before = lane;
    const isCut = abort.signal.aborted && verdict.is === 'retry';
    // What was cut off says nothing of the API.
    if (!isCut) lane = ended(lane, { era, verdict, now: at, random: clock.random() });
    const ambiguous = 'ambiguous' in verdict && verdict.ambiguous === true;
    const settlement = isCut ? putBack(ambiguous) : judge(taken, verdict, laneRest(at));
    void settle(taken, settlement, {
      isTried: true,
      durationMs: Math.round(at - startedAt),
      ambiguous,
      detail: detailOf(verdict),
    });
    if (lane.stop !== undefined && lane.stop !== before.stop) {
      void pauseOthers(laneRest(at), verdict.is === 'wait' && verdict.ms !== undefined);
    }
    const news = newsOf(before, lane, at);
    if (news !== undefined) listener(news);
    proceed();
  };

  const putBack = (counts: boolean): Settlement => ({ to: 'retry', at: clock.now(), counts });

  const judge = (taken: Taken, verdict: Verdict, restMs: number): Settlement => {
    const isAtFault = lastTries.isAtFault(taken);
    lastTries.note(taken, verdict);
    return settlementOf(taken, verdict, {
      now: clock.now(),
      random: clock.random(),
      restMs,
      isAtFault,
      isSpent: verdict.is === 'retry' && !budget.spend(),
    });
  };

  const settle = async (taken: Taken, settlement: Settlement, told = untried): Promise<void> => {
    let event: PumpEvent = { is: 'settled', taken, settlement, ...told };
    // First: a source may give it again before it is heard of that it failed.
    unsettled.remember(taken, [settlement, told]);
    try {
      const answer = source.settle(taken, settlement);
      if (answer instanceof Promise) await answer;
      unsettled.recall(taken);
      troubles.worked();
    } catch (error) {
      troubles.failed();
      event = { is: 'unsettled', taken, error };
    }
    underWay -= 1;
    listener(event);
    proceed();
  };

  const pauseOthers = async (ms: number, isAsked: boolean): Promise<void> => {
    try {
      await source.pause?.(ms, isAsked);
    } catch {
      // They find out for themselves.
    }
  };

  const idle = (graceMs: number): Promise<void> =>
    new Promise((resolve) => {
      const giveUp = clock.after(graceMs, resolve, true);
      whenIdle = () => {
        giveUp();
        resolve();
      };
    });

  const someTurns = async (): Promise<void> => {
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
  };

  return {
    start: () => {
      ready = true;
      source.onReady(() => {
        // Known already: whoever ends, or a timer, goes on with it.
        if (ready) return;
        ready = true;
        // Who adds a record is not to wait until it is on its way.
        queueMicrotask(proceed);
      });
      proceed();
    },
    state: () => stateOf(lane),
    restMs: () => laneRest(clock.monotonic()),
    underWay: () => underWay,
    stop: async (graceMs) => {
      stopping = true;
      takeBack();
      if (graceMs > 0 && (underWay > 0 || taking)) await idle(graceMs);
      if (attempts.size === 0) return;
      abort.abort();
      await someTurns();
      for (const one of attempts) finish(one, cutOff);
      await someTurns();
    },
  };
};
