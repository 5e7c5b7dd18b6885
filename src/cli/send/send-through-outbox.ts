import { OutboxError } from '../../http/errors.ts';
import { reoSink } from '../../tracker/delivery/reo-sink.ts';
import type { LocalOutbox } from '../../tracker/outbox.ts';
import { plural } from '../report/numbers.ts';
import { type End, type Run, watch } from './end.ts';
import { pumpUntil } from './pumping.ts';

/** So many puts share a commit. */
const BATCH = 1_000;
/** When it is full, what is delivered makes room. */
const FULL_MS = 1_000;
const LOOK_MS = 100;
/** After so long, what a process that was killed has left is ours: longer than a lease. */
const ADOPTED_MS = 20_000;
const MAX_AGE_MS = 168 * 3_600_000;

/**
 * Puts all records into the outbox of a directory, and delivers from there until it has none left that
 * are this process's to deliver. What is left at any other end, whoever opens it next delivers.
 */
export async function sendThroughOutbox(run: Run, directory: string): Promise<End> {
  const { ending, flags, input, port, tally } = run;
  const { openLmdbOutbox } = await import('../../tracker/lmdb/index.ts');
  const outbox = await openLmdbOutbox(directory, { baseUrl: port.baseUrl() });
  let isFilled = false;
  const fillAndDrain = async (): Promise<void> => {
    try {
      await fill(outbox, run);
      isFilled = true;
      await drained(outbox, run);
      ending.end({ is: 'done' });
    } catch (error) {
      ending.end({ is: 'failed', error });
    }
  };
  try {
    const filling = fillAndDrain();
    const end = await pumpUntil(ending.ended, {
      source: outbox,
      sink: reoSink(port),
      concurrency: flags.concurrency,
      maxAgeMs: MAX_AGE_MS,
      listener: (event) => {
        const hasSent = run.hasSentBefore || tally.sent > 0;
        if (event.is !== 'held' || (!isFilled && hasSent)) return watch(run, event);
        const left = plural(ownIn(outbox), 'record');
        ending.end({ is: 'held', detail: `${event.detail}; ${left} wait in ${directory}` });
      },
    });
    // The filling may be waiting for more.
    input.stop();
    await filling;
    return end;
  } finally {
    tally.left = ownIn(outbox);
    await outbox.close();
  }
}

/** Nothing is left, or nothing but what other processes that live are to deliver. */
async function drained(outbox: LocalOutbox, { ending: { signal }, tally }: Run): Promise<void> {
  let idleSince = performance.now();
  while (!signal.aborted && outbox.totals().pending.records > 0) {
    tally.left = ownIn(outbox);
    if (tally.left > 0) idleSince = performance.now();
    if (performance.now() - idleSince > ADOPTED_MS) return;
    await wait(LOOK_MS, signal);
  }
}

/** Puts all records into the outbox, waiting for room, until the run ends. */
export async function fill(
  outbox: LocalOutbox,
  { items, journal, ending: { signal } }: Pick<Run, 'items' | 'journal' | 'ending'>,
): Promise<void> {
  for await (const batch of items) {
    for (let at = 0; at < batch.length; at += BATCH) {
      const some = batch.slice(at, at + BATCH);
      while (!(await put(outbox, some))) {
        await wait(FULL_MS, signal);
        // Nothing is delivered any more that would make room.
        if (signal.aborted) return;
      }
      for (const { number } of some) journal.settle(number, 'kept');
      if (signal.aborted) return;
    }
  }
}

/** @returns whether there was room */
async function put(
  outbox: LocalOutbox,
  items: readonly { readonly record: Parameters<LocalOutbox['put']>[0][number] }[],
): Promise<boolean> {
  try {
    await outbox.put(items.map(({ record }) => record));
    return true;
  } catch (error) {
    const isFull = error instanceof OutboxError && error.reason === 'full';
    if (isFull && ownIn(outbox) > 0) return false;
    throw error;
  }
}

const ownIn = (outbox: LocalOutbox): number => outbox.own?.() ?? outbox.totals().pending.records;

const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
