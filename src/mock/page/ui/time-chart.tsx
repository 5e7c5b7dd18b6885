import type { ComponentChild } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { short } from '../lib/format.ts';
import { spread, ticksFor } from '../lib/scale.ts';
import { Legend } from './legend.tsx';
import { Lines, Stacks, type Plot } from './marks.tsx';

export interface Course {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

interface Props {
  readonly title: string;
  readonly labels: readonly string[];
  readonly series: readonly Course[];
  readonly isStacked?: boolean;
  readonly height?: number;
}

const MARGIN = { top: 8, right: 8, bottom: 20, left: 44 };

const extent = (
  labels: readonly string[],
  series: readonly Course[],
  isStacked: boolean,
): readonly [number, number] => {
  const all = isStacked
    ? labels.map((_, index) => series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0))
    : series.flatMap(({ values }) => values.map((one) => one ?? 0));
  return all.reduce<[number, number]>(
    ([low, high], one) => [Math.min(low, one), Math.max(high, one)],
    [0, 0],
  );
};

const useWidth = (): [{ readonly current: HTMLElement | null }, number] => {
  const box = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(480);
  useLayoutEffect(() => {
    const element = box.current as HTMLElement;
    const measure = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.max(160, Math.floor(entry.contentRect.width)));
    });
    measure.observe(element);
    return () => measure.disconnect();
  }, []);
  return [box, width];
};

/** Lines or stacked bars over labels that come in order. What is under the pointer stands below. */
export const TimeChart = ({
  title,
  labels,
  series,
  isStacked = false,
  height = 180,
}: Props): ComponentChild => {
  const [box, width] = useWidth();
  const [pointed, setPointed] = useState<number | null>(null);
  const ticks = ticksFor(...extent(labels, series, isStacked), height < 100 ? 2 : 4, isStacked);
  const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const inner = {
    width: width - MARGIN.left - MARGIN.right,
    height: height - MARGIN.top - MARGIN.bottom,
  };
  const step = inner.width / Math.max(1, labels.length);
  const plot: Plot = {
    x: (index) => MARGIN.left + (index + 0.5) * step,
    y: (value) => MARGIN.top + (1 - (value - low) / (high - low)) * inner.height,
    step,
  };
  // What is that low is an aside: a line without labels.
  const isSmall = height < 100;
  const labelled = isSmall ? [] : spread(labels.length, Math.floor(inner.width / 90));
  const point = ({ offsetX }: PointerEvent): void => {
    const index = Math.floor((offsetX - MARGIN.left) / step);
    setPointed(index >= 0 && index < labels.length ? index : null);
  };
  return (
    <figure class="time-chart" ref={box}>
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={title}
        onPointerMove={point}
        onPointerLeave={() => setPointed(null)}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line
              class="grid"
              x1={MARGIN.left}
              x2={width - MARGIN.right}
              y1={plot.y(tick)}
              y2={plot.y(tick)}
            />
            <text class="axis" x={MARGIN.left - 6} y={plot.y(tick) + 4} text-anchor="end">
              {short(tick)}
            </text>
          </g>
        ))}
        {pointed !== null && (
          <rect
            class="pointed"
            x={plot.x(pointed) - step / 2}
            y={MARGIN.top}
            width={step}
            height={inner.height}
          />
        )}
        {isStacked ? <Stacks series={series} plot={plot} /> : <Lines series={series} plot={plot} />}
        {labelled.map((index) => (
          <text key={index} class="axis" x={plot.x(index)} y={height - 4} text-anchor="middle">
            {labels[index]}
          </text>
        ))}
      </svg>
      {series.length > 1 && <Legend names={series.map(({ name }) => name)} />}
      <p class={isSmall ? 'off-screen' : 'readout'} aria-hidden="true">
        {pointed !== null && (
          <>
            <b>{labels[pointed]}</b>{' '}
            {series
              .filter(({ values }) => !isStacked || values[pointed])
              .map(({ name, values }) => `${name} ${values[pointed] ?? '–'}`)
              .join(' · ')}
          </>
        )}
      </p>
    </figure>
  );
};
