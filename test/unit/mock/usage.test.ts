import { describe, expect, it } from 'vitest';
import { createUsage } from '../../../src/mock/usage.ts';
import { DOMAIN_COUNT, EVENT } from './support.ts';

const AT = '2026-01-15T09:30:00.000Z';
const NONE = { received: 0, duplicates: 0, dropped: 0, totals: {} };

describe('usage', () => {
  it('is kept as it arrived, and summed up', () => {
    const { events, counts } = createUsage();
    expect([events.totals(), counts.totals()]).toEqual([NONE, NONE]);
    events.add(AT, { ...EVENT, activity_type: 'A' }, false);
    events.add(AT, { ...EVENT, activity_type: 'A' }, false);
    events.add(AT, { ...EVENT, activity_type: 'B' }, true);
    counts.add(AT, { ...DOMAIN_COUNT, count: 5, activity_type: 'A' }, false);
    counts.add(AT, { ...DOMAIN_COUNT, count: 0, activity_type: 'A' }, false);
    expect(events.totals()).toEqual({ received: 3, duplicates: 0, dropped: 1, totals: { A: 2 } });
    expect(counts.totals()).toEqual({ received: 2, duplicates: 0, dropped: 0, totals: { A: 5 } });
    expect(events.records().map(({ dropped }) => dropped)).toEqual([false, false, true]);
    expect(counts.records()[0]).toEqual({
      receivedAt: AT,
      duplicate: false,
      dropped: false,
      payload: { ...DOMAIN_COUNT, count: 5, activity_type: 'A' },
    });
  });

  it('tells what had arrived before, by its id, within its own call', () => {
    const { events, counts } = createUsage();
    const add = (event_id?: string | number): boolean =>
      events.add(AT, event_id === undefined ? EVENT : { ...EVENT, event_id }, false).duplicate;
    expect([add('7'), add('7'), add(7), add(8), add('8'), add(), add()]).toEqual([
      false,
      true,
      true,
      false,
      true,
      false,
      false,
    ]);
    expect(counts.add(AT, { ...DOMAIN_COUNT, event_id: '7' }, false).duplicate).toBe(false);
    expect(events.totals()).toMatchObject({ received: 7, duplicates: 3 });
  });

  it('sums up activities of any name', () => {
    const { events } = createUsage();
    for (const activity_type of ['__proto__', 'constructor', 'toString'])
      events.add(AT, { ...EVENT, activity_type }, false);
    const { totals } = events.totals();
    expect(Object.entries(totals)).toEqual([
      ['__proto__', 1],
      ['constructor', 1],
      ['toString', 1],
    ]);
  });

  it('has sums that JSON can hold', () => {
    const { counts } = createUsage();
    for (let n = 0; n < 3; n += 1) counts.add(AT, { ...DOMAIN_COUNT, count: 1.7e308 }, false);
    expect(JSON.parse(JSON.stringify(counts.totals()))).toEqual(counts.totals());
  });

  it('keeps the latest 100,000 records, and their ids, and counts them all', () => {
    const { events } = createUsage();
    for (let n = 0; n < 125_000; n += 1) events.add(AT, { ...EVENT, event_id: `e${n}` }, false);
    const kept = events.records();
    expect(kept).toHaveLength(100_000);
    expect(kept[0]?.payload.event_id).toBe('e25000');
    expect(events.totals()).toMatchObject({
      received: 125_000,
      totals: { LOGIN_ACTIVITY: 125_000 },
    });
    expect(events.add(AT, { ...EVENT, event_id: 'e0' }, false).duplicate).toBe(false);
    expect(events.add(AT, { ...EVENT, event_id: 'e124999' }, false).duplicate).toBe(true);
  });

  it('still knows the id of a record that is older than the one that repeated it', () => {
    const { events } = createUsage();
    events.add(AT, { ...EVENT, event_id: 'again' }, false);
    for (let n = 0; n < 60_000; n += 1) events.add(AT, EVENT, false);
    events.add(AT, { ...EVENT, event_id: 'again' }, false);
    for (let n = 0; n < 60_000; n += 1) events.add(AT, EVENT, false);
    expect(events.add(AT, { ...EVENT, event_id: 'again' }, false).duplicate).toBe(true);
  });

  it('is forgotten, or put back', () => {
    const { events } = createUsage();
    events.add(AT, { ...EVENT, event_id: 'a' }, false);
    events.add(AT, { ...EVENT, event_id: 'a' }, true);
    const records = events.records();
    const totals = events.totals();
    events.reset();
    expect([events.records(), events.totals()]).toEqual([[], NONE]);
    expect(events.add(AT, { ...EVENT, event_id: 'a' }, false).duplicate).toBe(false);
    events.reset(records);
    expect([events.records(), events.totals()]).toEqual([records, totals]);
    expect(events.add(AT, { ...EVENT, event_id: 'a' }, false).duplicate).toBe(true);
  });
});
