import type { FaultRule } from '../schemas.ts';

/** What a rule can look at of a call. */
export interface Matched {
  readonly operation: string;
  /** As it was sent, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Whether a call is one of those that a rule is about. */
export function fits({ operation, match = {}, metrics }: FaultRule, call: Matched): boolean {
  return (
    (operation === undefined || operation === call.operation) &&
    (match.path === undefined || call.path.startsWith(match.path)) &&
    (match.query === undefined || holds(match.query, call.query)) &&
    (match.headers === undefined || holds(lowerCased(match.headers), call.headers)) &&
    (metrics?.referenceKey === undefined || asksFor(metrics.referenceKey, call.body)) &&
    (!Object.hasOwn(match, 'body') || holds(match.body, call.body))
  );
}

/** Otherwise a rule for one metric would be used up by calls that it does nothing to. */
const asksFor = (reference_key: string, body: unknown): boolean =>
  holds({ metrics: [{ reference_key }] }, body);

/** Whether a value has all of a pattern: its fields, or its items in any order. */
export function holds(pattern: unknown, value: unknown): boolean {
  if (typeof pattern !== 'object' || pattern === null) return pattern === value;
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(pattern)) {
    return Array.isArray(value) && pattern.every((part) => value.some((item) => holds(part, item)));
  }
  return Object.entries(pattern).every(
    ([name, part]) =>
      Object.hasOwn(value, name) && holds(part, (value as Record<string, unknown>)[name]),
  );
}

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
