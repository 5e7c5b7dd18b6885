import { type ApiError, isSdkError } from '../../http/errors.ts';
import { isObject } from '../../http/is-object.ts';
import type { Queries } from '../queries/query.ts';
import type { AnyOutcomes } from '../results/results.ts';
import type { MetricIds } from './ids.ts';

/** Whether a request was refused as a whole for what it asks, not for its dates or its integration. */
export const isRefusal = (error: unknown): error is ApiError => {
  if (!isSdkError(error) || error.code !== 'http' || error.status !== 422) return false;
  const fields = Object.keys(error.fieldErrors ?? {});
  return fields.length === 0 || fields.some((field) => field.startsWith('metrics'));
};

/** All texts inside a value that the server wrote, to a depth that means something. */
const textsIn = (value: unknown, depth = 4): readonly unknown[] =>
  typeof value === 'object' && value !== null && depth > 0
    ? Object.values(value).flatMap((one) => textsIn(one, depth - 1))
    : [value];

/** The queries that a refusal names: by their place, their id, or their reference key. */
export const blamed = (error: ApiError, queries: Queries, ids: MetricIds): readonly string[] => {
  const places = new Set(
    Object.keys(error.fieldErrors ?? {}).map((field) => /^metrics\.(\d+)\b/.exec(field)?.[1]),
  );
  const texts = new Set(textsIn(isObject(error.body) ? error.body.extra : undefined));
  return Object.entries(queries).flatMap(([name, { wire }], place) =>
    places.has(String(place)) || texts.has(ids[name]) || texts.has(wire.reference_key)
      ? [name]
      : [],
  );
};

/** The outcome of queries that cannot be asked. */
export const refusedOutcomes = (error: ApiError, names: readonly string[]): AnyOutcomes => {
  const said = isObject(error.body) ? error.body.message : undefined;
  const first = Object.values(error.fieldErrors ?? {})[0]?.[0];
  const why = typeof said === 'string' ? said : (first ?? error.message);
  const together =
    names.length === 1 ? '' : ` (one of ${names.length} that were not tried apart: maxSplits)`;
  const failure = { ok: false, reason: 'refused', message: `${why}${together}` } as const;
  return Object.fromEntries(names.map((name) => [name, failure]));
};
