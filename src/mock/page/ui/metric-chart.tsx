import type { ComponentChild } from 'preact';
import type { MetricShape } from '../lib/metric-view.ts';
import { BarList } from './bar-list.tsx';
import { DataTable } from './data-table.tsx';
import { TimeChart } from './time-chart.tsx';

/** More bars than these are easier to see as a line. */
const MAX_BARS = 24;

const isTime = (labels: readonly string[]): boolean =>
  labels.length > 2 && labels.every((one) => /^\d{4}-\d\d(-\d\d)?/.test(one));

/** A course over time as lines, anything else as bars; and the same as a table. */
export const MetricChart = ({
  shape,
  name,
}: {
  readonly shape: MetricShape & { kind: 'chart' };
  readonly name: string;
}): ComponentChild => {
  const { labels, series } = shape;
  const texts = labels.map(({ text }) => text);
  const values = series.map((one) => ({
    name: one.name,
    values: one.cells.map(({ value }) => value),
    texts: one.cells.map(({ text }) => text),
  }));
  const rows = labels.map((label, index) => [
    label,
    ...series.map(
      ({ cells }) => cells[index] ?? ({ kind: 'null', text: '–', value: null } as const),
    ),
  ]);
  const asLines = isTime(texts) || texts.length > MAX_BARS;
  return (
    <div class="chart-and-table">
      {asLines ? (
        <TimeChart title={`Chart of ${name}`} labels={texts} series={values} />
      ) : (
        <BarList title={`Chart of ${name}`} labels={texts} series={values} />
      )}
      <DataTable
        label={`Table of ${name}`}
        headers={['', ...series.map((one) => one.name)]}
        rows={rows}
      />
    </div>
  );
};
