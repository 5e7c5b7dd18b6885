import { Temporal as Polyfill } from '@js-temporal/polyfill';
import { describe, expect, it } from 'vitest';
import { type Day, dayIn, resolvePeriod } from '../../../../src/reportei/dates/index.ts';

const read = (day: Day, timeZone?: string): string =>
  resolvePeriod({ start: day, end: day, timeZone } as never).start;

const native = (globalThis as { Temporal?: typeof Polyfill }).Temporal;

const implementations = [
  { name: 'the polyfill', Temporal: Polyfill },
  ...(native ? [{ name: 'the runtime', Temporal: native }] : []),
];

const isConfig = expect.objectContaining({ code: 'config' });

describe.each(implementations)('objects of $name', ({ Temporal }) => {
  const instant = Temporal.Instant.from('2024-01-01T02:30:00Z');
  const zoned = instant.toZonedDateTimeISO('America/Sao_Paulo');

  it('a PlainDate is its own day, with and without a zone', () => {
    const day = Temporal.PlainDate.from('2024-02-29');
    expect(read(day)).toBe('2024-02-29');
    expect(read(day, 'Pacific/Kiritimati')).toBe('2024-02-29');
  });

  it('a PlainDateTime is its own day, at any hour', () => {
    expect(read(Temporal.PlainDateTime.from('2024-02-29T00:00'))).toBe('2024-02-29');
    expect(read(Temporal.PlainDateTime.from('2024-02-29T23:59:59.999999999'))).toBe('2024-02-29');
    expect(read(Temporal.PlainDateTime.from('2024-02-29T23:59'), 'Asia/Tokyo')).toBe('2024-02-29');
  });

  it('the calendar does not matter: the wire has the ISO day', () => {
    const day = Temporal.PlainDate.from('2024-02-29');
    for (const calendar of ['hebrew', 'islamic-civil', 'buddhist', 'japanese', 'gregory']) {
      expect(day.withCalendar(calendar).toString()).not.toBe('2024-02-29');
      expect(read(day.withCalendar(calendar))).toBe('2024-02-29');
      expect(read(day.withCalendar(calendar).toPlainDateTime('12:00'))).toBe('2024-02-29');
      expect(read(zoned.withCalendar(calendar))).toBe('2023-12-31');
      expect(read(zoned.withCalendar(calendar), 'UTC')).toBe('2024-01-01');
    }
  });

  it('a ZonedDateTime is the day in its own zone, or in the one that is stated', () => {
    expect(read(zoned)).toBe('2023-12-31');
    expect(read(zoned, 'UTC')).toBe('2024-01-01');
    expect(read(zoned, 'America/Sao_Paulo')).toBe('2023-12-31');
  });

  it('an Instant is a moment: it needs a zone', () => {
    expect(() => read(instant)).toThrow(/^start is a moment: state the timeZone/);
    expect(read(instant, 'America/Sao_Paulo')).toBe('2023-12-31');
    expect(read(instant, 'Asia/Tokyo')).toBe('2024-01-01');
    expect(dayIn('America/Sao_Paulo', instant)).toBe('2023-12-31');
  });

  it('a nanosecond before a midnight before 1970 is the day before', () => {
    const last = Temporal.Instant.from('1969-12-31T23:59:59.999999999Z');
    expect(read(last, 'UTC')).toBe('1969-12-31');
    expect(read(Temporal.Instant.from('1960-02-29T23:59:59.999999999Z'), 'UTC')).toBe('1960-02-29');
  });

  it('years that YYYY-MM-DD cannot tell are refused', () => {
    for (const day of ['+010000-01-01', '-000001-12-31', '+000000-12-31']) {
      expect(() => read(Temporal.PlainDate.from(day))).toThrow(isConfig);
    }
    expect(read(Temporal.PlainDate.from('0001-01-01'))).toBe('0001-01-01');
  });

  it('what has no date is refused', () => {
    const others = [
      Temporal.PlainYearMonth.from('2024-02'),
      Temporal.PlainMonthDay.from('02-29'),
      Temporal.PlainMonthDay.from({ monthCode: 'M01', day: 5, calendar: 'hebrew' }),
      Temporal.PlainTime.from('12:00'),
      Temporal.Duration.from('P1D'),
    ];
    for (const other of others) {
      expect(() => read(other as never, 'UTC')).toThrow(/^start must be a calendar day/);
    }
  });
});
