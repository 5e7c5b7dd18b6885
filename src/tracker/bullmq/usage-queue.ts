import { refuseUnknown } from '../../http/refuse-unknown.ts';
import type { Sink, Verdict } from '../delivery/verdict.ts';
import type { UsageRecord } from '../record.ts';
import { isDenied, toOutboxError } from './connect.ts';
import { keysOf } from './keys.ts';
import { type QueueOptions, queueNames } from './options.ts';
import { createProducer, isUnanswered } from './producer.ts';

/** Hands the records of a tracker over to a queue on Redis. */
export interface UsageQueue extends Sink, AsyncDisposable {
  /** Lets go of Redis. The tracker that it was given to does it at its own `close()`. */
  readonly close: () => Promise<void>;
}

interface Waiting {
  readonly record: UsageRecord;
  readonly resolve: (verdict: Verdict) => void;
}

/** The most that is on its way at once. */
const most = 1_000;

const what = 'records could not be handed over to the queue';

const verdictOf = (error: unknown): Verdict => {
  if (error === undefined) return { is: 'done' };
  const { message: detail } = toOutboxError(error, what);
  if (isDenied(error)) return { is: 'hold', reason: 'authentication', detail };
  // Nothing is known against the record, so no attempt is counted.
  if (!isUnanswered(error)) return { is: 'wait', reason: 'outage', detail };
  return { is: 'retry', detail, ambiguous: true };
};

/**
 * The sink of a producer: `createTracker(reo, { sink: usageQueue({ … }) })`. Records wait in the
 * tracker's own outbox until Redis has them, so that nothing is lost while it is away; `sent` and
 * `delivered` of such a tracker mean that Redis has it. Who delivers is `createUsageWorker`.
 *
 * Records that are handed over at the same time go together: a higher `concurrency` of the tracker (32
 * by default) makes for fewer waits.
 *
 * Its connection keeps the process alive until the tracker is closed, which closes it too: make one for
 * each tracker.
 *
 * A record is handed over again when Redis did not answer in time. BullMQ knows it then by its id, as
 * long as it is there: if a worker delivered it in the meantime, it is delivered twice.
 *
 * @throws ConfigError
 */
export const usageQueue = (options: QueueOptions): UsageQueue => {
  refuseUnknown(options, queueNames);
  const producer = createProducer(options, keysOf(options));
  const waiting: Waiting[] = [];
  let busy = false;

  const handOver = async (): Promise<void> => {
    const batch = waiting.splice(0, most);
    let failures: readonly unknown[];
    try {
      failures = await producer.add(batch.map(({ record }) => record));
    } catch (error) {
      failures = batch.map(() => error);
    }
    batch.forEach(({ resolve }, n) => resolve(verdictOf(failures[n])));
  };

  const run = async (): Promise<void> => {
    busy = true;
    while (waiting.length > 0) await handOver();
    busy = false;
  };

  const sink: Sink = (record, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve({ is: 'retry', detail: 'aborted', ambiguous: false });
        return;
      }
      waiting.push({ record, resolve });
      // What comes in the same turn goes along.
      if (!busy) {
        busy = true;
        setImmediate(() => void run());
      }
    });

  const close = async (): Promise<void> => producer.close();
  return Object.assign(sink, { close, [Symbol.asyncDispose]: close });
};
