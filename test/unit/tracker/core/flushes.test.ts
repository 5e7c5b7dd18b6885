import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../../../src/testing/fake-clock.ts';
import { createFlushes, type Flush } from '../../../../src/tracker/flushes.ts';

const hows = ['sent', 'dropped', 'dead'] as const;

const open = () => {
  const pending = new Set<string>();
  const clock = fakeClock();
  const flushes = createFlushes({
    clock,
    pending: () => pending.size,
    blockedMs: () => 0,
    failures: () => [],
  });
  return { pending, clock, flushes };
};

describe('flushes', () => {
  it('tell of their own records alone, however they overlap', async () => {
    const step = fc.record({
      does: fc.constantFrom('begin', 'begin', 'begin', 'end', 'end', 'rename', 'flush', 'result'),
      which: fc.nat(),
      how: fc.constantFrom(...hows),
      isTold: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const { pending, flushes } = open();
        let next = 0;
        const models: {
          readonly flush: Flush;
          readonly own: Set<string>;
          readonly counts: { sent: number; dropped: number; dead: number };
          isDone: boolean;
        }[] = [];
        const rename = (from: string, to: string | undefined): void => {
          pending.delete(from);
          if (to !== undefined) pending.add(to);
          for (const { own } of models) {
            if (own.delete(from) && to !== undefined) own.add(to);
          }
          flushes.renamed(from, to);
        };
        for (const { does, which, how, isTold } of steps) {
          const ids = [...pending];
          const id = ids[which % ids.length];
          if (does === 'begin') {
            const born = `r${(next += 1)}`;
            pending.add(born);
            flushes.begun(born);
          } else if (does === 'flush') {
            const flush = flushes.start();
            const own = new Set(pending);
            const model = { flush, own, counts: { sent: 0, dropped: 0, dead: 0 }, isDone: false };
            models.push(model);
            void flush.wait(1_000).then(() => (model.isDone = true));
          } else if (does === 'result' && models.length > 0) {
            const [{ flush, own, counts }] = models.splice(which % models.length, 1) as [
              (typeof models)[0],
            ];
            const left = own.size;
            expect(flush.result()).toMatchObject({
              ...counts,
              pending: left,
              complete: left === 0,
            });
          } else if (does === 'rename' && id !== undefined) {
            rename(id, isTold ? `r${(next += 1)}` : undefined);
          } else if (does === 'end' && id !== undefined) {
            if (isTold) flushes.ending(id);
            pending.delete(id);
            for (const { own, counts } of models) if (own.delete(id)) counts[how] += 1;
            flushes.ended(id, how);
          }
          await Promise.resolve();
          await Promise.resolve();
          for (const { own, isDone } of models) expect(isDone).toBe(own.size === 0);
        }
      }),
      { numRuns: process.env['LONG'] === undefined ? 300 : 20_000 },
    );
  });

  it('cost one record the same, however many there are', () => {
    const { pending, flushes } = open();
    pending.add('first');
    flushes.begun('first');
    for (let n = 0; n < 5_000; n += 1) void flushes.start().wait(1_000);
    const startedAt = performance.now();
    for (let n = 0; n < 5_000; n += 1) {
      pending.add(`r${n}`);
      flushes.begun(`r${n}`);
      flushes.ending(`r${n}`);
      pending.delete(`r${n}`);
      flushes.ended(`r${n}`, 'sent');
    }
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it('end when nothing can get through for longer than is left', async () => {
    const { pending, clock } = open();
    pending.add('a');
    let blockedMs = 0;
    const flushes = createFlushes({
      clock,
      pending: () => pending.size,
      blockedMs: () => blockedMs,
      failures: () => ['held: tls'],
    });
    const ended: number[] = [];
    for (const ms of [5_000, 1_000, 3_000]) {
      void flushes
        .start()
        .wait(ms)
        .then(() => ended.push(ms));
    }
    blockedMs = 2_000;
    flushes.check();
    await clock.advance(0);
    expect(ended).toEqual([1_000]);
    await clock.advance(1_500);
    flushes.check();
    await clock.advance(0);
    expect(ended).toEqual([1_000, 3_000]);
  });
});
