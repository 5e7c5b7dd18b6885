import { describe, expect, it, vi } from 'vitest';
import { collect, type Collected, type CollectOptions } from '../../../src/reportei/index.ts';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const all = async <T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  work: (item: T, signal: AbortSignal) => Promise<R>,
  options?: CollectOptions,
) => {
  const found: Collected<T, R>[] = [];
  for await (const one of collect(items, work, options)) found.push(one);
  return found;
};

describe('collect', () => {
  it('yields what becomes of each item, as it is done', async () => {
    const found = await all([30, 5, 15], async (ms) => {
      await wait(ms);
      if (ms === 15) throw new Error('fifteen');
      return ms * 2;
    });
    expect(found).toEqual([
      { item: 5, ok: true, value: 10 },
      { item: 15, ok: false, error: new Error('fifteen') },
      { item: 30, ok: true, value: 60 },
    ]);
  });

  it('has no more under way than allowed, and takes items as it needs them', async () => {
    let active = 0;
    let most = 0;
    let taken = 0;
    async function* items() {
      for (let n = 0; n < 40; n += 1) {
        taken += 1;
        expect(taken - done).toBeLessThanOrEqual(4);
        yield n;
      }
    }
    let done = 0;
    const found = await all(
      items(),
      async () => {
        active += 1;
        most = Math.max(most, active);
        await wait(1);
        active -= 1;
        done += 1;
      },
      { concurrency: 3 },
    );
    expect(found).toHaveLength(40);
    expect(most).toBe(3);
  });

  it('gives nothing for nothing', async () => {
    expect(await all([], async () => 1)).toEqual([]);
  });

  it('minds work that throws at once', async () => {
    const thrown = new Error('at once');
    const work = (): Promise<never> => {
      throw thrown;
    };
    expect(await all([1], work)).toEqual([{ item: 1, ok: false, error: thrown }]);
  });

  it('throws what the items throw, and ends the work under way', async () => {
    async function* items() {
      yield 1;
      throw new Error('page 2');
    }
    let signal: AbortSignal | undefined;
    const work = async (_: number, given: AbortSignal) => {
      signal = given;
      await wait(10_000);
    };
    await expect(all(items(), work)).rejects.toThrow('page 2');
    expect(signal?.aborted).toBe(true);
  });

  it('ends at the deadline, also for work that takes no notice', async () => {
    const found: unknown[] = [];
    const run = async () => {
      const work = (ms: number) => wait(ms);
      for await (const { item } of collect([1, 5_000], work, { deadline: 40 })) found.push(item);
    };
    await expect(run()).rejects.toMatchObject({ code: 'timeout' });
    expect(found).toEqual([1, 5_000]);
  });

  it('says of work that the deadline ended that it was the deadline', async () => {
    const found: unknown[] = [];
    const work = (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        setTimeout(resolve, ms);
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    const run = async () => {
      for await (const one of collect([1, 5_000], work, { deadline: 30 })) {
        found.push(one.ok ? one.item : one.error);
        await wait(60);
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'timeout' });
    expect(found).toEqual([1, expect.objectContaining({ code: 'timeout' })]);
  });

  it('minds no deadline after everything is done, however slowly it is read', async () => {
    const found: number[] = [];
    for await (const { item } of collect([1, 2], async () => 1, { deadline: 30 })) {
      found.push(item);
      await wait(50);
    }
    expect(found).toEqual([1, 2]);
  });

  it('ends with the caller’s signal, and says whose', async () => {
    const reason = new Error('mine');
    const signal = AbortSignal.abort(reason);
    await expect(all([1], () => wait(5_000), { signal })).rejects.toMatchObject({
      code: 'aborted',
      cause: reason,
    });
  });

  it('begins nothing once it has ended', async () => {
    const work = vi.fn(async () => 1);
    const signal = AbortSignal.abort();
    await expect(all([1, 2], work, { signal })).rejects.toMatchObject({ code: 'aborted' });
    async function* late() {
      await wait(60);
      yield 1;
    }
    await expect(all(late(), work, { deadline: 20 })).rejects.toMatchObject({ code: 'timeout' });
    await wait(80);
    expect(work).not.toHaveBeenCalled();
  });

  it('stops taking items when nobody listens any more', async () => {
    const ended = vi.fn();
    async function* items() {
      try {
        for (let n = 0; ; n += 1) yield n;
      } finally {
        ended();
      }
    }
    for await (const { item } of collect(items(), async () => 1)) if (item === 20) break;
    await wait(1);
    expect(ended).toHaveBeenCalledOnce();
  });

  it('accounts for what was begun before it ends, and is silent afterwards', async () => {
    const onProgress = vi.fn();
    const found: unknown[] = [];
    const run = async () => {
      const options = { deadline: 30, concurrency: 2, onProgress };
      for await (const one of collect([5, 100, 120, 140], wait, options)) {
        found.push([one.item, one.ok]);
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'timeout' });
    expect(found).toEqual([
      [5, true],
      [100, false],
      [120, false],
    ]);
    expect(onProgress.mock.lastCall).toEqual([{ done: 3, failed: 2, total: 4 }]);
    await wait(150);
    expect(onProgress).toHaveBeenCalledTimes(3);
  });

  it('tells of progress', async () => {
    const onProgress = vi.fn();
    const odd = async (n: number) => {
      if (n % 2 === 1) throw new Error('odd');
    };
    await all([1, 2, 3], odd, { onProgress });
    expect(onProgress.mock.lastCall).toEqual([{ done: 3, failed: 2, total: 3 }]);
    await all(new Set([1, 2]), odd, { onProgress });
    expect(onProgress.mock.lastCall).toEqual([{ done: 2, failed: 1, total: undefined }]);
  });

  it.each([{ concurrency: 0 }, { concurrency: 1.5 }, { concurrency: Infinity }, { deadline: 'x' }])(
    'refuses %j',
    async (options) => {
      await expect(all([1], async () => 1, options as CollectOptions)).rejects.toMatchObject({
        code: 'config',
      });
    },
  );
});
