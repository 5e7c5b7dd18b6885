import { systemClock } from '../../tracker/clock.ts';
import { reoSink } from '../../tracker/delivery/reo-sink.ts';
import type { Sink } from '../../tracker/delivery/verdict.ts';
import { type End, type Run, watch } from './end.ts';
import type { Item } from './items.ts';
import { pumpUntil } from './pumping.ts';
import { createItemSource, type ItemEnd } from './source.ts';

/** At the end of a file there may be no other record left to tell whose fault a refusal is. */
const REFUSALS = 3;

/** Sends each record from the file, and notes in the journal what became of it. */
export function sendDirectly(run: Run): Promise<End> {
  const { items, ending, journal, rejects, tally, flags, port } = run;
  /** Records that were refused the last time, and how often in a row. */
  const refused = new Map<string, { readonly times: number; readonly reason: string }>();

  const onEnd = (item: Item, end: ItemEnd): void => {
    refused.delete(item.record.id);
    if (end.to === 'dead') rejects.add(rejectOf(item, end.reason));
    journal.settle(item.number, end.to);
  };
  const source = createItemSource({
    batches: items,
    clock: systemClock,
    onEnd,
    onDrained: () => ending.end({ is: 'done' }),
    onFailed: (error) => ending.end({ is: 'failed', error }),
  });

  const send = reoSink(port);
  const sink: Sink = async (record, signal) => {
    const verdict = await send(record, signal);
    if (verdict.is === 'refused') {
      const times = (refused.get(record.id)?.times ?? 0) + 1;
      refused.set(record.id, { times, reason: verdict.reason });
    } else refused.delete(record.id);
    return verdict;
  };

  const hasSent = (): boolean => run.hasSentBefore || tally.sent > 0;
  const areAllRefused = (): boolean =>
    source.isRead() &&
    source.waiting() === refused.size &&
    [...refused.values()].every(({ times }) => times >= REFUSALS);

  return pumpUntil(ending.ended, {
    source,
    sink,
    concurrency: flags.concurrency,
    // What stands in a file does not grow old.
    maxAgeMs: Infinity,
    listener: (event) => {
      if (event.is !== 'held' || hasSent()) watch(run, event);
      else {
        const [last] = [...refused.values()].slice(-1);
        ending.end({
          is: 'held',
          detail: last ? `${event.detail} (${last.reason})` : event.detail,
        });
      }
      if (event.is === 'settled' && refused.size > 0 && hasSent() && areAllRefused()) {
        tally.dead += source.giveUp(({ record }) => {
          return { to: 'dead', reason: refused.get(record.id)?.reason ?? 'refused' };
        });
      }
    },
  });
}

function rejectOf({ line, raw, record }: Item, reason: string) {
  return raw === undefined
    ? { line, reason, record: JSON.parse(record.payload) as unknown }
    : { line, reason, raw };
}
