import type { ComponentChild } from 'preact';
import type { Comparison, MetricShape, MetricView } from '../lib/metric-view.ts';
import { Body } from './body.tsx';
import { CellText } from './cell-text.tsx';
import { MetricChart } from './metric-chart.tsx';
import { DataTable } from './data-table.tsx';
import { TimeChart } from './time-chart.tsx';

const ARROWS = { up: '▲', down: '▼', same: '＝' } as const;
const WORDS = { up: 'up', down: 'down', same: 'unchanged' } as const;

const Compared = ({ to }: { readonly to: Comparison }): ComponentChild => (
  <p class="compared">
    {to.direction && (
      <span class={`arrow arrow-${to.direction}`}>
        <span aria-hidden="true">{ARROWS[to.direction]}</span>{' '}
        <span class="off-screen">{WORDS[to.direction]}</span>
        {to.difference.kind !== 'null' && `${to.difference.text} %`}
      </span>
    )}
    <span>
      before <CellText cell={to.value} />
    </span>
    {to.absolute.kind !== 'null' && (
      <span>
        difference <CellText cell={to.absolute} />
      </span>
    )}
  </p>
);

const NumberMetric = ({
  shape,
  name,
}: {
  readonly shape: MetricShape & { kind: 'number' };
  readonly name: string;
}): ComponentChild => (
  <>
    <p class="big-number">
      <CellText cell={shape.value} />
    </p>
    {shape.comparison && <Compared to={shape.comparison} />}
    {shape.trend.length > 1 && (
      <TimeChart
        title={`Trend of ${name}`}
        labels={shape.trend.map((_, index) => String(index + 1))}
        series={[{ name: 'trend', values: shape.trend.map(({ value }) => value) }]}
        height={70}
      />
    )}
  </>
);

const Shape = ({ view }: { readonly view: MetricView }): ComponentChild => {
  const { shape, key } = view;
  const name = key ?? view.id;
  switch (shape.kind) {
    case 'number':
      return <NumberMetric shape={shape} name={name} />;
    case 'chart':
      return <MetricChart shape={shape} name={name} />;
    case 'table':
      return <DataTable label={`Table of ${name}`} headers={shape.headers} rows={shape.rows} />;
    case 'failure':
      return (
        <p class="failed">
          <b>Failed{shape.type && `: ${shape.type}`}</b> {shape.message}
        </p>
      );
    case 'warning':
      return <p class="muted">No values.</p>;
    case 'missing':
      return <p class="failed">Missing: it was asked for, and the answer does not have it.</p>;
    case 'null':
      return <p class="failed">The answer has null in its place.</p>;
    case 'raw':
      return <Body text={shape.text} size={shape.text.length} label={`Result of ${name}`} />;
  }
};

const Metric = ({ view }: { readonly view: MetricView }): ComponentChild => (
  <li class={`metric metric-${view.shape.kind}`}>
    <h4>
      {view.key ?? 'Nobody asked for this'} <span class="muted">{view.component}</span>
    </h4>
    <Shape view={view} />
    {view.warning !== null && <p class="warned">Warning: {view.warning}</p>}
    <p class="metric-id">{view.id}</p>
  </li>
);

/** Every metric as it was returned, in the order in which it was asked for. */
export const Metrics = ({ views }: { readonly views: readonly MetricView[] }): ComponentChild => (
  <section class="part" aria-label="Metrics">
    <header class="part-head">
      <h3>Metrics</h3>
      <span class="muted">{views.length}</span>
    </header>
    <ul class="metrics">
      {views.map((view, index) => (
        <Metric key={index} view={view} />
      ))}
    </ul>
  </section>
);
