import type { ReoClient } from '../../reo/client.ts';
import { portOf } from '../../reo/port.ts';
import type { ReoDefaults } from '../../reo/records.ts';
import { type Duration, toMilliseconds } from '../../http/duration.ts';
import { type Names, refuseUnknown } from '../../http/refuse-unknown.ts';
import { systemClock } from '../clock.ts';
import { createPump } from '../delivery/create-pump.ts';
import { reoSink } from '../delivery/reo-sink.ts';
import type { TrackerHooks } from '../options.ts';
import type { DeadLetters } from '../outbox.ts';
import { atLeastOne } from '../settings.ts';
import type { Totals } from '../tally.ts';
import { timeoutOf } from '../timeout-of.ts';
import { bullmqOutbox } from './bullmq-outbox.ts';
import { type OutboxOptions, outboxNames } from './options.ts';
import { createTelling } from './telling.ts';

/** Options of `createUsageWorker`. */
export interface UsageWorkerOptions extends OutboxOptions {
  /** Attempts of this worker under way at once. Default 32. */
  readonly concurrency?: number | undefined;
  /** Records older than this are dropped as `expired`. Default `'7d'`. */
  readonly maxAge?: Duration | undefined;
  /**
   * As those of a tracker, for what this worker does. `degraded`: Redis cannot be reached; the worker
   * waits for it.
   */
  readonly hooks?: TrackerHooks | undefined;
}

const names: Names<UsageWorkerOptions> = {
  ...outboxNames,
  concurrency: true,
  maxAge: true,
  hooks: true,
};

/** What a worker knows: `Totals` of the queue, the rest of itself. */
export interface UsageWorkerStats extends Totals {
  readonly scope: 'store';
  readonly attempts: number;
  readonly ambiguous: number;
  readonly lane: 'open' | 'held' | 'paused';
  /** Whether Redis cannot be reached now. */
  readonly degraded: boolean;
}

/** One of a fleet that sends what `usageQueue` handed over. */
export interface UsageWorker extends AsyncDisposable {
  /** Resolves when Redis can be used. @throws OutboxError when it cannot be within 10 s. */
  readonly ready: () => Promise<void>;
  /** @throws OutboxError when Redis does not answer. */
  readonly stats: () => Promise<UsageWorkerStats>;
  /** The dead letters of the queue, whoever found them dead. */
  readonly dead: DeadLetters;
  /**
   * Takes nothing more, and waits for what is under way; what takes longer than `timeout` is aborted,
   * and put back for others. Default 10 s. Never rejects.
   */
  readonly close: (options?: { readonly timeout?: Duration | undefined }) => Promise<void>;
}

/**
 * Delivers the records of a queue to Reo.Dev. Any number of workers share the queue, on any hosts:
 * each record is taken by one. It begins at once, and waits for Redis when it is away.
 *
 * Delivered at least once: twice are those that a worker had under way when it died, or lost Redis for
 * longer than `takeOver`; those whose answer was lost; and those that a producer handed over again
 * without an answer of Redis.
 *
 * When the key is refused, or the API asks to wait, the whole fleet stops and keeps everything; one
 * record at a time probes, whichever worker sends it.
 *
 * @param reo a client of `createReoClient`, whose key, limits and timeouts hold
 * @throws ConfigError
 */
export const createUsageWorker = <Activity extends string, Key extends keyof ReoDefaults>(
  reo: ReoClient<Activity, Key>,
  options: UsageWorkerOptions,
): UsageWorker => {
  refuseUnknown(options, names);
  const { concurrency = 32, maxAge = '7d', hooks, ...outboxOptions } = options;
  atLeastOne(concurrency, 'concurrency');
  const maxAgeMs = toMilliseconds(maxAge, 'maxAge', 1);
  const sink = reoSink(portOf(reo));
  const outbox = bullmqOutbox(outboxOptions);
  const telling = createTelling(hooks, () => worker);
  const pump = createPump({
    source: outbox,
    sink,
    clock: systemClock,
    concurrency,
    maxAgeMs,
    listener: telling.listener,
  });
  outbox.onConnection(telling.connection);
  pump.start();

  let closed: Promise<void> | undefined;
  const shut = async (graceMs: number): Promise<void> => {
    await pump.stop(graceMs);
    await outbox.close();
  };
  const close: UsageWorker['close'] = async ({ timeout } = {}) => {
    await (closed ??= shut(timeoutOf(timeout)));
  };

  const worker: UsageWorker = {
    ready: outbox.ready,
    stats: async () => ({
      ...(await outbox.totals()),
      scope: 'store',
      ...telling.counts(),
      lane: pump.state().is,
    }),
    dead: outbox.dead,
    close,
    [Symbol.asyncDispose]: () => close(),
  };
  return worker;
};
