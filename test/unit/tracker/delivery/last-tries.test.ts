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
    story.forEach((verdict, at) => {
      if (verdict === 'another') tries.note(taken('b'), done, at);
      else tries.note(taken('a', 1), verdict, at);
    });
    expect(tries.isAtFault(taken('a', 1, 0))).toBe(isAtFault);
  });

  it.each([
    [0, undefined, 5, false],
    [1, 4, 5, true],
    [1, 5, 5, false],
    [1, 6, 5, false],
    [1, undefined, 5, false],
  ])(
    'that another process tried %i times, last at %s, with one taken at %i, is at fault: %s',
    (attempts, triedAt, successAt, isAtFault) => {
      const tries = createLastTries();
      tries.note(taken('b'), done, successAt);
      expect(tries.isAtFault(taken('a', attempts, triedAt))).toBe(isAtFault);
    },
  );

  it('is forgotten among very many', () => {
    const tries = createLastTries();
    tries.note(taken('a'), failed, 0);
    tries.note(taken('b'), done, 5);
    expect(tries.isAtFault(taken('a', 1, 0))).toBe(false);
    for (let i = 0; i < 10_000; i += 1) tries.note(taken(`r${i}`), failed, 6);
    expect(tries.isAtFault(taken('a', 1, 0))).toBe(true);
  });
});
