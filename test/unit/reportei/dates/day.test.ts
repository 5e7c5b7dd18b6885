import { runInNewContext } from 'node:vm';
import { Temporal } from '@js-temporal/polyfill';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Day, dayIn, resolvePeriod } from '../../../../src/reportei/dates/index.ts';

/** What was read, by way of a period of that one day. */
const read = (day: Day, timeZone?: string): string => {
  const { start, end } = resolvePeriod({ start: day, end: day, timeZone } as never);
  expect(end).toBe(start);
  return start;
};

const config = (message: RegExp) =>
  expect.objectContaining({ code: 'config', message: expect.stringMatching(message) as string });

describe('a day as text', () => {
  it.each([
    '2024-02-29',
    '2000-02-29',
    '1900-02-28',
    '2023-12-31',
    '1969-12-31',
    '0001-01-01',
    '0099-12-31',
    '9999-12-31',
  ])('%s is one, and needs no zone', (day) => {
    expect(read(day)).toBe(day);
    expect(read(day, 'Pacific/Kiritimati')).toBe(day);
  });

  it.each([
    '2023-02-29',
    '2024-02-30',
    '1900-02-29',
    '2100-02-29',
    '2024-04-31',
    '2024-13-01',
    '2024-00-10',
    '2024-01-00',
    '2024-01-32',
    '2024-1-1',
    '24-01-01',
    '2024/01/01',
    '01.02.2024',
    '2024-01-01T00:00:00Z',
    '2024-01-01 ',
    ' 2024-01-01',
    '2024-01-01\n',
    '2024-W01-1',
    '2024-001',
    '20240101',
    'today',
    '',
  ])('%j is none', (day) => {
    expect(() => read(day)).toThrow(config(/^start must be a calendar day: YYYY-MM-DD, /));
  });

  it.each(['0000-12-31', '+010000-01-01', '-000001-01-01'])('%s is out of range', (day) => {
    expect(() => read(day)).toThrow(config(/^start is outside the years 0001 to 9999$/));
  });

  it.each([
    ['a number', 1_704_067_200_000],
    ['null', null],
    ['a list', ['2024-01-01']],
    ['what only looks like a day', { toString: () => '2024-01-01' }],
    ['a function', () => '2024-01-01'],
  ])('%s is none', (_, value) => {
    expect(() => read(value as never)).toThrow(config(/^start must be a calendar day/));
  });

  it('names the one that is wrong', () => {
    const good = '2024-01-01';
    expect(() => resolvePeriod({ start: good, end: 'x' })).toThrow(config(/^end must/));
    expect(() =>
      resolvePeriod({ start: good, end: good, compare: { start: 'x', end: good } }),
    ).toThrow(config(/^compare\.start must/));
    expect(() =>
      resolvePeriod({ start: good, end: good, compare: { start: good, end: 'x' } }),
    ).toThrow(config(/^compare\.end must/));
  });
});

describe('a day as a Date: zone-correct, also near midnight', () => {
  it.each([
    ['UTC', '2024-01-31T23:59:59.999Z', '2024-01-31'],
    ['UTC', '2024-02-01T00:00:00.000Z', '2024-02-01'],
    // Three hours behind: the evening belongs to a day that is over in UTC.
    ['America/Sao_Paulo', '2024-02-01T02:59:59.999Z', '2024-01-31'],
    ['America/Sao_Paulo', '2024-02-01T03:00:00.000Z', '2024-02-01'],
    // A day without a midnight: from 23:59:59 to 01:00:00.
    ['America/Sao_Paulo', '2018-11-04T02:59:59.999Z', '2018-11-03'],
    ['America/Sao_Paulo', '2018-11-04T03:00:00.000Z', '2018-11-04'],
    // A day with its last hour twice.
    ['America/Sao_Paulo', '2018-02-18T01:59:59.999Z', '2018-02-17'],
    ['America/Sao_Paulo', '2018-02-18T02:00:00.000Z', '2018-02-17'],
    ['America/Sao_Paulo', '2018-02-18T02:59:59.999Z', '2018-02-17'],
    ['America/Sao_Paulo', '2018-02-18T03:00:00.000Z', '2018-02-18'],
    ['America/New_York', '2024-03-10T04:59:59.999Z', '2024-03-09'],
    ['America/New_York', '2024-03-11T03:59:59.999Z', '2024-03-10'],
    ['America/New_York', '2024-03-11T04:00:00.000Z', '2024-03-11'],
    ['America/New_York', '2024-11-03T03:59:59.999Z', '2024-11-02'],
    ['America/New_York', '2024-11-04T04:59:59.999Z', '2024-11-03'],
    ['America/New_York', '2024-11-04T05:00:00.000Z', '2024-11-04'],
    // Ahead of UTC.
    ['Pacific/Kiritimati', '2023-12-31T09:59:59.999Z', '2023-12-31'],
    ['Pacific/Kiritimati', '2023-12-31T10:00:00.000Z', '2024-01-01'],
    ['Pacific/Auckland', '2024-01-01T10:59:59.999Z', '2024-01-01'],
    ['Pacific/Auckland', '2024-01-01T11:00:00.000Z', '2024-01-02'],
    // It skipped December 30th.
    ['Pacific/Apia', '2011-12-30T09:59:59.999Z', '2011-12-29'],
    ['Pacific/Apia', '2011-12-30T10:00:00.000Z', '2011-12-31'],
    // Parts of an hour.
    ['Asia/Kolkata', '2024-02-28T18:29:59.999Z', '2024-02-28'],
    ['Asia/Kolkata', '2024-02-28T18:30:00.000Z', '2024-02-29'],
    ['Asia/Kathmandu', '2024-02-29T18:14:59.999Z', '2024-02-29'],
    ['Asia/Kathmandu', '2024-02-29T18:15:00.000Z', '2024-03-01'],
    ['Pacific/Chatham', '2024-07-01T11:14:59.999Z', '2024-07-01'],
    ['Pacific/Chatham', '2024-07-01T11:15:00.000Z', '2024-07-02'],
    ['Africa/Monrovia', '1971-06-01T00:44:29.000Z', '1971-05-31'],
    ['Africa/Monrovia', '1971-06-01T00:44:30.000Z', '1971-06-01'],
    ['Etc/GMT+12', '2024-03-01T11:59:59.999Z', '2024-02-29'],
    ['Etc/GMT+12', '2024-03-01T12:00:00.000Z', '2024-03-01'],
    // Before 1970, and before 1900.
    ['Europe/Paris', '1969-12-31T22:59:59.999Z', '1969-12-31'],
    ['Europe/Paris', '1969-12-31T23:00:00.000Z', '1970-01-01'],
    ['UTC', '1582-10-10T00:00:00.000Z', '1582-10-10'],
    ['UTC', '0099-12-31T23:59:59.999Z', '0099-12-31'],
    // The farthest that a zone ever was from UTC.
    ['Asia/Manila', '1844-12-30T15:00:00.000Z', '1844-12-29'],
  ])('%s, %s: %s', (timeZone, moment, day) => {
    expect(read(new Date(moment), timeZone)).toBe(day);
    expect(dayIn(timeZone, new Date(moment))).toBe(day);
  });

  it('agrees with Temporal in every zone, at any time', { timeout: 60_000 }, () => {
    const zones = Intl.supportedValuesOf('timeZone');
    const limits = [
      Date.parse('0001-01-03T00:00:00Z'),
      Date.parse('9999-12-29T00:00:00Z'),
    ] as const;
    const recent = [
      Date.parse('1900-01-01T00:00:00Z'),
      Date.parse('2050-01-01T00:00:00Z'),
    ] as const;
    const ms = fc.oneof(
      { weight: 1, arbitrary: fc.integer({ min: limits[0], max: limits[1] }) },
      { weight: 3, arbitrary: fc.integer({ min: recent[0], max: recent[1] }) },
    );
    fc.assert(
      fc.property(fc.constantFrom(...zones), ms, (zone, ms) => {
        const oracle = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
        expect(dayIn(zone, new Date(ms))).toBe(oracle.toPlainDate().toString());
      }),
      { numRuns: 1_000 },
    );
  });

  it('agrees with Temporal around the midnights of each zone', { timeout: 60_000 }, () => {
    const zones = Intl.supportedValuesOf('timeZone');
    const day = fc.integer({ min: 0, max: 365 * 55 });
    const near = fc.integer({ min: -3, max: 3 }).map((half) => half * 1_800_000);
    fc.assert(
      fc.property(fc.constantFrom(...zones), day, near, (zone, day, near) => {
        const date = Temporal.PlainDate.from('1970-01-01').add({ days: day });
        const midnight = date.toZonedDateTime(zone).epochMilliseconds;
        for (const ms of [midnight - 1, midnight, midnight + near]) {
          const oracle = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
          expect(dayIn(zone, new Date(ms))).toBe(oracle.toPlainDate().toString());
        }
      }),
      { numRuns: 500 },
    );
  });

  it('takes the Date of another realm', () => {
    const date = runInNewContext(`new Date('2024-01-01T02:00:00Z')`) as Date;
    expect(date).not.toBeInstanceOf(Date);
    expect(read(date, 'America/Sao_Paulo')).toBe('2023-12-31');
  });

  it('refuses a moment without a zone, and says so', () => {
    const date = new Date('2024-01-01T00:00:00Z');
    expect(() => read(date)).toThrow(config(/^start is a moment: state the timeZone of its day$/));
    expect(() =>
      resolvePeriod({
        start: '2024-01-01',
        end: '2024-01-01',
        compare: { start: '2023-01-01', end: date },
      } as never),
    ).toThrow(config(/^compare\.end is a moment/));
  });

  it('refuses an invalid Date', () => {
    expect(() => read(new Date(NaN), 'UTC')).toThrow(config(/^start must be .* a valid Date/));
    expect(() => dayIn('UTC', new Date('x'))).toThrow(config(/^the moment must be/));
    expect(() => resolvePeriod({ period: 'today', timeZone: 'UTC' }, new Date(NaN))).toThrow(
      config(/^now must be/),
    );
  });

  it.each([8.64e15, -8.64e15, Date.parse('+010000-01-01'), Date.parse('0000-12-31')])(
    'refuses a Date that YYYY-MM-DD cannot tell: %d',
    (ms) => {
      expect(() => read(new Date(ms), 'UTC')).toThrow(
        config(/^start (is outside the years 0001 to 9999|must be a calendar day)/),
      );
    },
  );
});

describe('the zone', () => {
  it.each(['Mars/Olympus', 'america', '', '+03:00', '-03:00', 'GMT+3', 'local', 'UTC '])(
    'refuses %j',
    (timeZone) => {
      const message = config(/^timeZone must be an IANA name, such as America\/Sao_Paulo$/);
      expect(() => read('2024-01-01', timeZone)).toThrow(message);
      expect(() => dayIn(timeZone, new Date())).toThrow(message);
    },
  );

  it.each([null, 5, {}])('refuses %j', (timeZone) => {
    expect(() => read('2024-01-01', timeZone as never)).toThrow(config(/^timeZone must be/));
  });

  it.each(['UTC', 'Etc/GMT+3', 'America/Argentina/Buenos_Aires', 'Asia/Calcutta', 'Asia/Kolkata'])(
    'takes %s',
    (timeZone) => {
      expect(read('2024-01-01', timeZone)).toBe('2024-01-01');
    },
  );
});

describe('the machine’s own zone', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each([
    ['Pacific/Kiritimati', -14 * 60],
    ['Pacific/Niue', 11 * 60],
    ['America/Sao_Paulo', 3 * 60],
  ])('does not matter: %s', (timeZone, offset) => {
    vi.stubEnv('TZ', timeZone);
    expect(new Date('2024-01-01').getTimezoneOffset()).toBe(offset);
    for (const hour of ['00', '06', '12', '18', '23']) {
      const moment = new Date(`2024-03-01T${hour}:30:00Z`);
      expect(read(moment, 'UTC')).toBe('2024-03-01');
      expect(resolvePeriod({ period: 'last-month', timeZone: 'UTC' }, moment)).toEqual({
        start: '2024-02-01',
        end: '2024-02-29',
      });
    }
    expect(
      resolvePeriod({ start: '2018-11-04', end: '2018-11-04', compare: 'previous-period' }).compare,
    ).toEqual({ start: '2018-11-03', end: '2018-11-03' });
  });
});
