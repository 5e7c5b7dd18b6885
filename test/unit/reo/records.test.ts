import { describe, expect, it } from 'vitest';
import { toEpochSeconds, toWireCount, toWireEvent } from '../../../src/reo/to-wire.ts';
import type { UsageCount, UsageEvent } from '../../../src/reo/records.ts';

const event: UsageEvent = {
  activity_type: 'CALL HOME',
  product_id: 'web',
  user_id: 'ann@example.com',
  user_id_type: 'EMAIL',
  event_at: 1_735_689_600,
  event_id: 'e1',
};

describe('toEpochSeconds', () => {
  it.each<[Date | number, number]>([
    [1_735_689_600, 1_735_689_600],
    [1_735_689_600.9, 1_735_689_600],
    [639_303_296, 639_303_296],
    [new Date('2025-01-01T00:00:00.999Z'), 1_735_689_600],
    [9_999_999_999, 9_999_999_999],
  ])('%s is %i', (at, seconds) => {
    expect(toEpochSeconds(at)).toBe(seconds);
  });

  it.each([
    1_735_689_600_000,
    1n,
    true,
    [1_735_689_600],
    0,
    -1,
    NaN,
    Infinity,
    new Date(NaN),
    '2025-01-01',
    null,
  ])('refuses %s', (at) => {
    expect(() => toEpochSeconds(at as Date)).toThrow(/event_at/);
  });

  it('says what milliseconds look like', () => {
    expect(() => toEpochSeconds(Date.now())).toThrow(/milliseconds/);
  });
});

describe('toWireEvent', () => {
  it('adds what is always the same', () => {
    expect(toWireEvent(event)).toEqual({ ...event, source: 'PRODUCT_CLOUD' });
  });

  it('makes an id and a time when there is none', () => {
    const { event_id: _id, event_at: _at, ...rest } = event;
    const first = toWireEvent(rest);
    const second = toWireEvent(rest);
    expect(first.event_id).toMatch(/^[\da-f]{8}-/);
    expect(first.event_id).not.toBe(second.event_id);
    expect(Math.abs(first.event_at - Date.now() / 1_000)).toBeLessThan(5);
  });

  it('sends numeric ids as text', () => {
    expect(toWireEvent({ ...event, event_id: 1231231232 }).event_id).toBe('1231231232');
  });

  it('sends what was given at the call', () => {
    const meta = { plan: 'team' };
    const sent = toWireEvent({ ...event, meta });
    meta.plan = 'changed';
    expect(sent.meta).toEqual({ plan: 'team' });
  });

  it('refuses a field that the API would drop without a word', () => {
    expect(() => toWireEvent({ ...event, ip_adr: '1.2.3.4' } as UsageEvent)).toThrow(
      /^ip_adr is no/,
    );
    expect(() => toWireEvent({ ...event, count: 3 } as UsageEvent)).toThrow(/^count is no/);
    expect(() => toWireCount({ ...event, mode: 'USER', count: 1, n: 2 } as never)).toThrow(
      /^n is no/,
    );
  });

  it.each<[keyof UsageEvent, unknown]>([
    ['activity_type', ''],
    ['activity_type', undefined],
    ['product_id', 7],
    ['source', ''],
    ['user_id', ''],
    ['user_id_type', 'PHONE'],
    ['user_id_type', ''],
    ['event_id', ''],
    ['event_id', 1.5],
    ['event_id', {}],
    ['environment', 5],
    ['ip_addr', {}],
    ['user_agent', []],
    ['meta', 'team'],
    ['meta', ['a']],
    ['meta', null],
  ])('refuses %s: %j and names it', (field, value) => {
    expect(() => toWireEvent({ ...event, [field]: value })).toThrow(new RegExp(field));
  });
});

describe('toWireCount', () => {
  const { user_id, user_id_type, ...common } = event;
  const domain: UsageCount = {
    ...common,
    mode: 'DOMAIN',
    domain: 'example.com',
    count: 3,
  };
  const user: UsageCount = { ...event, mode: 'USER', count: 0 };

  it('sends the fields that a domain does not use empty, as the documents show', () => {
    expect(toWireCount(domain)).toMatchObject({
      mode: 'DOMAIN',
      user_id: '',
      user_id_type: '',
      count: 3,
    });
  });

  it('keeps the user of a user count', () => {
    expect(toWireCount(user)).toMatchObject({ mode: 'USER', user_id, user_id_type, count: 0 });
    expect(toWireCount(user)).not.toHaveProperty('domain');
  });

  it.each([-1, 1.5, NaN, Infinity, 2 ** 53, '3', undefined])('refuses a count of %j', (count) => {
    expect(() => toWireCount({ ...user, count } as UsageCount)).toThrow(/count/);
  });

  it.each(['ann@example.com', 'https://example.com', 'example.com/', ' example.com', 'a b'])(
    'refuses %j for a domain',
    (name) => {
      expect(() => toWireCount({ ...domain, domain: name })).toThrow(/a name like reo\.dev/);
    },
  );

  it('refuses an unknown mode and a missing domain', () => {
    expect(() => toWireCount({ ...domain, domain: undefined } as never)).toThrow('is missing');
    expect(() => toWireCount({ ...user, mode: 'COMPANY' } as never)).toThrow(/mode/);
    expect(() => toWireCount({ ...domain, domain: '' })).toThrow(/domain/);
  });
});
