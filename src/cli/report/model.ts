import type {
  AnyResult,
  ChartResult,
  MetricFailure,
  NumberResult,
  Outcome,
  ResolvedPeriod,
  WireQuery,
} from '../../reportei/index.ts';

import { ADVICE } from './advice.ts';
import { plural } from './numbers.ts';

/** Everything that one run of `tallywire metrics` has found out. */
export interface Report {
  /** Of the set, or of the file that the queries are from. */
  readonly name: string;
  /** A heading in the place of the name. */
  readonly title?: string | undefined;
  readonly period: ResolvedPeriod;
  /** The zone that the days are meant in, where one was stated. */
  readonly timeZone: string | null;
  readonly createdAt: Date;
  readonly integrations: readonly IntegrationReport[];
}

export interface IntegrationReport {
  readonly integration: Integration;
  readonly metrics: readonly Metric[];
}

export interface Integration {
  readonly uuid: string;
  /** What people call it, e.g. `Instagram Business · corner-bakery`, where Connect tells. */
  readonly title: string | null;
}

export interface Metric {
  /** Unique within the report. */
  readonly name: string;
  readonly wire: WireQuery;
  readonly outcome: Outcome;
}

/** A metric that has a result of one kind. */
export type Found<R extends AnyResult> = Metric & { readonly outcome: { readonly ok: true } & R };

export interface FailedMetric extends Metric {
  readonly outcome: MetricFailure;
}

export const isFailed = (metric: Metric): metric is FailedMetric => !metric.outcome.ok;

export function failuresOf({ metrics }: IntegrationReport): readonly FailedMetric[] {
  return metrics.filter(isFailed);
}

/** Failures that say the same, told together: one expired token fails a hundred metrics. */
export interface FailureGroup {
  readonly reason: string;
  readonly message: string;
  /** What to do about it, where a document says so. */
  readonly advice: string | undefined;
  readonly names: readonly string[];
}

export function failureGroups(report: IntegrationReport): readonly FailureGroup[] {
  const groups = new Map<string, FailureGroup & { readonly names: string[] }>();
  for (const { name, outcome } of failuresOf(report)) {
    const { reason, message } = outcome;
    const key = JSON.stringify([reason, message]);
    const group = groups.get(key) ?? { reason, message, advice: ADVICE.get(reason), names: [] };
    group.names.push(name);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** How many metrics there are, and how many of them failed. */
export function countsOf(reports: readonly IntegrationReport[]): string {
  const all = reports.flatMap(({ metrics }) => metrics);
  const failed = all.filter(isFailed).length;
  return `${plural(all.length, 'metric')}${failed > 0 ? `, ${failed} failed` : ''}`;
}

export interface Change {
  readonly direction: 'up' | 'down' | 'same';
  readonly percent: number | null;
  readonly before: number | null;
}

/** How a number compares with the other period, as Connect says it or as its two values do. */
export function changeOf({ value, comparison }: NumberResult): Change | null {
  if (comparison === null) return null;
  const { value: before, difference, absoluteDifference } = comparison;
  const both = value !== null && before !== null;
  const own = both && before !== 0 ? ((value - before) / Math.abs(before)) * 100 : null;
  const step = absoluteDifference ?? (both ? value - before : difference);
  if (step === null) return null;
  const direction = step > 0 ? 'up' : step < 0 ? 'down' : 'same';
  return { direction, percent: difference ?? own, before };
}

export interface Series {
  readonly name: string;
  readonly data: readonly (number | null)[];
}

/** The series of a chart in a list, all with a name. */
export function seriesOf({ series }: ChartResult): readonly Series[] {
  if (Array.isArray(series)) {
    return series.map(({ name, data }, i) => ({ name: name ?? `series ${i + 1}`, data }));
  }
  return Object.entries(series).map(([name, data]) => ({ name, data }));
}

export const dimensionsOf = ({ dimensions = [] }: WireQuery): readonly string[] =>
  dimensions.map((one) => (typeof one === 'string' ? one : one.field));

const TIME = /^(date|day|week|month|year)$|^(date|year)(hour|week|month)/i;
const DAY = /^\d{4}-?\d{2}(-?\d{2})?([T ].*)?$/;

/** Whether a chart shows a course: its labels are days, weeks or months. */
export function isCourse(wire: WireQuery, labels: readonly string[]): boolean {
  if (labels.length === 0) return false;
  return TIME.test(dimensionsOf(wire)[0] ?? '') || labels.every((label) => DAY.test(label));
}
