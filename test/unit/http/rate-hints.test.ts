import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitOf } from '../../../src/http/limit-of.ts';
import { readHints } from '../../../src/http/rate-hints.ts';

const now = Date.parse('2024-01-01T00:00:00Z');
const read = (headers: Record<string, string>, status = 200) =>
  readHints({ status, headers: new Headers(headers) }, 30_000, now);
const roomOf = (headers: Record<string, string>, status?: number) => read(headers, status).room;

describe('limitOf', () => {
  it.each([
    ['20', 20],
    ['1', 1],
    ['007', 7],
    [600, 600],
    ['0', undefined],
    [0, undefined],
    ['-5', undefined],
    [-5, undefined],
    ['1.5', undefined],
    [1.5, undefined],
    ['1e9', undefined],
    ['9'.repeat(400), undefined],
    [1e300, undefined],
    [NaN, undefined],
    [Infinity, undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['unlimited', undefined],
    ['', undefined],
    ['" 5', undefined],
    [null, undefined],
    [undefined, undefined],
    [true, undefined],
    [['20'], undefined],
    [{ toString: 1, valueOf: 1 }, undefined],
  ])('%j is %j', (value, expected) => {
    expect(limitOf(value)).toBe(expected);
  });
});

describe('readHints', () => {
  it('is told nothing by an answer without such headers', () => {
    expect(read({})).toEqual({});
  });

  it.each<[string, Record<string, string>, { remaining: number; resetMs: number }]>([
    [
      'seconds',
      { 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '9' },
      { remaining: 3, resetMs: 9_000 },
    ],
    [
      'a UNIX time',
      { 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': `${now / 1_000 + 7}` },
      { remaining: 3, resetMs: 7_000 },
    ],
    [
      'a date',
      { 'X-RateLimit-Remaining': '3', 'X-RateLimit-Reset': 'Mon, 01 Jan 2024 00:00:08 GMT' },
      { remaining: 3, resetMs: 8_000 },
    ],
    [
      'no reset: the shortest window',
      { 'x-ratelimit-remaining': '0' },
      { remaining: 0, resetMs: 1_000 },
    ],
    [
      'a reset that is text',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'soon' },
      { remaining: 0, resetMs: 1_000 },
    ],
    [
      'a negative reset',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '-9' },
      { remaining: 0, resetMs: 1_000 },
    ],
    [
      'the early drafts',
      { 'ratelimit-remaining': '3', 'ratelimit-reset': '9' },
      { remaining: 3, resetMs: 9_000 },
    ],
    ['draft 7', { ratelimit: 'limit=10, remaining=3, reset=9' }, { remaining: 3, resetMs: 9_000 }],
    ['draft 8 and later', { ratelimit: '"default";r=3;t=9' }, { remaining: 3, resetMs: 9_000 }],
  ])('knows what remains and until when: %s', (_, headers, expected) => {
    expect(roomOf(headers)).toEqual(expected);
  });

  it.each(['-1', 'NaN', 'many', '', '1.5', '1e3', '0x0', 'Infinity'])(
    'believes no remaining %j',
    (remaining) => {
      expect(
        roomOf({ 'x-ratelimit-remaining': remaining, 'x-ratelimit-reset': '9' }),
      ).toBeUndefined();
    },
  );

  it.each(['31', '3600', `${now / 1_000 + 3_600}`, '999999999', 'Mon, 01 Jan 2029 00:00:00 GMT'])(
    'believes no pause longer than it may be: %s',
    (reset) => {
      expect(roomOf({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset })).toBeUndefined();
      expect(roomOf({ 'retry-after': reset }, 429)).toBeUndefined();
    },
  );

  it.each<[string, Record<string, string>, number]>([
    ['Retry-After', { 'retry-after': '5' }, 5_000],
    ['Retry-After before the reset', { 'retry-after': '5', 'x-ratelimit-reset': '9' }, 5_000],
    ['the reset', { 'x-ratelimit-reset': '9' }, 9_000],
    ['nothing', {}, 1_000],
    ['a Retry-After of garbage', { 'retry-after': 'soon' }, 1_000],
  ])('knows after a 429 that nothing remains: %s', (_, headers, resetMs) => {
    expect(roomOf({ 'x-ratelimit-remaining': '7', ...headers }, 429)).toEqual({
      remaining: 0,
      resetMs,
    });
  });

  it('reads Retry-After of a 429 alone: a 503 is one call’s trouble', () => {
    expect(roomOf({ 'retry-after': '5' }, 503)).toBeUndefined();
    expect(roomOf({ 'retry-after': '5' }, 200)).toBeUndefined();
  });

  it.each<[string, object]>([
    ['20;w=1', { perSecond: 20 }],
    ['100; w=60', { perMinute: 100 }],
    ['"burst";q=20;w=1, "sustained";q=600;w=60', { perSecond: 20, perMinute: 600 }],
    ['"hour";q=9;w=3600', {}],
    ['"ten";q=9;w=10', {}],
    ['0;w=1', {}],
    ['-5;w=1', {}],
    ['many;w=1', {}],
    ['9999999999;w=1', {}],
    [' 5 ;w=1', { perSecond: 5 }],
    ['5;w=1x', {}],
    ['20, 30;w=60', { perMinute: 30 }],
  ])('reads a policy: %s', (policy, expected) => {
    expect(read({ 'ratelimit-policy': policy })).toEqual(expected);
  });

  it('takes no limit of an unknown window', () => {
    expect(read({ 'x-ratelimit-limit': '10' })).toEqual({});
  });

  it('never gives what would stop a client', () => {
    const names = [
      'x-ratelimit-remaining',
      'x-ratelimit-reset',
      'ratelimit',
      'ratelimit-policy',
      'retry-after',
    ];
    const text = fc.stringMatching(/^[ -~]{0,40}$/);
    const headers = fc.dictionary(fc.constantFrom(...names), text);
    fc.assert(
      fc.property(headers, fc.constantFrom(200, 429), (given, status) => {
        const {
          perSecond = 1,
          perMinute = 1,
          room = { remaining: 0, resetMs: 0 },
        } = read(given, status);
        expect(perSecond).toBeGreaterThanOrEqual(1);
        expect(perMinute).toBeGreaterThanOrEqual(1);
        expect(room.remaining).toBeGreaterThanOrEqual(0);
        expect(room.resetMs).toBeLessThanOrEqual(30_000);
      }),
    );
  });
});
