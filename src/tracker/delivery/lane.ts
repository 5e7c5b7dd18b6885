import { probeDelay } from './backoff.ts';
import type { LaneState } from './pump.ts';
import type { Verdict } from './verdict.ts';

/** A stopped lane. Nothing starts before `until`, and then one probe at a time. */
export type Stop = Exclude<LaneState, { readonly is: 'open' }> & {
  readonly until: number;
  /** How many probes in a row brought nothing. */
  readonly tries: number;
};

type Wait = Extract<Verdict, { readonly is: 'wait' }>;

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

/** The limit, halved by each failure of late. */
const limitNow = ({ limit, failures }: Lane): number => Math.max(1, limit >> failures);

/** How many attempts may start now. */
export const roomIn = (lane: Lane, now: number): number => {
  const { stop, active } = lane;
  if (stop !== undefined) return active === 0 && now >= stop.until ? 1 : 0;
  return Math.max(0, limitNow(lane) - active);
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
  const { era, verdict } = end;
  // However long ago it started: who asks to wait is not asked again before.
  if (verdict.is === 'wait' && verdict.ms !== undefined) return waiting(lane, end, verdict);
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
      return stopped(after, { is: 'held', reason, detail, ...probe(after, end) });
    }
    case 'wait':
      return waiting(after, end, verdict);
  }
};

/** When to probe next, after one in vain if the lane was stopped already. */
const probe = ({ stop }: Pick<Lane, 'stop'>, { now, random }: Ended, cap?: number) => {
  const tries = stop === undefined ? 0 : stop.tries + 1;
  return { tries, until: now + probeDelay(tries, random, cap) };
};

const stopped = (lane: Lane, stop: Stop): Lane => ({
  ...lane,
  era: lane.era + 1,
  active: 0,
  failures: 0,
  stop,
});

const taken = (lane: Lane): Lane => {
  const fine = { ...lane, failures: 0, refusals: 0, stop: undefined };
  if (lane.stop !== undefined) return { ...fine, era: lane.era + 1, active: 0, limit: 1 };
  return { ...fine, limit: Math.min(lane.concurrency, limitNow(lane) + 1) };
};

const failed = (lane: Lane, end: Ended, detail: string): Lane => {
  const failures = lane.failures + 1;
  if (lane.stop === undefined && failures < Math.min(tooMany, lane.limit)) {
    return { ...lane, failures };
  }
  // What was wrong before is still what somebody has to mend.
  const state: LaneState =
    lane.stop?.is === 'held' ? lane.stop : { is: 'paused', reason: 'outage', detail };
  return stopped(lane, { ...state, ...probe(lane, end) });
};

const refused = (lane: Lane, end: Ended): Lane => {
  const { stop } = lane;
  const after = { ...lane, refusals: lane.refusals + 1 };
  if (after.refusals >= tooMany) {
    const before = stop?.detail === refusing ? lane : { stop: undefined };
    return stopped(after, {
      is: 'held',
      reason: 'configuration',
      detail: refusing,
      ...probe(before, end, longestRefusing),
    });
  }
  if (stop === undefined) return { ...after, failures: 0 };
  // The API works again, for this record or not: the next is asked soon.
  return stopped(after, { ...stop, ...probe({ stop: undefined }, end) });
};

const waiting = (lane: Lane, end: Ended, { ms = 0, reason, detail }: Wait): Lane => {
  // Not a number is not for ever.
  const asked = end.now + (ms > 0 ? Math.min(ms, longestWait) : 0);
  if (lane.stop !== undefined && end.era !== lane.era) {
    // It stays what it was. A probe that is under way does not open it before.
    return stopped(lane, { ...lane.stop, until: Math.max(asked, lane.stop.until) });
  }
  const { tries, until } = probe(lane, end);
  return stopped(lane, {
    is: 'paused',
    reason: reason ?? 'rate-limit',
    detail,
    tries,
    until: Math.max(asked, until),
  });
};
