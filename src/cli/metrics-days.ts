import {
  type PeriodName,
  type PeriodOptions,
  resolvePeriod,
  type ResolvedPeriod,
} from '../reportei/index.ts';
import type { Source } from './load-queries.ts';
import type { MetricsFlags } from './metrics.ts';
import { Mistake } from './mistake.ts';

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
 * @throws Mistake for options that do not go together, ConfigError for days that cannot be.
 */
export function daysOf(flags: MetricsFlags, { options }: Source): Days {
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
