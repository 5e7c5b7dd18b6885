import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDueQueue, type DueEntry } from '../../../../src/tracker/due-queue.ts';

const drain = <T>(queue: { popDue: (now: number) => T | undefined }, now: number): T[] => {
  const popped: T[] = [];
  for (let item; (item = queue.popDue(now)) !== undefined;) popped.push(item);
  return popped;
};

describe('createDueQueue', () => {
  it('gives nothing before its time', () => {
    const queue = createDueQueue<string>();
    expect(queue.nextAt()).toBeUndefined();
    queue.push(7, 'later');
    queue.push(5, 'soon');
    expect(queue.nextAt()).toBe(5);
    expect(queue.popDue(4)).toBeUndefined();
    expect(drain(queue, 5)).toEqual(['soon']);
    expect(queue.size()).toBe(1);
  });

  it('gives what is due in the order of time, then of coming, as a sorted list does', () => {
    const step = fc.oneof(
      fc.record({ push: fc.integer({ min: 0, max: 9 }) }),
      fc.record({ remove: fc.nat({ max: 30 }) }),
      fc.record({ pop: fc.integer({ min: 0, max: 9 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = createDueQueue<number>();
        const entries: DueEntry<number>[] = [];
        let model: { at: number; item: number }[] = [];
        for (const step of steps) {
          if ('push' in step) {
            model.push({ at: step.push, item: entries.length });
            entries.push(queue.push(step.push, entries.length));
          } else if ('remove' in step) {
            const entry = entries[step.remove];
            if (entry === undefined) continue;
            const there = model.some(({ item }) => item === step.remove);
            expect(queue.remove(entry)).toBe(there);
            model = model.filter(({ item }) => item !== step.remove);
          } else {
            const due = model.filter(({ at }) => at <= step.pop);
            due.sort((a, b) => a.at - b.at || a.item - b.item);
            expect(drain(queue, step.pop)).toEqual(due.map(({ item }) => item));
            model = model.filter(({ at }) => at > step.pop);
          }
          expect(queue.size()).toBe(model.length);
        }
      }),
    );
  });
});
