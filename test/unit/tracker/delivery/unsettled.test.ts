import { describe, expect, it } from 'vitest';
import { createUnsettled, type Ending } from '../../../../src/tracker/delivery/unsettled.ts';
import type { Settlement, Taken } from '../../../../src/tracker/outbox.ts';
import { recordOf } from './support.ts';

const taken = (id: string, at = 5): Taken => ({ record: recordOf(id, at), attempts: 0 });
const ending = (settlement: Settlement): Ending => [
  settlement,
  { isTried: true, durationMs: 3, ambiguous: false },
];
const sent = ending({ to: 'sent' });

describe('how a record ended', () => {
  it('is remembered until it is recalled', () => {
    const unsettled = createUnsettled();
    unsettled.remember(taken('a'), sent);
    expect(unsettled.recall(taken('b'))).toBeUndefined();
    expect(unsettled.recall(taken('a'))).toBe(sent);
    expect(unsettled.recall(taken('a'))).toBeUndefined();
  });

  it('is not known of one that was put back, nor of a dead letter that is replayed', () => {
    const unsettled = createUnsettled();
    unsettled.remember(taken('a'), ending({ to: 'retry', at: 9, counts: true }));
    unsettled.remember(taken('b'), ending({ to: 'dead', reason: 'no' }));
    expect(unsettled.recall(taken('a'))).toBeUndefined();
    expect(unsettled.recall(taken('b', 6))).toBeUndefined();
  });

  it('is forgotten among very many, the oldest first', () => {
    const unsettled = createUnsettled();
    for (let n = 0; n <= 10_000; n += 1) unsettled.remember(taken(`r${n}`), sent);
    expect(unsettled.recall(taken('r0'))).toBeUndefined();
    expect(unsettled.recall(taken('r1'))).toBe(sent);
  });
});
