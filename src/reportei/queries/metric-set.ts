import { ConfigError } from '../../http/errors.ts';
import type { Queries } from './query.ts';

/** Queries under a name, to be asked together again and again. */
export interface MetricSet<Q extends Queries = Queries, Name extends string = string> {
  /** Tells sets apart where answers arrive later. */
  readonly name: Name;
  readonly queries: Q;
}

/**
 * Names a set of queries.
 *
 * @param name letters, digits, `.`, `_` and `-`, 40 at most
 * @throws ConfigError for another name, and for no query at all.
 */
export const metricSet = <const Name extends string, Q extends Queries>(
  name: Name,
  queries: Q,
): MetricSet<Q, Name> => {
  if (!/^[\w.-]{1,40}$/.test(name)) {
    throw new ConfigError('the name of a set has 1 to 40 letters, digits, dots, _ and -');
  }
  if (Object.keys(queries).length === 0) throw new ConfigError(`the set ${name} has no query`);
  return { name, queries };
};

/** A set of queries, with a name or without. */
export type QueriesOrSet<Q extends Queries> = MetricSet<Q> | Q;

export const queriesOf = <Q extends Queries>(given: QueriesOrSet<Q>): Q =>
  (typeof given.name === 'string' ? given.queries : given) as Q;
