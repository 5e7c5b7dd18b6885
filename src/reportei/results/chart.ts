import { type Fields, isObject } from '../../http/is-object.ts';
import type { WireQuery } from '../queries/query.ts';
import { distinct } from './distinct.ts';
import type { AnySeries, ChartResult, NamedSeries } from './results.ts';
import { label, list, numbers, unfit } from './values.ts';

/**
 * By metric: by the series' names where these are the metrics', else in the order of the metrics. Names
 * for people ("Reach") say nothing; those of other metrics say that the order is another one.
 */
const byMetric = (series: readonly NamedSeries[], query: WireQuery, path: string): AnySeries => {
  const { metrics } = query;
  if (series.length !== metrics.length) {
    throw unfit(path, `a list of ${metrics.length} series (${metrics.join(', ')})`);
  }
  const given = new Map(series.map(({ name, data }) => [name, data]));
  const named = given.size === metrics.length && metrics.every((metric) => given.has(metric));
  const isOther = ({ name }: NamedSeries, i: number): boolean =>
    name !== null && name !== metrics[i] && metrics.includes(name);
  if (!named && series.some(isOther)) throw unfit(path, `in the order of ${metrics.join(', ')}`);
  return Object.fromEntries(
    distinct(metrics).map((metric, i) => [
      metric,
      (named ? given.get(metric) : undefined) ?? (series[i] as NamedSeries).data,
    ]),
  );
};

export const decodeChart = (answer: Fields, path: string, query: WireQuery): ChartResult => {
  const labels = list(answer.labels, `${path}.labels`).map((item, i) =>
    label(item, `${path}.labels[${i}]`),
  );
  const series = list(answer.values, `${path}.values`).map((item, i): NamedSeries => {
    const at = `${path}.values[${i}]`;
    if (!isObject(item)) throw unfit(at, 'a series');
    const data = numbers(item.data, `${at}.data`);
    if (data.length !== labels.length) {
      throw unfit(`${at}.data`, `a list of ${labels.length}, one value a label`);
    }
    return { name: typeof item.name === 'string' ? item.name : null, data };
  });
  // Nothing happened: then Connect names no series either.
  const isEmpty = labels.length === 0 && series.length === 0;
  const known = isEmpty ? query.metrics.map(() => ({ name: null, data: [] })) : series;
  const listed = query.metrics.length === 0 || (query.dimensions?.length ?? 0) > 1;
  return {
    component: 'chart_v1',
    labels,
    series: listed ? series : byMetric(known, query, `${path}.values`),
  };
};
