import { ConfigError } from '../../http/errors.ts';
import { isObject } from '../../http/is-object.ts';
import type { WireQuery } from './query.ts';

/** One query of a payload, with the id that it came with. */
export interface PayloadQuery {
  readonly id: string | undefined;
  readonly wire: WireQuery;
}

const listOf = (payload: unknown): readonly unknown[] => {
  if (isObject(payload) && payload.reference_key !== undefined) return [payload];
  const found = isObject(payload) ? (payload.metrics ?? payload.widgets) : payload;
  if (Array.isArray(found)) {
    if (found.length > 0) return found;
    throw new ConfigError("the payload's list of queries is empty");
  }
  throw new ConfigError('a payload is a list of queries, or has one in metrics or widgets');
};

const queryOf = (value: unknown, place: number): PayloadQuery => {
  const at = `query ${place + 1} of the payload`;
  if (!isObject(value)) throw new ConfigError(`${at} is not an object`);
  const { id, metrics = [], ...wire } = value;
  for (const field of ['reference_key', 'component']) {
    if (typeof wire[field] !== 'string' || wire[field] === '') {
      throw new ConfigError(`${at} has no ${field}`);
    }
  }
  if (!Array.isArray(metrics) || metrics.some((metric) => typeof metric !== 'string')) {
    throw new ConfigError(`${at} has metrics that are not names`);
  }
  const dimensions = wire.dimensions ?? [];
  const isDimension = (one: unknown) => typeof one === 'string' || isObject(one);
  if (!Array.isArray(dimensions) || !dimensions.every(isDimension)) {
    throw new ConfigError(`${at} has dimensions that are neither names nor objects`);
  }
  return {
    id: typeof id === 'string' && id !== '' ? id : undefined,
    wire: { ...wire, metrics } as unknown as WireQuery,
  };
};

/**
 * The queries of what was copied from the Reportei application, of a get-data request, or of one of
 * the vendor's catalogues: a list, an object with one in `metrics` or `widgets`, or a single query.
 *
 * @throws ConfigError that says which query is none.
 */
export const readPayload = (payload: unknown): readonly PayloadQuery[] =>
  listOf(payload).map(queryOf);

/** The dates and the integration that a get-data request holds, as options. */
export const payloadOptions = (payload: unknown) => {
  if (!isObject(payload)) return {};
  // What is not set may be null.
  const given = Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== null));
  const { start, end, comparison_start, comparison_end, client_timezone } = given;
  const integration = given.customer_integration ?? given.customer_integration_uuids;
  return {
    ...(integration === undefined ? {} : { integration: integration as string | string[] }),
    ...(start === undefined ? {} : { start: start as string, end: end as string }),
    ...(comparison_start === undefined
      ? {}
      : { compare: { start: comparison_start as string, end: comparison_end as string } }),
    ...(typeof client_timezone === 'string' ? { timeZone: client_timezone } : {}),
  };
};
