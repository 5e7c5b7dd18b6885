import type { Redis } from 'ioredis';
import type { Settlement, Source, Taken } from '../outbox.ts';
import type { UsageRecord } from '../record.ts';
import { toOutboxError } from './connect.ts';
import { createHold } from './fleet-hold.ts';
import type { QueueKeys } from './keys.ts';
import { isMisplaced } from './misplaced.ts';
import type { QueueTally } from './queue-tally.ts';
import { createUnderWay, type WorkOptions } from './under-way.ts';

/** The part of the outbox that a pump works with. */
export interface QueueSource extends Required<Source> {
  /** Says that there may be something to take. */
  readonly wake: () => void;
  /** Gives back what was taken and not settled. */
  readonly close: () => Promise<void>;
}

/** While on hold, another's success is noticed after this time at the latest. */
const lookMs = 5_000;
/** After an answer of nothing that came at once: the queue is limited, or Redis away. */
const breatheMs = 20;
const awayMs = 1_000;
/** The longest time between two probes of the fleet, unless the API asks for more. */
const longestMs = 300_000;

export const createQueueSource = (
  redis: Redis,
  keys: QueueKeys,
  tally: QueueTally,
  options: WorkOptions,
  /** Called after a record died. */
  buried: () => Promise<void>,
): QueueSource => {
  const underWay = createUnderWay(redis, keys, options);
  const hold = createHold(redis, keys);
  /** Fetched while nobody had asked: the next to be taken. */
  const ahead: Taken[] = [];
  /** Taken as the fleet's probe. */
  const probes = new WeakSet<Taken>();
  let listener: (() => void) | undefined;
  let watching = false;
  const closing = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let endSleep: (() => void) | undefined;

  const wake = (): void => listener?.();

  const lookAgain = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(wake, Math.min(ms, lookMs));
  };

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const wait = setTimeout(resolve, ms);
      endSleep = () => {
        clearTimeout(wait);
        resolve();
      };
    });

  /** Waits until there is a record, and has it ready. Never rejects. */
  const watch = async (): Promise<void> => {
    if (watching) return;
    watching = true;
    while (!closing.signal.aborted && ahead.length === 0) {
      const startedAt = performance.now();
      try {
        const taken = await underWay.wait();
        if (taken !== undefined) ahead.push(taken);
        else if (performance.now() - startedAt < breatheMs) {
          const limited = options.limiter === undefined ? 0 : await redis.pttl(keys.limiter);
          await sleep(Math.max(limited, breatheMs));
        }
      } catch {
        if (!closing.signal.aborted) await sleep(awayMs);
      }
    }
    watching = false;
    if (!closing.signal.aborted) wake();
  };

  const more = async (limit: number, isEnough: boolean): Promise<readonly Taken[]> => {
    try {
      return await underWay.fetch(limit);
    } catch (error) {
      // What is at hand already must not be forgotten over it.
      if (isEnough) return [];
      throw error;
    }
  };

  const take = async (limit: number): Promise<readonly Taken[]> => {
    if (closing.signal.aborted) return [];
    const turn = await hold.turn();
    if (turn.may === 'wait') {
      lookAgain(turn.ms);
      return [];
    }
    const most = turn.may === 'probe' ? Math.min(1, limit) : limit;
    const taken = ahead.splice(0, most);
    if (taken.length < most) {
      taken.push(...(await more(most - taken.length, taken.length > 0)));
      if (taken.length < most) void watch();
    }
    if (turn.may === 'probe') {
      const [probe] = taken;
      if (probe !== undefined) probes.add(probe);
      else await hold.giveBack();
      lookAgain(lookMs);
    }
    return taken;
  };

  const note = async (record: UsageRecord, settlement: Settlement): Promise<void> => {
    if (settlement.to === 'sent') await tally.leave('pending', record, 'sent');
    if (settlement.to === 'dropped') await tally.leave('pending', record, settlement.reason);
    if (settlement.to === 'dead') {
      await tally.move('pending', 'dead', record);
      await buried();
    }
  };

  /** What the fleet's probe came to. */
  const probed = async (settlement: Settlement): Promise<void> => {
    if (settlement.to === 'sent') await hold.end();
    else if (settlement.to === 'retry' && settlement.counts) await hold.pause(longestMs);
    else await hold.giveBack();
    wake();
  };

  return {
    take: async (limit) => {
      try {
        return await take(limit);
      } catch (error) {
        throw toOutboxError(error, 'no record could be taken');
      }
    },
    settle: async (taken, settlement) => {
      try {
        if (await underWay.settle(taken, settlement)) await note(taken.record, settlement);
        if (probes.has(taken)) await probed(settlement);
      } catch (error) {
        const why = isMisplaced(error) ? ': its lock is lost, another may have it' : '';
        throw toOutboxError(error, `a record could not be settled${why}`);
      }
    },
    onReady: (call) => {
      listener = call;
    },
    pause: hold.pause,
    wake,
    close: async () => {
      closing.abort();
      listener = undefined;
      clearTimeout(timer);
      endSleep?.();
      await underWay.close();
    },
  };
};
