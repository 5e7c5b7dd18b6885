import { describe, expect, it } from 'vitest';
import { createLastTries } from '../../../../src/tracker/delivery/last-tries.ts';
import type { Taken } from '../../../../src/tracker/outbox.ts';
import { recordOf, verdicts } from './support.ts';

const { done, refused, held, failed, wait } = verdicts;

const taken = (id: string, attempts = 0, triedAt?: number): Taken => ({
  record: recordOf(id),
  attempts,
  triedAt,
});

describe('a refused record', () => {
  it.each([
    ['new', [], false],
    ['refused, and another taken since', [refused, 'another'], true],
    ['refused, with none taken since', ['another', refused], false],
    ['failed, and another taken since', [failed, 'another'], false],
    ['held, and another taken since', [held, 'another'], false],
    [
      'refused, then failed, and another taken since',
      [refused, 'another', failed, 'another'],
      false,
    ],
    ['failed, then had to wait, and another taken since', [failed, wait, 'another'], false],
    ['refused, then had to wait, and another taken since', [refused, wait, 'another'], true],
    ['refused twice, and another taken between', [refused, 'another', refused], false],
  ] as const)('that was %s is at fault: %s', (_, story, isAtFault) => {
    const tries = createLastTries();
    for (const verdict of story) {
      if (verdict === 'another') tries.note(taken('b'), done);
      else tries.note(taken('a', 1), verdict);
    }
    expect(tries.isAtFault(taken('a', 1, 0))).toBe(isAtFault);
  });

  it('that another process tried is not at fault before it is refused here too', () => {
    const tries = createLastTries();
    // It may have failed there for any reason.
    const tried = taken('a', 1, 4);
    tries.note(taken('b'), done);
    expect(tries.isAtFault(tried)).toBe(false);
    tries.note(tried, refused);
    expect(tries.isAtFault(tried)).toBe(false);
    tries.note(taken('b'), done);
    expect(tries.isAtFault(tried)).toBe(true);
  });

  it('is forgotten among very many', () => {
    const tries = createLastTries();
    tries.note(taken('a'), refused);
    tries.note(taken('b'), done);
    expect(tries.isAtFault(taken('a', 1, 0))).toBe(true);
    for (let i = 0; i < 100_000; i += 1) tries.note(taken(`r${i}`), refused);
    expect(tries.isAtFault(taken('a', 1, 0))).toBe(false);
  });
});
