/**
 * A producer or a worker in a process of its own; run as a program, with its work as JSON in the first
 * argument. Prints `ready`, and what it did as lines of JSON.
 */
import { createReoClient } from '../../src/reo/index.ts';
import { createUsageWorker, usageQueue } from '../../src/tracker/bullmq/index.ts';
import { createTracker } from '../../src/tracker/index.ts';

export interface Work {
  readonly as: 'producer' | 'worker';
  readonly redisPort: number;
  readonly apiUrl: string;
  readonly queue: string;
  /** A producer's name is in the ids of its events, a worker's is its key. */
  readonly name?: string;
  readonly events?: number;
  readonly outbox?: string;
  readonly takeOver?: number;
}

const work = JSON.parse(process.argv[2] ?? '{}') as Work;
const reo = createReoClient({ apiKey: work.name ?? 'k', baseUrl: work.apiUrl, timeout: '5s' });
const connection = { host: '127.0.0.1', port: work.redisPort };
const { queue } = work;
const warn = (): void => {};
const say = (line: unknown): void => console.log(JSON.stringify(line));

const produce = async (): Promise<void> => {
  const sink = usageQueue({ connection, queue, warn });
  const tracker = createTracker(reo, {
    sink,
    ...(work.outbox !== undefined && { outbox: work.outbox }),
  });
  await tracker.ready();
  console.log('ready');
  for (let n = 0; n < (work.events ?? 0); n += 1) {
    tracker.track({
      source: 'PRODUCT_CLOUD',
      activity_type: 'login',
      product_id: 'studio',
      user_id: 'jo@example.com',
      user_id_type: 'EMAIL',
      event_id: `${work.name}-${n}`,
    });
    if (n % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { complete } = await tracker.flush({ timeout: '20s' });
  const { sent, dropped } = tracker.stats();
  say({ complete, sent: sent.records, dropped });
  await tracker.close();
  await sink.close();
};

const deliver = async (): Promise<void> => {
  const worker = createUsageWorker(reo, {
    connection,
    queue,
    warn,
    concurrency: 8,
    takeOver: work.takeOver ?? 1_000,
    hooks: { degraded: () => {}, paused: () => {} },
  });
  await worker.ready();
  console.log('ready');
  process.once('SIGTERM', () => {
    void worker.close().then(() => console.log('closed'));
  });
};

await (work.as === 'producer' ? produce() : deliver());
