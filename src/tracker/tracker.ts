import type { Duration } from '../http/duration.ts';
import { isSdkError, OutboxError } from '../http/errors.ts';
import type { ReoClient } from '../reo/client.ts';
import { portOf } from '../reo/port.ts';
import type { ReoDefaults, UsageCount, UsageEvent, WithDefaults } from '../reo/records.ts';
import { systemClock } from './clock.ts';
import { createPump } from './delivery/create-pump.ts';
import type { PumpEvent } from './delivery/pump.ts';
import { reoSink } from './delivery/reo-sink.ts';
import { createFlushes, type Flush } from './flushes.ts';
import { inTime } from './in-time.ts';
import { createKeeper } from './keeper.ts';
import { addTotals, createLedger, droppedFor, enter } from './ledger.ts';
import type { FlushResult, TrackerOptions, TrackerStats } from './options.ts';
import { openerOf } from './opener.ts';
import type { DeadLetters, Source } from './outbox.ts';
import { eventRecord, problemOf } from './event-record.ts';
import { readSettings } from './settings.ts';
import type { DropReason } from './tally.ts';
import { createTell } from './tell.ts';
import { timeoutOf } from './timeout-of.ts';
import { createWaits } from './wait-until.ts';

/** What a window decides for itself is not given with a count. */
type Counted<Count> = Count extends unknown
  ? Omit<Count, 'event_id' | 'event_at' | 'count'> & {
      /** A whole number, 0 or more. Default 1. */
      readonly count?: number | undefined;
    }
  : never;

/** Sends usage without costing its host anything it can notice, and accounts for every record. */
export interface Tracker<
  Activity extends string = string,
  Key extends keyof ReoDefaults = never,
> extends AsyncDisposable {
  /** Takes one event. Returns at once, never throws: what cannot be sent is counted as dropped. */
  readonly track: (event: WithDefaults<UsageEvent<Activity>, Key>) => void;
  /** Adds to the count of the window that is open for its subject. Otherwise as `track`. */
  readonly count: (count: Counted<WithDefaults<UsageCount<Activity>, Key>>) => void;
  /**
   * Takes one event; resolves when the outbox has it safe (memory: when there is room for it).
   *
   * @throws ConfigError for a record that cannot be sent, OutboxError when it cannot be kept. Then it
   *   is not counted. (One that is being written when `close()` runs out of time may be kept all the
   *   same.)
   */
  readonly put: (event: WithDefaults<UsageEvent<Activity>, Key>) => Promise<void>;
  /** As `put`, for a count: resolves when the outbox has the window with this count in it safe. */
  readonly putCount: (count: Counted<WithDefaults<UsageCount<Activity>, Key>>) => Promise<void>;
  /** Resolves when the outbox is open. @throws OutboxError when it cannot be used. */
  readonly ready: () => Promise<void>;
  /**
   * Seals the open windows and resolves when what is pending now is settled, or the time is over, or
   * nothing can get through for longer than is left. An outbox that is still being opened is waited for:
   * what it holds is pending, too. Default 10 s. Never rejects.
   */
  readonly flush: (options?: { readonly timeout?: Duration | undefined }) => Promise<FlushResult>;
  /**
   * Flushes, takes nothing more, and lets go of the outbox and of the sink. What memory still holds then
   * is dropped as `closed`; what an outbox on disk holds stays there. Never rejects.
   */
  readonly close: (options?: { readonly timeout?: Duration | undefined }) => Promise<FlushResult>;
  readonly stats: () => TrackerStats;
  /** Records that the API refused. */
  readonly dead: DeadLetters;
}

/** How long a store may take to commit and to close, and then a sink, whatever the time of `close()`. */
const leastToCloseMs = 1_000;

/**
 * A tracker that sends through `reo`, under its key, limits and defaults. Each attempt is one request: the
 * tracker decides when to try again, so `maxRetries` and `maxRetryDelay` of `reo` have no effect.
 *
 * @throws ConfigError for options that cannot work.
 */
export const createTracker = <Activity extends string, Key extends keyof ReoDefaults>(
  reo: ReoClient<Activity, Key>,
  options: TrackerOptions = {},
): Tracker<Activity, Key> => {
  const port = portOf(reo);
  const settings = readSettings(options);
  const { clock = systemClock, sink = reoSink(port) } = options;
  /** Calls of which no record was made, and what was lost of records that a store has a part of. */
  const refused = createLedger();
  let attempts = 0;
  let ambiguous = 0;
  let isInTrouble = false;
  let isClosed = false;
  let closing: Promise<FlushResult> | undefined;

  const tell = createTell(options.hooks, () => tracker, clock);
  const flushes = createFlushes({
    clock,
    pending: () => keeper.own(),
    blockedMs: () => pump.restMs(),
    failures: () => failures(),
  });
  const keeper = createKeeper({
    settings,
    clock,
    toCount: port.toCount,
    open: openerOf(options.outbox, port.baseUrl),
    scope: typeof options.outbox === 'string' ? 'store' : 'process',
    onBegun: flushes.begun,
    onRenamed: flushes.renamed,
    onDropped: (record, reason, wasDead) => {
      // No flush waits for a dead one.
      if (!wasDead) flushes.ended(record.id, 'dropped');
      tell('dropped', { reason, dropped: { records: 1, calls: record.calls }, record });
    },
    onAbandoned: (record, lost) => {
      for (const count of [refused.given, droppedFor(refused, 'closed')]) {
        count.calls += lost.calls;
      }
      tell('dropped', { reason: 'closed', dropped: lost, record });
    },
    onDegraded: (error) => tell('degraded', { error }),
  });
  const isDegraded = (): boolean => isInTrouble || keeper.failure() !== undefined;
  const onPumped = (event: PumpEvent): void => {
    switch (event.is) {
      case 'settled':
        onSettled(event);
        break;
      case 'held':
        tell('held', { reason: event.reason, detail: event.detail });
        break;
      case 'paused':
        tell('paused', { reason: event.reason, ms: event.ms, detail: event.detail });
        break;
      case 'resumed':
        tell('resumed', undefined);
        break;
      case 'unsettled':
        if (!isDegraded()) tell('degraded', { error: event.error });
        isInTrouble = true;
    }
    flushes.check();
  };
  const onSettled = ({
    taken,
    settlement,
    isTried,
    durationMs,
    ...event
  }: PumpEvent & { is: 'settled' }) => {
    const { record } = taken;
    const { id, kind, calls } = record;
    const { to } = settlement;
    if (to !== 'retry') flushes.ended(id, to);
    if (event.ambiguous) ambiguous += 1;
    if (isTried) {
      attempts += 1;
      tell('attempt', { id, kind, durationMs, outcome: to, ambiguous: event.ambiguous });
    }
    if (to === 'sent') tell('delivered', { record, attempts: taken.attempts + 1, durationMs });
    if (to === 'dead') tell('dead', { record, reason: settlement.reason });
    if (to === 'dropped') {
      tell('dropped', { reason: settlement.reason, dropped: { records: 1, calls }, record });
    }
  };
  const { outbox } = keeper;
  const source: Source = {
    take: outbox.take,
    onReady: outbox.onReady,
    ...(outbox.pause && { pause: outbox.pause }),
    settle: (taken, settlement) => {
      if (settlement.to === 'retry') return outbox.settle(taken, settlement);
      flushes.ending(taken.record.id);
      const answer = outbox.settle(taken, settlement);
      // What memory does, at once, says nothing of the store; nor does what is only put back.
      return answer?.then(() => void (isInTrouble = false));
    },
  };
  const pump = createPump({
    source,
    sink,
    clock,
    concurrency: settings.concurrency,
    maxAgeMs: settings.maxAgeMs,
    listener: onPumped,
  });
  const failures = (): readonly string[] => {
    const state = pump.state();
    const failure = keeper.failure();
    const known = [
      ...(state.is === 'open' ? [] : [`${state.is}: ${state.reason}`]),
      ...(failure === undefined ? [] : [`outbox: ${failure}`]),
    ];
    return known.length > 0 ? known : ['timeout'];
  };

  /** Counts a call of which no record is made. */
  const refuse = (reason: DropReason, detail?: string): void => {
    enter(refused.given, 1);
    enter(droppedFor(refused, reason), 1);
    tell('dropped', { reason, dropped: { records: 1, calls: 1 }, detail });
  };
  const orRefuse = (take: () => void): void => {
    if (isClosed) {
      refuse('closed');
      return;
    }
    try {
      take();
    } catch (error) {
      refuse('invalid', problemOf(error).message);
      return;
    }
    waits.nudge();
  };
  const orReject = async (put: () => Promise<void>): Promise<void> => {
    if (isClosed) throw new OutboxError('closed', 'the tracker was closed');
    try {
      await put();
    } catch (error) {
      throw isSdkError(error) ? error : problemOf(error);
    }
    waits.nudge();
  };

  const toRecord = (event: object) => eventRecord(port.toEvent, event, clock.now());
  const lostByClosing = (): number => keeper.totals().dropped.closed?.records ?? 0;
  /** Who flushes and ends must not take for sent what a dead process has left in the store. */
  const withOthers = (result: FlushResult): FlushResult => {
    if (!keeper.isOpen()) return { ...result, complete: false, failures: failures() };
    const others = keeper.totals().pending.records - keeper.own();
    if (others <= 0) return result;
    const failure = `others: ${others} records are those of other processes, or of dead ones`;
    return { ...result, complete: false, failures: [...result.failures, failure] };
  };
  /** Begins a flush, and waits for it: first for a store to open, since what it holds is pending too. */
  const flushIn = async (ms: number): Promise<Flush> => {
    const until = clock.monotonic() + ms;
    const one = flushes.start();
    keeper.sealAll();
    await inTime(clock, ms, keeper.ready());
    await one.wait(Math.max(0, until - clock.monotonic()));
    return one;
  };
  const flush: Tracker['flush'] = async ({ timeout } = {}) => {
    const one = await flushIn(timeoutOf(timeout));
    return withOthers(one.result());
  };
  /** It may be anybody's, and throw. */
  const closeSink = async (): Promise<unknown> => sink.close?.();
  const close = async (ms: number): Promise<FlushResult> => {
    const until = clock.monotonic() + ms;
    const left = (): number => Math.max(0, until - clock.monotonic());
    const one = await flushIn(ms);
    const why = failures();
    const lostBefore = lostByClosing();
    await pump.stop(left());
    await keeper.close(Math.max(leastToCloseMs, left()));
    await inTime(clock, Math.max(leastToCloseMs, left()), closeSink());
    const result = one.result();
    const lost = lostByClosing() - lostBefore;
    if (result.complete && lost === 0) return withOthers(result);
    const lostOnes = lost > 0 ? [`closed: ${lost} records were given up`] : [];
    return { ...result, complete: false, failures: [...why, ...lostOnes] };
  };
  const waits = createWaits(options.waitUntil, flush);

  const tracker: Tracker<Activity, Key> = {
    track: (event) =>
      orRefuse(() => {
        const record = toRecord(event);
        flushes.begun(record.id);
        keeper.add(record);
      }),
    count: (count) => orRefuse(() => keeper.count(count)),
    put: (event) => orReject(async () => keeper.put(toRecord(event))),
    putCount: (count) => orReject(() => keeper.putCount(count)),
    ready: keeper.ready,
    flush,
    close: ({ timeout } = {}) => {
      isClosed = true;
      closing ??= close(timeoutOf(timeout));
      return closing;
    },
    stats: (): TrackerStats => ({
      ...addTotals(keeper.totals(), refused),
      scope: keeper.scope(),
      attempts,
      ambiguous,
      lane: pump.state().is,
      degraded: isDegraded(),
    }),
    get dead(): DeadLetters {
      return outbox.dead;
    },
    [Symbol.asyncDispose]: async () => {
      await tracker.close();
    },
  };
  pump.start();
  return tracker;
};
