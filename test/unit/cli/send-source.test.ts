import { describe, expect, it } from 'vitest';
import type { Item } from '../../../src/cli/send/items.ts';
import { createItemSource, type ItemEnd } from '../../../src/cli/send/source.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';
import type { Taken } from '../../../src/tracker/outbox.ts';

const setUp = (
  batches: readonly (readonly number[])[],
  options: { readonly failsAt?: number; readonly onEnd?: () => void } = {},
) => {
  const clock = fakeClock();
  const ends: [number, ItemEnd['to']][] = [];
  const told = { drained: 0, failed: [] as unknown[], ready: 0, read: 0 };
  async function* read() {
    for (const batch of batches) {
      told.read += 1;
      if (told.read === options.failsAt) throw new Error('unreadable');
      yield batch.map((number): Item => {
        const record = {
          id: `id-${number}`,
          kind: 'event',
          calls: 1,
          at: clock.now(),
          payload: '{}',
        } as const;
        return { number, line: number, record };
      });
    }
  }
  const source = createItemSource({
    batches: read(),
    clock,
    onEnd: ({ number }, end) => {
      options.onEnd?.();
      ends.push([number, end.to]);
    },
    onDrained: () => (told.drained += 1),
    onFailed: (error) => told.failed.push(error),
  });
  source.onReady(() => (told.ready += 1));
  const take = async (limit: number): Promise<readonly Taken[]> => source.take(limit);
  return { clock, source, ends, told, take };
};

const idsOf = (taken: readonly Taken[]): readonly string[] => taken.map(({ record }) => record.id);
const settle = (
  source: { settle: (taken: Taken, end: ItemEnd) => unknown },
  taken: readonly Taken[],
) => {
  for (const one of taken) void source.settle(one, { to: 'sent' });
};

describe('the records of a file as a source', () => {
  it('reads no faster than it is taken from, and tells the end', async () => {
    const { source, take, told, ends } = setUp([[1, 2, 3], [4]]);
    const first = await take(2);
    expect(idsOf(first)).toEqual(['id-1', 'id-2']);
    expect(told.read).toBe(1);
    expect(idsOf(await take(2))).toEqual(['id-3']);
    expect(source.isRead()).toBe(false);
    const last = await take(2);
    expect(idsOf(last)).toEqual(['id-4']);
    expect(source.waiting()).toBe(4);
    settle(source, [...first, ...last]);
    // Settled twice is settled once.
    settle(source, first);
    expect(ends).toHaveLength(3);
    expect(await take(2)).toEqual([]);
    expect(source.isRead()).toBe(true);
    expect(told.drained).toBe(0);
  });

  it('gives back what was put back at its time, behind what was read before', async () => {
    const { source, take, clock, told } = setUp([[1, 2], [3]]);
    const [one] = await take(1);
    if (one === undefined) throw new Error('nothing');
    void source.settle(one, { to: 'retry', at: clock.now() + 1_000, counts: true });
    await clock.advance(999);
    expect(told.ready).toBe(0);
    await clock.advance(1);
    expect(told.ready).toBe(1);
    expect(idsOf(await take(1))).toEqual(['id-2']);
    const later = await take(5);
    expect([...idsOf(later)].sort()).toEqual(['id-1', 'id-3']);
    expect(later.find(({ record }) => record.id === 'id-1')).toMatchObject({
      attempts: 1,
      triedAt: clock.now() - 1_000,
    });
    settle(source, later);
    expect(told.drained).toBe(0);
  });

  it('ends all that waits when it is told to', async () => {
    const { source, take, clock, told, ends } = setUp([[1, 2]]);
    for (const one of await take(2)) {
      void source.settle(one, { to: 'retry', at: clock.now() + 60_000, counts: true });
    }
    expect(await take(1)).toEqual([]);
    expect(source.giveUp(() => ({ to: 'dead', reason: 'r' }))).toBe(2);
    expect(ends).toEqual([
      [1, 'dead'],
      [2, 'dead'],
    ]);
    expect(told.drained).toBe(1);
  });

  it('is not done when it cannot be read to the end', async () => {
    const { source, take, told } = setUp([[1], [2]], { failsAt: 2 });
    settle(source, await take(1));
    expect(await take(1)).toEqual([]);
    expect(await take(1)).toEqual([]);
    expect(told).toMatchObject({ drained: 0, failed: [new Error('unreadable')] });
  });

  it('gives nothing more when an end cannot be noted', async () => {
    const onEnd = () => {
      throw new Error('disk full');
    };
    const { source, take, told } = setUp([[1, 2]], { onEnd });
    settle(source, await take(1));
    expect(await take(1)).toEqual([]);
    expect(told).toMatchObject({ drained: 0, failed: [new Error('disk full')] });
  });
});
