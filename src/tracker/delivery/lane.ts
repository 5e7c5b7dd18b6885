import { probeDelay } from './backoff.ts';
import type { LaneState } from './pump.ts';
import type { Verdict } from './verdict.ts';

/** A stopped lane. Nothing starts before `until`, and then one probe at a time. */
export type Stop = Exclude<LaneState, { readonly is: 'open' }> & {
  readonly until: number;
  /** How many probes in a row brought nothing. */
  readonly tries: number;
};

/**
 * How much may be sent now, seen from one API key. Times are of a clock that never jumps, in
 * milliseconds.
 */
export interface Lane {
  readonly concurrency: number;
  /** How many attempts may be under way at once, were none failing. */
  readonly limit: number;
  /** Goes up when the lane stops, probes in vain, or opens: older attempts say nothing new of it. */
  readonly era: number;
  /** Attempts of this era that are under way. */
  readonly active: number;
  /** Attempts in a row that failed, or were refused, since one was taken. */
  readonly failures: number;
  readonly refusals: number;
  readonly stop: Stop | undefined;
}

const atStart = 4;
/** So many in a row are no accident. */
const tooMany = 5;
/** A garbled or malicious `Retry-After` must not stop a service for longer. */
const longestWait = 3_600_000;
/** While every record is refused, each probe is another record: they are few, and not as few. */
const longestRefusing = 60_000;
const refusing = 'the API refuses one record after the other, and takes none';

export const newLane = (concurrency: number): Lane => ({
  concurrency,
  limit: Math.min(atStart, concurrency),
  era: 0,
  active: 0,
  failures: 0,
  refusals: 0,
  stop: undefined,
});

/** How many attempts may start now. */
export const roomIn = ({ stop, limit, active, failures }: Lane, now: number): number => {
  if (stop !== undefined) return active === 0 && now >= stop.until ? 1 : 0;
  return Math.max(0, Math.max(1, limit >> Math.min(failures, 30)) - active);
};

export const stateOf = ({ stop, limit }: Lane): LaneState => {
  if (stop === undefined) return { is: 'open', limit };
  const { until: _until, tries: _tries, ...state } = stop;
  return state;
};

/** The lane with one attempt more under way. */
export const started = (lane: Lane): Lane => ({ ...lane, active: lane.active + 1 });

/** When an attempt ended, and what chance has drawn for it (between 0 and 1). */
export interface Ended {
  /** That of the lane when the attempt started. */
  readonly era: number;
  readonly verdict: Verdict;
  readonly now: number;
  readonly random: number;
}

/** The lane after an attempt. */
export const ended = (lane: Lane, end: Ended): Lane => {
  const { era, verdict, now } = end;
  // However long ago it started: who asks to wait is not asked again before.
  if (verdict.is === 'wait' && verdict.ms !== undefined) return waiting(lane, end, verdict.ms);
  if (era !== lane.era) return lane;
  const after = { ...lane, active: lane.active - 1 };
  switch (verdict.is) {
    case 'done':
      return taken(after);
    case 'refused':
      return refused(after, end);
    case 'retry':
      return failed(after, end, verdict.detail);
    case 'hold': {
      const { reason, detail } = verdict;
      return stopped(after, { is: 'held', reason, detail, ...next(lane, now, end.random) });
    }
    case 'wait':
      return waiting(after, end, 0);
  }
};

const stopped = (lane: Lane, stop: Stop): Lane => ({
  ...lane,
  era: lane.era + 1,
  active: 0,
  failures: 0,
  stop,
});

/** When to probe next, and how often that was in vain. */
const next = ({ stop }: Lane, now: number, random: number, cap?: number) => {
  const tries = stop === undefined ? 0 : stop.tries + 1;
  return { tries, until: now + probeDelay(tries, random, cap) };
};

const taken = (lane: Lane): Lane => {
  const fine = { ...lane, failures: 0, refusals: 0, stop: undefined };
  if (lane.stop !== undefined) return { ...fine, era: lane.era + 1, active: 0, limit: 1 };
  const limit = Math.max(1, lane.limit >> lane.failures);
  return { ...fine, limit: Math.min(lane.concurrency, limit + 1) };
};

const failed = (lane: Lane, { now, random }: Ended, detail: string): Lane => {
  const failures = lane.failures + 1;
  if (lane.stop === undefined && failures < Math.min(tooMany, lane.limit)) {
    return { ...lane, failures };
  }
  // What was wrong before is still what somebody has to mend.
  const state: LaneState =
    lane.stop?.is === 'held' ? lane.stop : { is: 'paused', reason: 'outage', detail };
  return stopped(lane, { ...state, ...next(lane, now, random) });
};

const refused = (lane: Lane, { now, random }: Ended): Lane => {
  const refusals = lane.refusals + 1;
  const { stop } = lane;
  if (refusals >= tooMany) {
    const before = stop?.is === 'held' && stop.detail === refusing ? stop.tries : undefined;
    const when = next(
      { ...lane, stop: before === undefined ? undefined : stop },
      now,
      random,
      longestRefusing,
    );
    return {
      ...stopped(lane, { is: 'held', reason: 'configuration', detail: refusing, ...when }),
      refusals,
    };
  }
  if (stop === undefined) return { ...lane, refusals, failures: 0 };
  // The API works again, for this record or not: the next is asked soon.
  return { ...stopped(lane, { ...stop, tries: 0, until: now + probeDelay(0, random) }), refusals };
};

const waiting = (lane: Lane, { era, verdict, now, random }: Ended, ms: number): Lane => {
  if (verdict.is !== 'wait') return lane;
  const asked = now + Math.min(ms, longestWait);
  if (lane.stop !== undefined && era !== lane.era) {
    return { ...lane, stop: { ...lane.stop, until: Math.max(asked, lane.stop.until) } };
  }
  const { tries, until } = next(lane, now, random);
  const { reason = 'rate-limit', detail } = verdict;
  return stopped(lane, { is: 'paused', reason, detail, tries, until: Math.max(asked, until) });
};
