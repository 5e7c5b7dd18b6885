import { ConfigError } from '../http/errors.ts';

/** Two calendar days, `YYYY-MM-DD`, both included. */
export interface Period {
  readonly start: string;
  readonly end: string;
}

const checkDay = (value: unknown, option: string): string => {
  const day = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : '';
  const date = new Date(`${day}T00:00:00Z`);
  // February 30th parses as March 1st: only what comes back unchanged is a day.
  if (day !== '' && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)) return day;
  throw new ConfigError(`${option} must be a calendar day as YYYY-MM-DD`);
};

/** @throws ConfigError unless both are calendar days and the start is not after the end. */
export const checkPeriod = ({ start, end }: Period, prefix = ''): Period => {
  const period = { start: checkDay(start, `${prefix}start`), end: checkDay(end, `${prefix}end`) };
  if (period.start > period.end) throw new ConfigError(`${prefix}start is after ${prefix}end`);
  return period;
};
