import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domainsOf, timelineOf, type AnyRecord } from '../../../src/mock/usage-charts.ts';
import { DOMAIN_COUNT, EVENT, USER_COUNT } from './support.ts';

const META = { receivedAt: '2026-01-15T09:30:00.000Z', duplicate: false, dropped: false };
const event = (changes: object, dropped = false): AnyRecord => ({
  ...META,
  dropped,
  kind: 'event',
  payload: { ...EVENT, ...changes },
});
const count = (changes: object): AnyRecord => ({
  ...META,
  kind: 'count',
  payload: { ...DOMAIN_COUNT, ...changes },
});

describe('companies', () => {
  it.each<[AnyRecord, object]>([
    [event({ user_id: 'Ann@Example.COM' }), { 'example.com': 1 }],
    [event({ user_id: 'ann' }), {}],
    [event({ user_id: 'https://social.test/@ann' }), {}],
    [event({ user_id: 'ann@example.com' }, true), {}],
    [count({ domain: 'www.Reo.dev', count: 7 }), { 'reo.dev': 7 }],
    [count({ domain: 'reo.dev', count: 0 }), { 'reo.dev': 0 }],
    [{ ...META, kind: 'count', payload: { ...USER_COUNT, domain: '' } }, { 'reo.dev': 40 }],
  ])('of %j', (record, domains) => {
    expect(domainsOf([record])).toEqual(domains);
  });

  it('are the greatest thousand, the greatest first', () => {
    const records = Array.from({ length: 1_500 }, (_, n) =>
      count({ domain: `d${n}.test`, count: n }),
    );
    const found = Object.entries(domainsOf(records));
    expect(found).toHaveLength(1_000);
    expect([found[0], found.at(-1)]).toEqual([
      ['d1499.test', 1499],
      ['d500.test', 500],
    ]);
  });

  it('have sums that JSON can hold', () => {
    const records = Array.from({ length: 3 }, () => count({ count: 1.7e308 }));
    const shown = { domains: domainsOf(records), timeline: timelineOf(records) };
    expect(JSON.parse(JSON.stringify(shown))).toEqual(shown);
  });
});

describe('the timeline', () => {
  it('is empty without records', () => {
    const empty = { from: 0, step: 3600, activities: {} };
    expect(timelineOf([])).toEqual(empty);
    expect(timelineOf([event({}, true)])).toEqual(empty);
  });

  it('sums events and counts by when they happened', () => {
    const from = 1_735_689_600;
    const records = [
      event({ event_at: from + 61, activity_type: 'A' }),
      count({ event_at: from, activity_type: 'A', count: 5 }),
      event({ event_at: from + 179, activity_type: 'B' }),
      event({ event_at: from + 100, activity_type: 'C' }, true),
    ];
    expect(timelineOf(records)).toEqual({
      from,
      step: 60,
      activities: { A: [5, 1, 0], B: [0, 0, 1] },
    });
  });

  it('shows the twelve greatest activities, and the rest as one', () => {
    const records = Array.from({ length: 15 }, (_, n) =>
      count({ activity_type: `A${n}`, count: n + 1 }),
    );
    const { activities } = timelineOf(records);
    expect(Object.keys(activities)).toHaveLength(13);
    expect(activities['(other)']).toEqual([1 + 2 + 3]);
    expect(activities['A14']).toEqual([15]);
  });

  it('has few steps and loses nothing, whatever the times', () => {
    const time = fc.integer({ min: 1, max: 9_999_999_999 });
    const close = fc.integer({ min: 1_735_689_600, max: 1_735_789_600 });
    fc.assert(
      fc.property(fc.array(fc.oneof(time, close), { minLength: 1, maxLength: 40 }), (times) => {
        const { from, step, activities } = timelineOf(times.map((event_at) => event({ event_at })));
        const line = activities['LOGIN_ACTIVITY'] ?? [];
        expect(line.reduce((sum, one) => sum + one, 0)).toBe(times.length);
        expect(line.length).toBeLessThanOrEqual(120);
        expect(from % step).toBe(0);
        expect(Number.isInteger(from) && Number.isInteger(step) && step >= 1).toBe(true);
        for (const [at, value] of line.entries()) {
          const begins = from + at * step;
          expect(times.filter((one) => one >= begins && one < begins + step)).toHaveLength(value);
        }
      }),
    );
  });
});
