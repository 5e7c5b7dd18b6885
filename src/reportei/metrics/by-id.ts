import type { CallOptions } from '../../http/options.ts';
import type { Compare, PeriodOptions } from '../dates/index.ts';
import { payloadOptions, readPayload } from '../queries/payload.ts';
import type { Queries } from '../queries/query.ts';
import { distinct } from '../results/distinct.ts';
import type { ManyRequestsOptions } from './ask.ts';
import { isUuid } from './ids.ts';
import type { FetchOptions } from './question.ts';

/** Options of `metricsById`: what the payload holds already need not be given. */
export type ByIdOptions = ManyRequestsOptions &
  CallOptions & {
    readonly integration?: string | readonly string[] | undefined;
  } & (
    | PeriodOptions
    | {
        readonly start?: undefined;
        readonly end?: undefined;
        readonly period?: undefined;
        readonly compare?: Compare | undefined;
        readonly timeZone?: string | undefined;
      }
  );

/** A payload's queries by their ids, by their reference keys where they have none. */
export const queriesById = (payload: unknown): Queries => {
  const queries = readPayload(payload);
  const keys = distinct(queries.map(({ id, wire }) => id ?? wire.reference_key));
  return Object.fromEntries(
    queries.map(({ id, wire }, i) => [keys[i], isUuid(id) ? { id, wire } : { wire }]),
  );
};

/** The given options, and the payload's where there are none. */
export const withPayload = (payload: unknown, options: ByIdOptions): FetchOptions => {
  const { start, end, compare, ...kept } = payloadOptions(payload);
  const isDated =
    options.period !== undefined || options.start !== undefined || options.end !== undefined;
  const dates = isDated ? {} : { start, end, ...(compare && { compare }) };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...kept, ...dates, ...Object.fromEntries(given) } as FetchOptions;
};
