import { parseDay } from '../reportei/dates/calendar.ts';
import { inZone } from '../reportei/dates/day.ts';
import { namedSpan } from '../reportei/dates/named.ts';
import {
  isSdkError,
  type PeriodName,
  type PeriodOptions,
  resolvePeriod,
  type ResolvedPeriod,
} from '../reportei/index.ts';
import type { Source } from './load-queries.ts';
import type { MetricsFlags } from './metrics.ts';
import { Mistake } from './mistake.ts';
import { shown } from './shown.ts';

export interface Days {
  readonly period: ResolvedPeriod;
  readonly timeZone: string | undefined;
  /** Whether the zone is this machine's, which nobody has stated. */
  readonly isOwnZone: boolean;
}

/**
 * The days that the options mean, and the payload's where they mean none. Told once, so that all
 * requests of a run are about the same ones, also over midnight.
 *
 * @throws Mistake for options that do not go together, and for days that cannot be; ConfigError for
 *   days to compare with that no calendar has.
 */
export function daysOf(flags: MetricsFlags, { options }: Pick<Source, 'options'>): Days {
  const { start, end, period } = flags;
  const isWhole =
    period === undefined ? (start === undefined) === (end === undefined) : !start && !end;
  if (!isWhole || (start === undefined && period === undefined && options.start === undefined)) {
    throw new Mistake('which days? Give --start and --end, or else --period and its name');
  }
  const isDated = start !== undefined || end !== undefined || period !== undefined;
  const dates = isDated ? { start, end } : { start: options.start, end: options.end };
  const compare = flags.compare ?? (isDated ? undefined : options.compare);
  const stated = flags.timeZone ?? options.timeZone;
  const isOwnZone = period !== undefined && stated === undefined;
  const timeZone = isOwnZone ? ownZone() : stated;
  const payload = (key: string): string => `the payload's ${key}`;
  if (timeZone !== undefined) {
    const given = flags.timeZone !== undefined || isOwnZone;
    checkZone(timeZone, given ? '--time-zone' : payload('client_timezone'));
  }
  if (period !== undefined) checkName(period);
  else if (isDated) checkDays(dates, '--start', '--end');
  else checkDays(dates, payload('start'), payload('end'));
  if (typeof compare === 'object') {
    if (flags.compare === undefined) {
      checkDays(compare, payload('comparison_start'), payload('comparison_end'));
    } else checkDays(compare, 'the first day of --compare', 'the last day of --compare');
  }
  const asked = period === undefined ? dates : { ...dates, period: period as PeriodName };
  return {
    period: resolvePeriod({
      ...asked,
      ...(compare !== undefined && { compare }),
      ...(timeZone !== undefined && { timeZone }),
    } as PeriodOptions),
    timeZone,
    isOwnZone,
  };
}

/** Left out where the machine has none that Connect would know: then the option is asked for. */
function ownZone(): string | undefined {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined;
  return zone === undefined || !/^[a-z]/i.test(zone) || zone === 'Etc/Unknown' ? undefined : zone;
}

// The same rules as those of the client, in the words of the command line.

interface GivenDays {
  readonly start?: unknown;
  readonly end?: unknown;
}

function checkDays({ start, end }: GivenDays, startName: string, endName: string): void {
  const dayOf = (value: unknown, name: string): number => {
    const day = typeof value === 'string' ? parseDay(value) : NaN;
    if (Number.isNaN(day)) {
      throw new Mistake(`${name} is ${shown(value)}, which is no day: write it as 2024-08-31`);
    }
    return day;
  };
  if (dayOf(start, startName) <= dayOf(end, endName)) return;
  throw new Mistake(`${startName} (${shown(start)}) is after ${endName} (${shown(end)})`);
}

function checkZone(timeZone: string, name: string): void {
  if (isFine(() => inZone(timeZone))) return;
  throw new Mistake(
    `${name} is ${shown(timeZone)}, which is no time zone: write it as America/Sao_Paulo or UTC`,
  );
}

function checkName(period: string): void {
  if (isFine(() => namedSpan(period as PeriodName, 0))) return;
  throw new Mistake(
    `--period is ${shown(period)}, which is none: write today, yesterday, last-7-days, last-month, ` +
      'month-to-date and the like (--help has all)',
  );
}

function isFine(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (isSdkError(error)) return false;
    throw error;
  }
}
