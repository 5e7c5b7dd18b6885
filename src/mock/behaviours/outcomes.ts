import type { FaultRule, Settings } from '../schemas.ts';
import type { Integration } from '../state.ts';

/** What decides whether a metric has values, besides the metric itself. */
export interface Circumstances {
  readonly referenceKey: string;
  /** Those that were asked. */
  readonly integrations: readonly Integration[];
  /** Whether the catalogue that was given has no such metric. */
  readonly unknown: boolean;
  readonly unknownMetric: Settings['unknownMetric'];
  readonly fault: FaultRule['metrics'];
}

/** The result of one metric: its values, or why there are none. `undefined` is no result at all. */
export function outcome(circumstances: Circumstances, values: () => unknown): unknown {
  const { referenceKey, integrations, unknown, unknownMetric, fault } = circumstances;
  if (fault && (fault.referenceKey ?? referenceKey) === referenceKey) return failed(fault);
  for (const { status } of integrations) {
    const problem = STATUS_PROBLEMS.get(status);
    if (problem) return problem;
  }
  if (!unknown) return values();
  if (unknownMetric === 'null') return null;
  return {
    message: `The metric ${referenceKey} is not available for this integration.`,
    type: 'invalid_metrics_combination',
  };
}

function failed({ as = 'failure', type, message }: NonNullable<FaultRule['metrics']>): unknown {
  switch (as) {
    case 'failure':
      return {
        message: message ?? 'The metric could not be collected.',
        type: type ?? 'internal_error',
      };
    case 'warning':
      return { warning: message ?? 'There is no data for this metric.' };
    case 'null':
      return null;
    case 'missing':
      return undefined;
  }
}

const EXPIRED = {
  message: 'The connection to the network has expired. Connect the account again.',
  type: 'expired_token',
};
const EMPTY = { message: 'There is no data in this period yet.', type: 'no_data_in_period' };

/** The words are guesses, the types have been seen. */
const STATUS_PROBLEMS: ReadonlyMap<string, unknown> = new Map([
  ['expired', EXPIRED],
  ['revoked', EXPIRED],
  ['synchronizing', EMPTY],
]);

/** The results as the contract has them, or inside `data` as they have been seen. */
export const enveloped = (results: object, envelope: boolean): object =>
  envelope ? { data: results } : results;

/** The same result with texts in place of its numbers. */
export function withNumbersAsText(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(withNumbersAsText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, withNumbersAsText(part)]),
  );
}
