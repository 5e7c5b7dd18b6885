import { describe, expect, it } from 'vitest';
import { stoppable } from '../../../src/cli/send/end.ts';
import type { Item } from '../../../src/cli/send/items.ts';
import { openJournal } from '../../../src/cli/send/journal.ts';
import { fill } from '../../../src/cli/send/send-through-outbox.ts';
import { memoryOutbox } from '../../../src/tracker/memory/memory-outbox.ts';

const itemOf = (number: number): Item => ({
  number,
  line: number,
  record: { id: `id-${number}`, kind: 'event', calls: 1, at: 0, payload: '{}' },
});

async function* batchesOf(...numbers: readonly number[]) {
  for (const number of numbers) yield [itemOf(number)];
}

const begun = { file: 'f', meaning: 'm', target: 'https://reo.test', folds: false };

describe('records on their way into an outbox that is full', () => {
  it('wait for room', async () => {
    const outbox = memoryOutbox({ maxRecords: 1 });
    const journal = openJournal(undefined, begun, { now: 0 });
    const filling = fill(outbox, { items: batchesOf(1, 2), journal, ending: stoppable() });
    await expect.poll(() => journal.counts().kept).toBe(1);
    const [taken] = outbox.take(1);
    if (taken !== undefined) outbox.settle(taken, { to: 'sent' });
    await filling;
    expect(journal.counts().kept).toBe(2);
  });

  it('are left in the file when the run ends', async () => {
    const outbox = memoryOutbox({ maxRecords: 1 });
    const journal = openJournal(undefined, begun, { now: 0 });
    const ending = stoppable();
    const filling = fill(outbox, { items: batchesOf(1, 2, 3), journal, ending });
    await expect.poll(() => journal.counts().kept).toBe(1);
    ending.end({ is: 'interrupted' });
    await filling;
    expect(journal.counts().kept).toBe(1);
    expect(outbox.totals().pending.records).toBe(1);
  });
});
