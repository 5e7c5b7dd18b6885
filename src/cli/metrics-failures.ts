import type { MetricFailure } from '../reportei/index.ts';
import { failureGroups, isFailed, type Report } from './report/model.ts';
import { formatNumber } from './report/numbers.ts';
import { clean } from './report/text.ts';

/** How the client says that a whole request failed; everything else is Connect's word on a metric. */
const OF_REQUESTS: ReadonlySet<string> = new Set([
  'http',
  'network',
  'timeout',
  'aborted',
  'unreadable',
] satisfies MetricFailure['reason'][]);

/** Whether no request was answered with metrics at all. */
export function wasNothingFetched({ integrations }: Report): boolean {
  return integrations.every(({ metrics }) =>
    metrics.every((metric) => isFailed(metric) && OF_REQUESTS.has(metric.outcome.reason)),
  );
}

const MOST_NAMES = 10;

/** Says on standard error which metrics failed and why. */
export function tellFailures({ integrations }: Report): void {
  for (const report of integrations) {
    const groups = failureGroups(report);
    const failed = groups.reduce((sum, { names }) => sum + names.length, 0);
    if (failed === 0) continue;
    const of = `${formatNumber(failed)} of ${formatNumber(report.metrics.length)} metrics failed`;
    console.error(`tallywire: ${report.integration.uuid}: ${of}`);
    for (const { reason, message, advice, names } of groups) {
      const shown = names.slice(0, MOST_NAMES).map(clean).join(', ');
      const rest = names.length - MOST_NAMES;
      console.error(`  ${clean(reason)}: ${clean(message)}`);
      if (advice !== undefined) console.error(`    ${advice}`);
      // All of them: nobody has to be told which.
      if (names.length === report.metrics.length) continue;
      console.error(`    ${shown}${rest > 0 ? `, and ${formatNumber(rest)} more` : ''}`);
    }
  }
}
