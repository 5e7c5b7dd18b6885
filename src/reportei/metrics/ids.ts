import { ConfigError } from '../../http/errors.ts';
import type { Queries } from '../queries/query.ts';

/** Names of queries to the ids that the request carries. */
export type MetricIds<Name extends string = string> = { readonly [N in Name]: string };

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

export const isUuid = (value: unknown): value is string =>
  typeof value === 'string' && uuid.test(value);

/** An id for each query: its own unless another has the same, or a fresh one. */
export const idsOf = (queries: Queries): MetricIds => {
  const taken = new Set<string>();
  return Object.fromEntries(
    Object.entries(queries).map(([name, { id = '' }]) => {
      const isFree = id !== '' && !taken.has(id.toLowerCase());
      taken.add(id.toLowerCase());
      return [name, isFree ? id : crypto.randomUUID()];
    }),
  );
};

/** @throws ConfigError unless there is one UUID for each name, and no two are the same. */
export const checkIds = (ids: MetricIds, names: readonly string[]): void => {
  const bad = names.find((name) => !isUuid(ids?.[name]));
  if (bad !== undefined) throw new ConfigError(`ids has no UUID for ${bad}: is it of another set?`);
  if (new Set(names.map((name) => ids[name]?.toLowerCase())).size < names.length) {
    throw new ConfigError('two metrics have the same id');
  }
};
