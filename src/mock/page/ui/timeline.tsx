import type { ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import { toCell } from '../lib/cell.ts';
import { dateAndTime, span, stepLabel } from '../lib/format.ts';
import type { Usage } from '../lib/types.ts';
import { DataTable } from './data-table.tsx';
import { TimeChart } from './time-chart.tsx';

const AsTable = ({ timeline }: Pick<Usage, 'timeline'>): ComponentChild => {
  const [isOpen, setOpen] = useState(false);
  const { from, step, activities } = timeline;
  const all = Object.entries(activities);
  const length = Math.max(0, ...all.map(([, values]) => values.length));
  const rows = (): ReturnType<typeof toCell>[][] =>
    Array.from({ length }, (_, index) => [
      toCell(dateAndTime((from + index * step) * 1_000)),
      ...all.map(([, values]) => toCell(values[index] ?? 0)),
    ]);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>As a table</summary>
      {isOpen && (
        <DataTable
          label="Events and counts over time"
          headers={['Time', ...all.map(([name]) => name)]}
          rows={rows()}
        />
      )}
    </details>
  );
};

/** Events and counts over time, by activity. */
export const Timeline = ({ timeline }: Pick<Usage, 'timeline'>): ComponentChild => {
  const { from, step, activities } = timeline;
  const series = Object.entries(activities).map(([name, values]) => ({ name, values }));
  const length = Math.max(0, ...series.map(({ values }) => values.length));
  const labels = Array.from({ length }, (_, index) => stepLabel(from + index * step, step));
  return (
    <section class="card card-wide" aria-labelledby="timeline-title">
      <h2 id="timeline-title">
        Over time <span class="muted">by event_at, {span(step)} a bar</span>
      </h2>
      {length === 0 ? (
        <p class="muted">Nothing to draw yet.</p>
      ) : (
        <>
          <TimeChart
            title="Events and counts over time by activity"
            labels={labels}
            series={series}
            isStacked
            height={240}
          />
          <AsTable timeline={timeline} />
        </>
      )}
    </section>
  );
};
