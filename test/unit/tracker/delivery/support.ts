import type { PumpEvent } from '../../../../src/tracker/delivery/pump.ts';
import type { Verdict } from '../../../../src/tracker/delivery/verdict.ts';
import type { Settlement, Source, Taken } from '../../../../src/tracker/outbox.ts';
import type { UsageRecord } from '../../../../src/tracker/record.ts';
import type { FakeClock } from '../../../../src/testing/fake-clock.ts';

export const recordOf = (id: string, at = Date.UTC(2024, 0, 1)): UsageRecord => ({
  id,
  kind: 'event',
  calls: 1,
  at,
  payload: '{}',
});

export const recordsOf = (count: number, name = 'r'): readonly UsageRecord[] =>
  Array.from({ length: count }, (_, index) => recordOf(`${name}${index}`));

/** One of each kind, as a sink says it. */
export const verdicts = {
  done: { is: 'done' },
  refused: { is: 'refused', reason: 'no such mode' },
  held: { is: 'hold', reason: 'authentication', detail: 'the key was refused' },
  failed: { is: 'retry', detail: 'answered 500', ambiguous: true },
  wait: { is: 'wait', detail: 'answered 429' },
} as const satisfies Record<string, Verdict>;

interface Waiting extends Taken {
  readonly dueAt: number;
}

export interface ListSource extends Source {
  readonly take: (limit: number) => readonly Taken[];
  readonly settle: (taken: Taken, settlement: Settlement) => void;
  readonly add: (...records: readonly UsageRecord[]) => void;
  readonly settled: ReadonlyMap<string, Settlement>;
  readonly taken: () => number;
  readonly left: () => number;
  /** The limits that were asked for. */
  readonly asked: readonly number[];
  readonly paused: readonly (readonly [ms: number, isAsked: boolean | undefined])[];
}

/** The plainest source there is. It keeps to `Source` and counts what is asked of it. */
export const listSource = (clock: FakeClock): ListSource => {
  let waiting: Waiting[] = [];
  const out = new Set<Taken>();
  const settled = new Map<string, Settlement>();
  const asked: number[] = [];
  const paused: (readonly [number, boolean | undefined])[] = [];
  let ready = (): void => {};
  return {
    add: (...records) => {
      const now = clock.monotonic();
      waiting.push(...records.map((record) => ({ record, attempts: 0, dueAt: now })));
      ready();
    },
    take: (limit) => {
      asked.push(limit);
      const now = clock.monotonic();
      waiting.sort((a, b) => a.dueAt - b.dueAt);
      const batch = waiting.filter(({ dueAt }) => dueAt <= now).slice(0, limit);
      waiting = waiting.filter((one) => !batch.includes(one));
      for (const one of batch) out.add(one);
      return batch;
    },
    settle: (taken, settlement) => {
      if (!out.delete(taken)) throw new Error('it is nobody’s');
      if (settlement.to !== 'retry') {
        settled.set(taken.record.id, settlement);
        return;
      }
      const { record, attempts } = taken;
      const ms = Math.max(0, settlement.at - clock.now());
      const triedAt = clock.now();
      waiting.push({
        record,
        attempts: attempts + (settlement.counts ? 1 : 0),
        triedAt,
        dueAt: clock.monotonic() + ms,
      });
      clock.after(ms, () => ready());
    },
    onReady: (listener) => {
      ready = listener;
    },
    pause: (ms, isAsked) => void paused.push([ms, isAsked]),
    settled,
    taken: () => out.size,
    left: () => waiting.length,
    asked,
    paused,
  };
};

/** A listener, and what it heard. */
export const ear = () => {
  const heard: PumpEvent[] = [];
  return {
    heard,
    listener: (event: PumpEvent): void => void heard.push(event),
    /** Everything but what became of single records. */
    news: () => heard.filter(({ is }) => is !== 'settled').map(({ is }) => is),
  };
};
