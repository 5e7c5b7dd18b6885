import { ConfigError } from '../../http/errors.ts';
import { isObject } from '../../http/is-object.ts';
import type { MetricSet } from '../queries/metric-set.ts';
import { type Bytes, utf8 } from './bytes.ts';

/** The order of keys is a matter of taste, and must not make other queries of the same. */
const sorted = (_key: string, value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** What a set asks, as a text that is the same wherever the same is asked. */
export const canonicalText = ({ name, queries }: MetricSet): string => {
  const wires = Object.entries(queries).map(([query, { wire }]) => [query, wire]);
  try {
    return JSON.stringify([name, Object.fromEntries(wires)], sorted);
  } catch (cause) {
    throw new ConfigError(`the queries of the set ${name} cannot be written as JSON`, { cause });
  }
};

/** Eight bytes are enough to tell sets apart by accident; against intent there is the signature. */
export const digestOf = async (canonical: string): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(canonical))).slice(0, 8);
