import { ConfigError } from '../../http/errors.ts';

/** Names of queries to the ids that the request carries. */
export type MetricIds<Name extends string = string> = { readonly [N in Name]: string };

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

export const isUuid = (value: unknown): value is string =>
  typeof value === 'string' && uuid.test(value);

/** A fresh id for each query. */
export const newIds = <Name extends string>(names: readonly Name[]): MetricIds<Name> =>
  Object.fromEntries(names.map((name) => [name, crypto.randomUUID()])) as MetricIds<Name>;

/** @throws ConfigError unless there is one UUID for each name, and no two are the same. */
export const checkIds = (ids: MetricIds, names: readonly string[]): void => {
  const bad = names.find((name) => !isUuid(ids?.[name]));
  if (bad !== undefined) throw new ConfigError(`ids has no UUID for ${bad}: is it of another set?`);
  if (new Set(names.map((name) => ids[name]?.toLowerCase())).size < names.length) {
    throw new ConfigError('two metrics have the same id');
  }
};
