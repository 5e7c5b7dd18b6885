import { type Fields, isObject } from '../../http/is-object.ts';
import type { MetricFailure } from './results.ts';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

const failureTypes: ReadonlySet<unknown> = new Set([
  'invalid_metrics_combination',
  'no_data_in_period',
  'internal_error',
  'expired_token',
] satisfies MetricFailure['reason'][]);

/** An empty value beside a message is none. */
const holdsValues = ({ values }: Fields, message: string | undefined): boolean => {
  const isEmpty =
    values === null || values === '' || (Array.isArray(values) && values.length === 0);
  return values !== undefined && !(isEmpty && message !== undefined);
};

/**
 * Why a metric has no value, as far as its answer says so.
 *
 * @param documented whether the component's shape is known: what is not may well have a type, a
 *   message or a warning of its own.
 */
export const failureOf = (answer: unknown, documented: boolean): MetricFailure | undefined => {
  // PHP writes an empty object as an empty list.
  const empty = answer === null || (Array.isArray(answer) && answer.length === 0);
  if (answer === undefined || (documented && empty)) {
    return { ok: false, reason: 'missing', message: 'the answer does not hold this metric' };
  }
  if (!isObject(answer)) return undefined;
  const type = text(answer.type);
  const message = text(answer.message);
  if (failureTypes.has(type)) return { ok: false, reason: type ?? '', message: message ?? '' };
  if (!documented || holdsValues(answer, message)) return undefined;
  const warning = text(answer.warning);
  if (type === undefined && message === undefined && warning !== undefined) {
    return { ok: false, reason: 'no_data_in_period', message: warning };
  }
  return { ok: false, reason: type || 'unknown', message: message ?? 'the answer has no values' };
};
