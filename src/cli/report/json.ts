import type { IntegrationReport, Metric, Report } from './model.ts';
import { failuresOf, seriesOf } from './model.ts';

/** Names the shape, so that it can be told from a later one. */
const SHAPE = 'tallywire-report/1';

/** Characters that a terminal or a script would take for more than text. JSON has a way to write them. */
const UNSAFE = /[\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

const escaped = (json: string): string =>
  json.replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** One metric as an object: what was asked, and the outcome as `tallywire/reportei` has it. */
function metricJson({ name, wire, outcome }: Metric): object {
  const { reference_key: referenceKey, component, metrics, dimensions = [] } = wire;
  const asked = { name, referenceKey, component, metrics, dimensions };
  if (!outcome.ok) {
    return { ...asked, ok: false, reason: outcome.reason, message: outcome.message };
  }
  return outcome.component === 'chart_v1'
    ? { ...asked, ...outcome, series: seriesOf(outcome) }
    : { ...asked, ...outcome };
}

/**
 * The whole report as one object:
 *
 *     { format: 'tallywire-report/1', name, createdAt, period: { start, end },
 *       compare: { start, end } | null, timeZone: string | null, asked: n, failed: n,
 *       integrations: [{ integration, title: string | null, asked: n, failed: n, metrics: [...] }] }
 *
 * and each metric as `{ name, referenceKey, component, metrics, dimensions, ok, … }`, in the order of
 * the queries, with `value` and `comparison`; `labels` and `series: [{ name, data }]`; `columns`,
 * `rows` and `total`; `data`; or, where `ok` is false, `reason` and `message`.
 */
export function renderJson(report: Report): string {
  const { name, period, timeZone, createdAt } = report;
  const integrations = report.integrations.map(integrationJson);
  const json = {
    format: SHAPE,
    name,
    createdAt: createdAt.toISOString(),
    period: { start: period.start, end: period.end },
    compare: period.compare ?? null,
    timeZone,
    asked: integrations.reduce((sum, one) => sum + one.asked, 0),
    failed: integrations.reduce((sum, one) => sum + one.failed, 0),
    integrations,
  };
  return `${escaped(JSON.stringify(json, null, 2))}\n`;
}

const integrationJson = (report: IntegrationReport) => ({
  integration: report.integration.uuid,
  title: report.integration.title,
  asked: report.metrics.length,
  failed: failuresOf(report).length,
  metrics: report.metrics.map(metricJson),
});

/** One metric on one line, with what the whole report says at its head in the other format. */
export function renderLine(
  { period, timeZone }: Pick<Report, 'period' | 'timeZone'>,
  integration: string,
  metric: Metric,
): string {
  const head = {
    integration,
    period: { start: period.start, end: period.end },
    compare: period.compare ?? null,
    timeZone,
  };
  return `${escaped(JSON.stringify({ ...head, ...metricJson(metric) }))}\n`;
}
