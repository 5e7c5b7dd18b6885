import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRetryBudget } from '../../../src/http/retry-budget.ts';
import { parseRetryAfter, retryDelay, type RetryMode } from '../../../src/http/retry.ts';
import { type WireAnswer, WireFailure } from '../../../src/http/wire.ts';

const now = Date.parse('2024-01-01T00:00:00Z');

const answer = (status: number, retryAfter?: string): WireAnswer => ({
  status,
  headers: new Headers(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
  text: '',
});

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['Mon, 01 Jan 2024 00:00:30 GMT', 30_000],
    ['Monday, 01-Jan-24 00:00:30 GMT', 30_000],
    ['Sun, 31 Dec 2023 00:00:00 GMT', 0],
    ['', undefined],
    [null, undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e9', undefined],
    ['Infinity', undefined],
    ['NaN', undefined],
    ['soon', undefined],
    ['99999999999999', undefined],
    ['2024-01-01', undefined],
    ['Mon, 99 Foo 2024', undefined],
    ['Retry 5', undefined],
    ['Soon 1', undefined],
    ['Mon Jan  1 00:00:30 2024', expect.any(Number)],
  ])('%j is %j', (header, expected) => {
    expect(parseRetryAfter(header, now)).toEqual(expected);
  });

  it('never gives what a timer would take for now', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const ms = parseRetryAfter(header, now);
        expect(ms === undefined || (Number.isFinite(ms) && ms >= 0)).toBe(true);
      }),
    );
  });
});

describe('retryDelay', () => {
  const decide = (outcome: WireAnswer | WireFailure, mode: RetryMode, attempt = 1) =>
    retryDelay(outcome, attempt, { mode, maxRetries: 3, maxDelayMs: 30_000 }, now, () => 0.5);

  const sent = new WireFailure('network', true);
  const unsent = new WireFailure('network', false);
  it.each<[string, WireAnswer | WireFailure, boolean, boolean]>([
    // outcome, repeated when safe, repeated when only the unsent may be
    ['200', answer(200), false, false],
    ['302', answer(302), false, false],
    ['400', answer(400), false, false],
    ['401', answer(401), false, false],
    ['404', answer(404), false, false],
    ['408', answer(408), true, false],
    ['422', answer(422), false, false],
    ['429', answer(429), true, true],
    ['500', answer(500), true, false],
    ['501', answer(501), false, false],
    ['502', answer(502), true, false],
    ['503', answer(503), true, false],
    ['504', answer(504), true, false],
    ['a broken connection', sent, true, false],
    ['a refused connection', unsent, true, true],
    ['a timeout', new WireFailure('timeout', true), true, false],
    ['an abort', new WireFailure('aborted', false), false, false],
    ['too long an answer', new WireFailure('too-large', true), false, false],
    ['an unknown encoding', new WireFailure('encoding', true), false, false],
  ])('after %s', (_, outcome, whenSafe, whenUnsent) => {
    expect(decide(outcome, 'safe') !== undefined).toBe(whenSafe);
    expect(decide(outcome, 'unsent') !== undefined).toBe(whenUnsent);
    expect(decide(outcome, 'never')).toBeUndefined();
  });

  it('doubles the bound of the wait, up to the longest', () => {
    const delays = [1, 2, 3].map((attempt) => decide(answer(503), 'safe', attempt));
    expect(delays).toEqual([250, 500, 1_000]);
    const rules = { mode: 'safe', maxRetries: 99, maxDelayMs: 30_000 } as const;
    expect(retryDelay(answer(503), 50, rules, now, () => 1)).toBe(30_000);
  });

  it('ends after the last retry', () => {
    expect(decide(answer(503), 'safe', 3)).toBeDefined();
    expect(decide(answer(503), 'safe', 4)).toBeUndefined();
  });

  it('obeys Retry-After up to the longest wait', () => {
    expect(decide(answer(503, '30'), 'safe')).toBe(30_000);
    expect(decide(answer(503, '31'), 'safe')).toBeUndefined();
    expect(decide(answer(503, 'garbage'), 'safe')).toBe(250);
  });
});

describe('createRetryBudget', () => {
  it('allows a burst, then a share of the calls', () => {
    const budget = createRetryBudget({ burst: 2, share: 0.5 });
    expect([budget.spend(), budget.spend(), budget.spend()]).toEqual([true, true, false]);
    budget.earn();
    expect(budget.spend()).toBe(false);
    budget.earn();
    expect(budget.spend()).toBe(true);
  });

  it('never saves up more than the burst', () => {
    const budget = createRetryBudget({ burst: 2, share: 1 });
    for (let i = 0; i < 100; i += 1) budget.earn();
    expect([budget.spend(), budget.spend(), budget.spend()]).toEqual([true, true, false]);
  });
});
