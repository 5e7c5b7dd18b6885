import type { MetricFailure } from '../../reportei/index.ts';

/** What to do about a metric that failed, by its reason. A failed request says so itself. */
export const ADVICE: ReadonlyMap<string, string> = new Map<MetricFailure['reason'], string>([
  [
    'expired_token',
    'The account was disconnected from Reportei: let the customer connect it again.',
  ],
  ['no_data_in_period', 'Connect has nothing for these days. That is not 0.'],
  [
    'invalid_metrics_combination',
    'These metrics and dimensions do not go together: mend the query.',
  ],
  ['internal_error', "It is a failure of Connect's own: try later."],
  ['missing', 'Try later, and tell Reportei when it stays.'],
  ['decode', "The answer's shape is not the component's: ask by custom(), and report it."],
  ['refused', 'Connect refuses requests that have it in them: mend the query.'],
]);
