import { type Attributes, type Meter, metrics, trace, type Tracer } from '@opentelemetry/api';
import { createListening } from './listen.ts';
import { createMetrics } from './metrics.ts';
import type { Observed } from './observed.ts';
import { createSpans } from './spans.ts';

export type { Observed } from './observed.ts';

/** Options of `instrumentTracker`. */
export interface InstrumentOptions {
  /** Default: `tallywire` of the global provider. `false`: no metrics. */
  readonly meter?: Meter | false | undefined;
  /** Default: `tallywire` of the global provider. `false`: no spans. */
  readonly tracer?: Tracer | false | undefined;
  /** On every metric and every span: what tells this tracker from others. Nothing secret. */
  readonly attributes?: Attributes | undefined;
}

/**
 * Tells OpenTelemetry what a tracker does. Needs the optional peer dependency `@opentelemetry/api`
 * (`npm install @opentelemetry/api`), and Node's diagnostics channels.
 *
 * | metric | unit | |
 * |---|---|---|
 * | `tallywire.tracker.queue.size` | `{record}` | pending records, open windows included |
 * | `tallywire.tracker.queue.age` | s | how long the oldest of them has waited |
 * | `tallywire.tracker.sent` | `{record}` | taken by the API |
 * | `tallywire.tracker.dropped` | `{record}` | given up, by `tallywire.drop.reason` |
 * | `tallywire.tracker.dead` | `{record}` | refused by the API while it took others |
 * | `tallywire.tracker.dead_letters` | `{record}` | of them, those that wait for somebody |
 * | `tallywire.tracker.attempt.duration` | s | histogram, by `tallywire.attempt.outcome` |
 * | `tallywire.tracker.lane` | 1 | 1 for the `tallywire.lane.state` it is in: open, held, paused |
 * | `tallywire.tracker.degraded` | 1 | 1 while the outbox on disk cannot be used |
 *
 * `tallywire.tracker.scope` says whether a queue is that of this process, or of a store that others may
 * tell of too. Each attempt is a span `deliver usage`, a trace of its own. Nothing of a record's payload is
 * told, only its random id (on spans), its kind, and what became of it.
 *
 * @returns takes it back
 */
export const instrumentTracker = (
  tracker: Observed,
  { meter, tracer, attributes = {} }: InstrumentOptions = {},
): (() => void) => {
  const { listen, stop } = createListening(tracker);
  const forget =
    meter === false
      ? () => {}
      : createMetrics(meter ?? metrics.getMeter('tallywire'), tracker, attributes, listen);
  if (tracer !== false) createSpans(tracer ?? trace.getTracer('tallywire'), attributes, listen);
  return () => {
    stop();
    forget();
  };
};
