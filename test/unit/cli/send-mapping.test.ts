import { describe, expect, it } from 'vitest';
import { checkColumns, createMapper, kindOf, type Mapping } from '../../../src/cli/send/mapping.ts';
import { secondsOf } from '../../../src/cli/send/moment.ts';
import { parsePairs, parseWindow } from '../../../src/cli/send/values.ts';

const mapping = (given: Partial<Mapping> = {}): Mapping => ({
  map: {},
  set: {},
  rest: 'refuse',
  ...given,
});

const mapped = (row: object, given?: Partial<Mapping>) =>
  createMapper(mapping(given))(structuredClone(row) as Record<string, unknown>);

describe('what a row means', () => {
  it.each<[string, object, Partial<Mapping>, object]>([
    [
      'fields as they are',
      { activity_type: 'A', user_id: 'u' },
      {},
      { activity_type: 'A', user_id: 'u' },
    ],
    ['another column', { event: 'A' }, { map: { activity_type: 'event' } }, { activity_type: 'A' }],
    [
      'what lies deeper',
      { user: { id: 'u' }, 'a.b': 1 },
      { map: { user_id: 'user.id', 'meta.x': 'a.b' } },
      { user_id: 'u', meta: { x: 1 } },
    ],
    [
      'one column for two fields',
      { email: 'u@x.io' },
      { map: { user_id: 'email', 'meta.email': 'email' } },
      { user_id: 'u@x.io', meta: { email: 'u@x.io' } },
    ],
    ['a constant wins', { source: 'X' }, { set: { source: 'Y' } }, { source: 'Y' }],
    ['the rest in meta', { a: 1, meta: { b: 2 } }, { rest: 'meta' }, { meta: { a: 1, b: 2 } }],
    ['meta wins over the rest', { b: 1, meta: { b: 2 } }, { rest: 'meta' }, { meta: { b: 2 } }],
    [
      'in meta: the rest, the object, its columns, what is mapped, and what is set',
      { a: 0, b: 0, c: 0, d: 0, meta: { a: 2, b: 2, c: 2, d: 2 }, 'meta.b': 1, x: 3 },
      { map: { 'meta.c': 'x' }, set: { 'meta.d': '4' }, rest: 'meta' },
      { meta: { a: 2, b: 1, c: 3, d: '4' } },
    ],
    [
      'the rest of what lies deeper',
      { u: { id: 1, k: 2 } },
      { map: { user_id: 'u.id' }, rest: 'meta' },
      { user_id: '1', meta: { u: { k: 2 } } },
    ],
    ['nothing of the rest', { a: 1, source: 'X' }, { rest: 'ignore' }, { source: 'X' }],
    ['columns of meta', { 'meta.plan': 'pro' }, {}, { meta: { plan: 'pro' } }],
    ['meta as JSON', { meta: '{"a":1}' }, {}, { meta: { a: 1 } }],
    ['a number in a text', { count: '12' }, {}, { count: 12, mode: 'USER' }],
    [
      'a count of a company',
      { count: 1, domain: 'x.io' },
      {},
      { count: 1, domain: 'x.io', mode: 'DOMAIN' },
    ],
    ['an id that is a number', { user_id: 12 }, {}, { user_id: '12' }],
    ['a count that is null', { user_id: 'u', count: null }, {}, { user_id: 'u' }],
    [
      'null beside a count',
      { count: 3, mode: null, user_id: null, domain: 'x.io' },
      {},
      { count: 3, mode: 'DOMAIN', domain: 'x.io' },
    ],
    [
      'numbers as large as they may be',
      { meta: { a: [9_007_199_254_740_991], b: 0.1 } },
      {},
      { meta: { a: [9_007_199_254_740_991], b: 0.1 } },
    ],
    ['a larger one that is left out', { ad: 2 ** 53 }, { rest: 'ignore' }, {}],
    ['null is nothing', { ip_addr: null, meta: null }, {}, {}],
    ['a column that is not there', {}, { map: { user_id: 'a.b.c' } }, {}],
    ['no prototype', { x: 1 }, { map: { user_id: 'constructor.name' }, rest: 'ignore' }, {}],
  ])('%s', (_, row, given, expected) => {
    expect(mapped(row, given)).toEqual(expected);
  });

  it.each<[string, object, Partial<Mapping>, string]>([
    ['an unknown column', { a: 'secret' }, {}, '"a" is no field'],
    [
      'a field that is mapped, and there too',
      { user_id: 'u', e: 'x' },
      { map: { user_id: 'e' } },
      '"user_id" is no field',
    ],
    [
      'what lies beside',
      { u: { id: 'u', plan: 'x' } },
      { map: { user_id: 'u.id' } },
      '"u" is no field',
    ],
    ['meta that is no JSON', { meta: '{' }, {}, 'meta is not JSON'],
    ['a number that was changed', { meta: { a: [2 ** 53] } }, {}, 'JavaScript cannot hold'],
    ['one among the rest', { ad: -(2 ** 53) }, { rest: 'meta' }, 'JavaScript cannot hold'],
    ['one in a text', { meta: '{"ad":120210000000000123}' }, {}, 'JavaScript cannot hold'],
    ['one without an end', { meta: '{"ad":1e400}' }, {}, 'JavaScript cannot hold'],
    ['meta that is no object', { meta: [1], a: 1 }, { rest: 'meta' }, 'meta is not an object'],
  ])('refuses %s', (_, row, given, reason) => {
    expect(() => mapped(row, given)).toThrow(reason);
  });

  it('leaves what is too deep to the client', () => {
    const text = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(() => createMapper(mapping())({ meta: text })).not.toThrow();
  });

  it('keeps what is called __proto__ where it can do no harm', () => {
    const row = JSON.parse('{"__proto__":{"admin":true}}') as object;
    const record = createMapper(mapping({ rest: 'meta' }))(row as Record<string, unknown>);
    expect(Object.keys(record.meta as object)).toEqual(['__proto__']);
    expect((record.meta as { admin?: boolean }).admin).toBeUndefined();
  });

  it('is a count when it says how many or of what kind', () => {
    expect([{}, { count: 0 }, { mode: 'USER' }].map(kindOf)).toEqual(['event', 'count', 'count']);
  });

  it('finds what is wrong with a header', () => {
    const { map } = { map: { user_id: 'email', product_id: 'nope' } };
    expect(checkColumns(['email', 'plan', 'source', 'meta.x'], mapping({ map }))).toEqual({
      unknown: ['plan'],
      missing: ['nope'],
    });
    expect(checkColumns(['plan'], mapping({ rest: 'ignore' })).unknown).toEqual([]);
  });
});

describe('event_at', () => {
  it.each<[unknown, number]>([
    ['1700000000', 1_700_000_000],
    ['100000000', 100_000_000],
    ['1700000000.5', 1_700_000_000.5],
    ['2024-01-31', 1_706_659_200],
    ['2024-01-31T10:00:00Z', 1_706_695_200],
    ['2024-01-31 10:00:00', 1_706_695_200],
    ['2024-01-31 10:00:00 UTC', 1_706_695_200],
    [' 2024-01-31T10:00 ', 1_706_695_200],
    ['2024-01-31T10:00:00.999z', 1_706_695_200],
    ['2024-01-31T12:30:00+02:30', 1_706_695_200],
    ['2024-01-31 05:00:00-05', 1_706_695_200],
    ['2024-02-29T00:00:00+0000', 1_709_164_800],
  ])('%s', (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });

  it.each(['2024-02-30', '2023-02-29', '2024-01-31T24:00', '2024-13-01', '2024-01-31T10:60'])(
    'there is no %s',
    (text) => {
      expect(() => secondsOf(text)).toThrow('event_at is a date that there is not');
    },
  );

  it.each([
    '20240131',
    '2024',
    '99999999.5',
    '31.01.2024',
    'yesterday',
    '2024-1-3',
    '1e9',
    '-5',
    '',
  ])('does not guess %s', (text) => {
    expect(() => secondsOf(text)).toThrow('event_at is neither');
  });

  it('leaves other values to the client', () => {
    expect(secondsOf(1_700_000_000_000)).toBe(1_700_000_000_000);
  });
});

describe('options of tallywire send', () => {
  it('reads pairs, with commas or again', () => {
    expect(parsePairs('user_id=email,event_at=at', { source: 'x' })).toEqual({
      source: 'x',
      user_id: 'email',
      event_at: 'at',
    });
    expect(parsePairs('environment=a,b')).toEqual({ environment: 'a,b' });
    expect(parsePairs('user_id=a=b')).toEqual({ user_id: 'a=b' });
    expect(parsePairs('meta.the plan=Plan, name')).toEqual({ 'meta.the plan': 'Plan, name' });
    for (const bad of ['', 'user_id', 'user_id=', '=x', 'user=x', 'meta.=x']) {
      expect(() => parsePairs(bad), bad).toThrow();
    }
  });

  it('reads the length of a window', () => {
    expect(['1h', '15m', '90s', '24h'].map(parseWindow)).toEqual([
      3_600_000, 900_000, 90_000, 86_400_000,
    ]);
    for (const bad of ['', 'h', '0s', '500ms', '25h', '1.5s', '2d', 'NaN']) {
      expect(() => parseWindow(bad), bad).toThrow();
    }
  });
});
