import type { Attributes, Meter } from '@opentelemetry/api';
import type { Listen } from './listen.ts';
import type { Observed } from './observed.ts';

/** As HTTP durations are advised to be, in seconds. */
const seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

const lanes = ['open', 'held', 'paused'] as const;

/** What it tells is counted as it comes; how things stand is asked for at each collection. */
export const createMetrics = (
  meter: Meter,
  tracker: Observed,
  common: Attributes,
  listen: Listen,
): (() => void) => {
  const record = (name: string, description: string) =>
    meter.createCounter(`tallywire.tracker.${name}`, { unit: '{record}', description });
  const sent = record('sent', 'Usage records that the API took');
  const dropped = record('dropped', 'Usage records and calls given up without having been sent');
  const dead = record('dead', 'Usage records that the API refused while it took others');
  const duration = meter.createHistogram('tallywire.tracker.attempt.duration', {
    unit: 's',
    description: 'Attempts to deliver a usage record',
    advice: { explicitBucketBoundaries: seconds },
  });

  listen('delivered', () => sent.add(1, common));
  listen('dead', () => dead.add(1, common));
  listen('dropped', ({ reason, dropped: { records } }) =>
    dropped.add(records, { ...common, 'tallywire.drop.reason': reason }),
  );
  listen('attempt', ({ durationMs, outcome, kind, ambiguous }) =>
    duration.record(durationMs / 1_000, {
      ...common,
      'tallywire.record.kind': kind,
      'tallywire.attempt.outcome': outcome,
      'tallywire.attempt.ambiguous': ambiguous,
    }),
  );

  const depth = meter.createObservableUpDownCounter('tallywire.tracker.queue.size', {
    unit: '{record}',
    description: 'Usage records that wait, are under way, or in an open window',
  });
  const letters = meter.createObservableUpDownCounter('tallywire.tracker.dead_letters', {
    unit: '{record}',
    description: 'Dead usage records that wait for somebody to look at them',
  });
  const age = meter.createObservableGauge('tallywire.tracker.queue.age', {
    unit: 's',
    description: 'How long the oldest pending usage record has waited',
  });
  const lane = meter.createObservableUpDownCounter('tallywire.tracker.lane', {
    unit: '1',
    description: '1 for the state that delivery is in, 0 for the others',
  });
  const degraded = meter.createObservableUpDownCounter('tallywire.tracker.degraded', {
    unit: '1',
    description: '1 while the outbox cannot be used',
  });
  const observables = [depth, letters, age, lane, degraded];
  const observe: Parameters<Meter['addBatchObservableCallback']>[0] = async (result) => {
    const stats = await tracker.stats();
    // Several processes may tell the same store's.
    const scoped = { ...common, 'tallywire.tracker.scope': stats.scope };
    const ageMs = stats.oldestAt === undefined ? 0 : Date.now() - stats.oldestAt;
    result.observe(depth, stats.pending.records, scoped);
    result.observe(letters, stats.dead.records, scoped);
    result.observe(age, Math.max(0, ageMs / 1_000), scoped);
    result.observe(degraded, stats.degraded ? 1 : 0, common);
    for (const state of lanes) {
      const value = stats.lane === state ? 1 : 0;
      result.observe(lane, value, { ...common, 'tallywire.lane.state': state });
    }
  };
  meter.addBatchObservableCallback(observe, observables);
  return () => meter.removeBatchObservableCallback(observe, observables);
};
