import type { Clock } from '../../tracker/clock.ts';
import { createDueQueue } from '../../tracker/due-queue.ts';
import type { Settlement, Source, Taken } from '../../tracker/outbox.ts';
import type { Item } from './items.ts';

/** How an item ended. */
export type ItemEnd = Exclude<Settlement, { readonly to: 'retry' }>;

export interface ItemSource extends Source {
  /** How many records were read and are not settled. */
  readonly waiting: () => number;
  /** Whether nothing is left to be read. */
  readonly isRead: () => boolean;
  /** Ends all that were put back, as `settle` does. @returns how many */
  readonly giveUp: (endOf: (item: Item) => ItemEnd) => number;
}

/** So many that failed may wait in memory; with more of them, nothing new is read. */
const MOST_WAITING = 10_000;

interface Put {
  readonly item: Item;
  readonly attempts: number;
  readonly triedAt: number | undefined;
}

/**
 * Items as a source for a pump: they are read only as fast as they are taken.
 *
 * @param onEnd told once of each item, before its settlement is done
 * @param onDrained called when all is read and settled
 * @param onFailed told when items cannot be read, or `onEnd` throws: then nothing is taken any more
 */
export function createItemSource(options: {
  readonly batches: AsyncIterable<readonly Item[]>;
  readonly clock: Clock;
  readonly onEnd: (item: Item, end: ItemEnd) => void;
  readonly onDrained: () => void;
  readonly onFailed: (error: unknown) => void;
}): ItemSource {
  const { clock, onEnd, onDrained, onFailed } = options;
  const reading = options.batches[Symbol.asyncIterator]();
  const putBack = createDueQueue<Put>();
  const underWay = new Map<string, Put>();
  let batch: readonly Item[] = [];
  let next = 0;
  let isRead = false;
  let isFailed = false;
  let onReady: () => void = () => undefined;
  let takeBack: () => void = () => undefined;

  const lookAgain = (): void => {
    takeBack();
    const at = putBack.nextAt();
    if (at !== undefined) takeBack = clock.after(Math.max(0, at - clock.now()), onReady);
  };

  /** What cannot be noted must not be sent on: it would be sent again. */
  const failed = (error: unknown): void => {
    isFailed = true;
    onFailed(error);
  };

  const read = async (): Promise<void> => {
    while (!isRead && next >= batch.length && putBack.size() < MOST_WAITING) {
      const { done, value } = await reading.next();
      if (done === true) isRead = true;
      else [batch, next] = [value, 0];
    }
    drained();
  };

  const end = (item: Item, as: ItemEnd): void => {
    try {
      onEnd(item, as);
    } catch (error) {
      failed(error);
    }
  };

  /** In the order in which they fell due: a new one when it was read. */
  const pick = (): Put | undefined => {
    const item = batch[next];
    const at = item === undefined ? Infinity : item.record.at;
    if ((putBack.nextAt() ?? Infinity) < at) {
      const put = putBack.popDue(clock.now());
      if (put !== undefined) return put;
    }
    if (item === undefined) return undefined;
    next += 1;
    return { item, attempts: 0, triedAt: undefined };
  };

  const drained = (): void => {
    if (!isFailed && isRead && next >= batch.length && underWay.size + putBack.size() === 0)
      onDrained();
  };

  return {
    take: async (limit) => {
      if (!isFailed && next >= batch.length) await read().catch(failed);
      if (isFailed) return [];
      const taken: Taken[] = [];
      for (let put; taken.length < limit && (put = pick()) !== undefined;) {
        const { item, attempts, triedAt } = put;
        underWay.set(item.record.id, put);
        taken.push({ record: item.record, attempts, triedAt });
      }
      lookAgain();
      return taken;
    },
    settle: ({ record }, settlement) => {
      const put = underWay.get(record.id);
      if (put === undefined) return;
      const { item, attempts } = put;
      if (settlement.to === 'retry') {
        underWay.delete(record.id);
        const tried = attempts + Number(settlement.counts);
        putBack.push(settlement.at, { item, attempts: tried, triedAt: clock.now() });
        lookAgain();
        return;
      }
      end(item, settlement);
      underWay.delete(record.id);
      drained();
    },
    onReady: (listener) => (onReady = listener),
    waiting: () => underWay.size + putBack.size() + batch.length - next,
    isRead: () => isRead && next >= batch.length,
    giveUp: (endOf) => {
      const count = putBack.size();
      for (let put; (put = putBack.popDue(Infinity)) !== undefined;) end(put.item, endOf(put.item));
      drained();
      return count;
    },
  };
}
