/**
 * A service that uses a tracker with an outbox on disk, to be killed. What it tries and what it was
 * promised it tells on standard output, each before anything else happens: it survives in the pipe.
 */
import { writeSync } from 'node:fs';
import { createReoClient, isSdkError } from '../../src/reo/index.ts';
import type { LocalOutbox, Taken } from '../../src/tracker/outbox.ts';
import { openLmdbOutbox } from '../../src/tracker/lmdb/index.ts';
import type { UsageRecord } from '../../src/tracker/record.ts';
import { createTracker } from '../../src/tracker/tracker.ts';

/** What is wrong with it on purpose. */
export type SeededBug = 'none' | 'derived-id' | 'delete-first' | 'acknowledge-first';

export interface ChildOrders {
  readonly dir: string;
  readonly url: string;
  /** `work` until it is killed; `close` after a while, and be killed; `drain` and end. */
  readonly task: 'work' | 'close' | 'drain';
  readonly every: '50ms' | '1m';
  readonly bug: SeededBug;
  readonly seed: number;
  /** How long it works before it closes. */
  readonly workMs?: number;
  /** Default 500 ms. */
  readonly lease?: '500ms' | '15s';
}

const orders = JSON.parse(process.argv[2] ?? '') as ChildOrders;
const { lease = '500ms' } = orders;

const tell = (...line: readonly unknown[]): void => {
  const text = `${JSON.stringify(line)}\n`;
  for (;;) {
    try {
      writeSync(1, text);
      return;
    } catch (error) {
      // The pipe is full: the reader is slower.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
};

/** An id made of the key and the window, as a prototype had it. */
const derived = (record: UsageRecord): UsageRecord => {
  if (record.kind === 'event') return record;
  const payload = JSON.parse(record.payload) as Record<string, unknown>;
  const id = `${String(payload.user_id)}|${Math.floor(record.at / 3_600_000)}`;
  return { ...record, id, payload: JSON.stringify({ ...payload, event_id: id }) };
};

const broken = (inner: LocalOutbox, bug: SeededBug): LocalOutbox => {
  switch (bug) {
    case 'derived-id':
      return {
        ...inner,
        put: (records, kept) => inner.put(records.map(derived), kept),
        saveWindows: async (windows, kept) => inner.saveWindows?.(windows.map(derived), kept),
      };
    case 'delete-first':
      return {
        ...inner,
        take: async (limit) => {
          const taken: readonly Taken[] = await inner.take(limit);
          for (const one of taken) await inner.settle(one, { to: 'sent' });
          return taken;
        },
        settle: () => undefined,
      };
    case 'acknowledge-first':
      return {
        ...inner,
        put: async (records, kept) => {
          setTimeout(() => void inner.put(records), 5);
          kept?.();
        },
      };
    default:
      return inner;
  }
};

const tracker = createTracker(
  createReoClient({
    apiKey: 'test_key',
    baseUrl: orders.url,
    defaults: { product_id: 'studio', source: 'PRODUCT_CLOUD', user_id_type: 'EMAIL' },
  }),
  {
    outbox: async () =>
      broken(await openLmdbOutbox(orders.dir, { lease, baseUrl: orders.url }), orders.bug),
    aggregate: { every: orders.every },
    concurrency: 8,
    hooks: {
      dropped: ({ reason }) => tell('dropped', reason),
      dead: () => tell('dropped', 'dead'),
      degraded: ({ error }) => tell('degraded', String(error)),
      held: () => undefined,
      paused: () => undefined,
    },
  },
);

let state = orders.seed;
const random = (below: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};

const work = async (): Promise<void> => {
  const user = `user-${random(5)}`;
  const common = { activity_type: 'login', user_id: user } as const;
  const count = 1 + random(3);
  const eventId = crypto.randomUUID();
  switch (random(4)) {
    case 0:
      tell('try', eventId);
      tracker.track({ ...common, event_id: eventId });
      return;
    case 1:
      tell('try', eventId);
      await tracker.put({ ...common, event_id: eventId });
      tell('kept', eventId);
      return;
    case 2:
      tell('try-count', user, count);
      tracker.count({ ...common, mode: 'USER', count });
      return;
    default:
      tell('try-count', user, count);
      await tracker.putCount({ ...common, mode: 'USER', count });
      tell('kept-count', user, count);
  }
};

/** Nothing was promised where a put is refused, such as by who was taken for dead. */
const workOrRefused = async (): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (!isSdkError(error) || error.code !== 'outbox') throw error;
  }
};

/** Takes the turns of several callers, until the time is over. */
const workFor = async (ms: number): Promise<void> => {
  const until = performance.now() + ms;
  const caller = async (): Promise<void> => {
    while (performance.now() < until) {
      await workOrRefused();
      if (random(3) === 0) {
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
    }
  };
  await Promise.all([caller(), caller(), caller(), caller()]);
};

tell('started');
if (orders.task === 'drain') {
  await tracker.ready();
  // What those that were killed left is there when their leases are over.
  for (const until = performance.now() + 20_000; performance.now() < until;) {
    await tracker.flush({ timeout: '5s' });
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
    if (tracker.stats().pending.records === 0) break;
  }
  const stats = tracker.stats();
  await tracker.close({ timeout: '5s' });
  tell('drained', stats);
} else {
  await workFor(orders.task === 'close' ? (orders.workMs ?? 80) : 60_000);
  tell('closing');
  await tracker.close({ timeout: '30s' });
  tell('closed');
}
