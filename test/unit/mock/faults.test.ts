import { describe, expect, it } from 'vitest';
import { createEvents, type MockEvent } from '../../../src/mock/events.ts';
import { checkedFault } from '../../../src/mock/faults/check.ts';
import {
  extraHeaders,
  malformed,
  replacement,
  deliveryOf,
} from '../../../src/mock/faults/effects.ts';
import { fits, holds, type Matched } from '../../../src/mock/faults/matching.ts';
import { createFaults, ruleOf, type Faults } from '../../../src/mock/faults/rules.ts';
import { corrupted } from '../../../src/mock/webhooks/corrupt.ts';
import type { FaultRule } from '../../../src/mock/schemas.ts';

const CALL: Matched = {
  operation: 'sendUsage',
  path: '/api/product/usage',
  query: { a: '1', b: '2' },
  headers: { 'x-team': 'Red', accept: '*/*' },
  body: { payload: { activity_type: 'LOGIN', meta: { tags: [{ n: 1 }, { n: 2, m: 3 }] } } },
};
const build = (seed = '1'): Faults => createFaults(seed, createEvents());

describe('a rule fits', () => {
  it.each<[FaultRule, boolean]>([
    [{}, true],
    [{ operation: 'sendUsage' }, true],
    [{ operation: 'getData' }, false],
    [{ match: {} }, true],
    [{ match: { path: '/api/product' } }, true],
    [{ match: { path: '/product' } }, false],
    [{ match: { query: { a: '1' } } }, true],
    [{ match: { query: { a: '1', b: '2' } } }, true],
    [{ match: { query: { a: '2' } } }, false],
    [{ match: { query: { c: '1' } } }, false],
    [{ match: { headers: { 'X-Team': 'Red' } } }, true],
    [{ match: { headers: { 'X-Team': 'red' } } }, false],
    [{ match: { headers: { constructor: 'x' } } }, false],
    [{ match: { body: { payload: { activity_type: 'LOGIN' } } } }, true],
    [{ match: { body: { payload: { activity_type: 'LOGOUT' } } } }, false],
    [{ match: { body: { payload: {} } } }, true],
    [{ match: { body: null } }, false],
    [{ match: { body: { payload: { meta: { tags: [{ m: 3 }, { n: 1 }] } } } } }, true],
    [{ match: { body: { payload: { meta: { tags: [{ n: 9 }] } } } } }, false],
    [{ match: { body: { payload: { meta: { tags: { n: 1 } } } } } }, false],
    [{ match: { body: { toString: {} } } }, false],
    [{ match: { body: JSON.parse('{"__proto__":{}}') as object } }, false],
    [{ operation: 'sendUsage', match: { path: '/api', query: { a: '1' }, body: { x: 1 } } }, false],
  ])('%j: %s', (rule, expected) => {
    expect(fits(rule, CALL)).toBe(expected);
  });

  it('a call for its metric only', () => {
    const asking = (reference_key: string) => ({ ...CALL, body: { metrics: [{ reference_key }] } });
    const rule = { metrics: { referenceKey: 'ig:reach', type: 'expired_token' } } as const;
    expect(fits(rule, asking('ig:reach'))).toBe(true);
    expect(fits(rule, asking('ig:views'))).toBe(false);
    expect(fits(rule, { ...CALL, body: undefined })).toBe(false);
    expect(fits({ metrics: { type: 'expired_token' } }, asking('ig:views'))).toBe(true);
  });

  it('a body that is missing only if it asks for none', () => {
    expect(fits({ match: { body: null } }, { ...CALL, body: undefined })).toBe(false);
    expect(fits({ match: { path: '/' } }, { ...CALL, body: undefined })).toBe(true);
    expect(holds(null, null)).toBe(true);
    expect(holds([], {})).toBe(false);
    expect(holds({}, null)).toBe(false);
  });
});

describe('the rules', () => {
  it('are tried from the newest on, and the first one that fits is used', () => {
    const faults = build();
    faults.add({ status: 500 });
    faults.add({ operation: 'getData', status: 501 });
    faults.add({ status: 503, times: 1 });
    const picked = [CALL, CALL].map((call) => faults.pick(call)?.status);
    expect(picked).toEqual([503, 500]);
    expect(faults.list().map(({ id, used, seen }) => [id, used, seen])).toEqual([
      ['f3', 1, 1],
      ['f2', 0, 0],
      ['f1', 1, 1],
    ]);
  });

  it('are used as often as they say', () => {
    const faults = build();
    faults.add({ status: 503, times: 3 });
    const hits = Array.from({ length: 5 }, () => faults.pick(CALL) !== undefined);
    expect(hits).toEqual([true, true, true, false, false]);
  });

  it('can be off, and count anew when they are on again', () => {
    const faults = build();
    const { id } = faults.add({ status: 503, times: 1 });
    expect(faults.pick(CALL)).toBeDefined();
    expect(faults.enable(id, false)).toMatchObject({ enabled: false, used: 1 });
    expect(faults.pick(CALL)).toBeUndefined();
    expect(faults.enable(id, true)).toMatchObject({ enabled: true, used: 0, seen: 0 });
    expect(faults.pick(CALL)).toMatchObject({ id, used: 1 });
    expect(faults.enable('f9', true)).toBeUndefined();
  });

  it('are gone when they are removed, and their ids with them', () => {
    const faults = build();
    const first = faults.add({});
    faults.add({});
    expect(faults.remove(first.id)).toBe(true);
    expect(faults.remove(first.id)).toBe(false);
    expect(faults.list().map(({ id }) => id)).toEqual(['f2']);
    faults.reset();
    expect(faults.list()).toEqual([]);
    expect(faults.add({}).id).toBe('f3');
    faults.reset([{ id: 'f12', enabled: true, used: 2, seen: 5 }]);
    expect(faults.add({}).id).toBe('f13');
  });

  it('do not change when their giver changes his own', () => {
    const faults = build();
    const rule = { match: { headers: { a: 'b' } }, status: 500 };
    faults.add(rule);
    rule.match.headers.a = 'c';
    expect(faults.list()[0]?.match?.headers).toEqual({ a: 'b' });
  });

  it('tell that they changed', () => {
    const events = createEvents();
    const heard: MockEvent[] = [];
    events.listen((event) => heard.push(event));
    const faults = createFaults('1', events);
    const { id } = faults.add({ operation: 'sendUsage' });
    faults.pick(CALL);
    faults.pick({ ...CALL, operation: 'getData' });
    faults.enable(id, false);
    faults.remove(id);
    faults.remove(id);
    expect(heard).toEqual(Array.from({ length: 4 }, () => ({ type: 'changed', data: 'faults' })));
  });

  it('are shown without what became of them, where a rule is wanted', () => {
    const faults = build();
    expect(ruleOf(faults.add({ status: 500, name: 'x' }))).toEqual({ status: 500, name: 'x' });
  });
});

describe('the dice', () => {
  const throws = (faults: Faults, count: number): boolean[] =>
    Array.from({ length: count }, () => faults.pick(CALL) !== undefined);
  const rule = { operation: 'sendUsage', probability: 0.3, status: 503 } as const;
  const thrown = (seed: string): boolean[] => {
    const faults = build(seed);
    faults.add(rule);
    return throws(faults, 2_000);
  };

  it('hit about as many calls as they should', () => {
    for (const seed of ['1', '2', 'seed']) {
      const hits = thrown(seed).filter(Boolean).length;
      expect(hits).toBeGreaterThan(520);
      expect(hits).toBeLessThan(680);
    }
  });

  it('fall alike for the same seed, and otherwise for another one', () => {
    expect(thrown('1')).toEqual(thrown('1'));
    expect(thrown('1')).not.toEqual(thrown('2'));
  });

  it('fall alike for the same rule, whatever was there before, and whatever it is called', () => {
    const faults = build();
    faults.add({ status: 500, times: 1 });
    throws(faults, 1);
    faults.reset();
    faults.add({ ...rule, name: 'a name' });
    expect(throws(faults, 100)).toEqual(thrown('1').slice(0, 100));
  });

  it('do not fall alike for two rules', () => {
    const faults = build();
    faults.add({ ...rule, status: 500 });
    expect(throws(faults, 100)).not.toEqual(thrown('1').slice(0, 100));
  });

  it('go on where they were after a restore', () => {
    const faults = build();
    faults.add(rule);
    throws(faults, 50);
    const other = build();
    other.reset(faults.list());
    expect(throws(other, 100)).toEqual(thrown('1').slice(50, 150));
  });

  it('are not needed for 0 and 1', () => {
    const faults = build();
    faults.add({ probability: 0 });
    expect(throws(faults, 500)).not.toContain(true);
    faults.add({ probability: 1 });
    expect(throws(faults, 500)).not.toContain(false);
  });
});

describe('the type of a metric that fails', () => {
  it.each(['expired_token', 'internal_error', 'quota_exceeded', 'x', 'token', 'x'.repeat(1_000)])(
    'may be %s',
    (type) => {
      expect(checkedFault({ metrics: { type } })).toEqual({ metrics: { type } });
    },
  );
});

describe('a rule that cannot work', () => {
  const nested: Record<string, unknown> = {};
  nested['self'] = nested;
  it.each<[string, unknown, RegExp]>([
    [
      'an unknown operation',
      { operation: 'sendUsages' },
      /^There is no operation sendUsages\. There are sendUsage, /,
    ],
    ['a method of objects', { operation: 'toString' }, /There is no operation toString/],
    ['a typo', { staus: 500 }, /^This is no fault: .*staus/],
    ['a typo within', { webhook: { eraly: true } }, /webhook.*eraly|eraly.*webhook/],
    [
      'a typo in a type',
      { metrics: { type: 'expird_token' } },
      /no documented.*mean expired_token\?$/,
    ],
    ['a type in other words', { metrics: { type: 'Expired token' } }, /mean expired_token\?$/],
    ['a typo in match', { match: { pth: '/' } }, /match.*pth|pth.*match/],
    [
      'a duration in words',
      { delay: '2 seconds' },
      /^This is no fault: delay "2 seconds" is not a duration such as 500, '2s' or '8d'$/,
    ],
    ['a negative duration', { slowBody: -1 }, /^This is no fault: slowBody -1 is not a duration/],
    ['a duration of another type', { delay: true }, /delay true is not a duration/],
    [
      'a duration within',
      { webhook: { delay: 'soon' } },
      /webhook\.delay "soon" is not a duration/,
    ],
    ['a duration of ages', { delay: '9999d' }, /^This is no fault: delay /],
    ['a fraction of a millisecond', { delay: 0.5 }, /^This is no fault: delay must be integer/],
    ['an unknown status', { status: 99 }, /status must be >= 200/],
    ['a probability above 1', { probability: 1.5 }, /probability must be <= 1/],
    ['no times', { times: 0 }, /times must be >= 1/],
    ['an unknown way to drop', { connection: 'drop' }, /connection must be equal to one of/],
    [
      'a header that breaks the line',
      { headers: { a: 'b\r\nc: d' } },
      /"a" cannot be sent as a header/,
    ],
    ['a header that ends in a line break', { headers: { a: 'b\n' } }, /"a" cannot be sent/],
    ['a header of another alphabet', { headers: { a: 'я' } }, /"a" cannot be sent/],
    ['a header without a name', { headers: { '': 'b' } }, /"" cannot be sent/],
    [
      'a Retry-After that breaks the line',
      { retryAfter: '1\r\nx: y' },
      /"retry-after" cannot be sent/,
    ],
    ['a number for a body', 7, /^This is no fault: body must be object/],
    ['a list', [], /^This is no fault: body must be object/],
    ['null', null, /^This is no fault: body must be object/],
    ['nothing', undefined, /^This is no fault: body must be object/],
    ['what JSON does not have', { body: 1n }, /^This is no fault: .*BigInt/],
    ['a circle', { body: nested }, /^This is no fault: .*circular/],
  ])('is refused: %s', (_what, rule, reason) => {
    expect(() => checkedFault(rule)).toThrow(reason);
  });

  it.each([
    ['nothing to do', {}, /^This fault does nothing: give it one of delay, status/],
    ['a time alone', { times: 3, operation: 'sendUsage' }, /^This fault does nothing/],
    ['metrics where none are', { operation: 'sendUsage', metrics: {} }, /have metrics, sendUsage/],
    ['a webhook where none is', { operation: 'getData', webhook: {} }, /has a webhook, getData/],
  ])('is refused: %s', (_what, rule, reason) => {
    expect(() => checkedFault(rule)).toThrow(reason);
  });

  it('does not stop what can', () => {
    const rule = { delay: '1.5s', slowBody: 100, webhook: { delay: '2h' }, headers: { a: 'é' } };
    expect(checkedFault(rule)).toEqual(rule);
    expect(checkedFault({ status: 503, body: undefined })).toEqual({ status: 503 });
    expect(checkedFault({ retryAfter: 'garbage', body: [] })).toEqual({
      retryAfter: 'garbage',
      body: [],
    });
  });
});

describe('the answer of a rule', () => {
  it.each([400, 401, 403, 404, 408, 413, 418, 422, 429, 500, 502, 503, 504, 599])(
    'of status %i alone is that of the API',
    (status) => {
      expect(replacement({ status }, 'reportei')).toEqual({
        status,
        body: { message: expect.stringMatching(/\w/) },
      });
      expect(replacement({ status }, 'reo')).toEqual({
        status,
        body: { response_code: status, response: expect.stringMatching(/\w/), status: 'failure' },
      });
    },
  );

  it.each<[FaultRule, unknown]>([
    [{}, undefined],
    [{ delay: 5, retryAfter: 3, headers: { a: 'b' }, malformed: true }, undefined],
    [
      { status: 500, body: { a: 1 } },
      { status: 500, body: { a: 1 } },
    ],
    [{ body: '<html>' }, { status: 200, body: '<html>' }],
    [{ body: null }, { status: 200, body: null }],
    [{ refuse: 'No' }, { status: 200, body: { message: 'No', type: 'internal_error' } }],
  ])('%j is %j', (rule, answer) => {
    expect(replacement(rule, 'reportei')).toEqual(answer);
  });

  it('is a failure inside a 200 as Reo writes it', () => {
    expect(replacement({ refuse: 'No' }, 'reo')).toEqual({
      status: 200,
      body: { response_code: 400, response: 'No', status: 'failure' },
    });
  });

  it('has its headers, in which the named ones win', () => {
    expect(extraHeaders({})).toEqual({});
    expect(extraHeaders({ retryAfter: 2, headers: { 'X-A': 'b' } })).toEqual({
      'retry-after': '2',
      'x-a': 'b',
    });
    expect(extraHeaders({ retryAfter: 2, headers: { 'Retry-After': '9' } })).toEqual({
      'retry-after': '9',
    });
  });

  it('arrives as it says', () => {
    expect(deliveryOf({})).toEqual({});
    expect(deliveryOf({ connection: 'reset', slowBody: '2s' })).toEqual({
      connection: 'reset',
      slowMs: 2000,
    });
  });
});

describe('a damaged body', () => {
  it.each(['{}', '{"a":1}', '[]', '[1,2]', '"text"', '', '1', 'null', '{"a":{"b":[1]}}'])(
    'of %j is no JSON',
    (json) => {
      expect(() => void JSON.parse(malformed(json))).toThrow(SyntaxError);
    },
  );

  it('of a webhook is as the rule says', () => {
    const id = '3051ed66-a05c-462a-aece-e1d900e78b02';
    const body = JSON.stringify({ [id]: { values: 1 } });
    expect(corrupted(body, undefined)).toBe(body);
    expect(corrupted(body, 'empty')).toBe('');
    expect(corrupted(body, 'truncated')).toBe(body.slice(0, Math.floor(body.length / 2)));
    expect(() => void JSON.parse(corrupted(body, 'malformed'))).toThrow(SyntaxError);
    for (const wrapped of [false, true]) {
      const text = wrapped ? `{"data":${body}}` : body;
      const foreign = JSON.parse(corrupted(text, 'foreign')) as Record<string, object>;
      const results = wrapped ? (foreign['data'] ?? {}) : foreign;
      expect(Object.values(results)).toEqual([{ values: 1 }]);
      expect(Object.keys(results)).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
      expect(results).not.toHaveProperty(id);
    }
  });
});
