import type { ComponentChild } from 'preact';
import type { Course } from './time-chart.tsx';

/** From places and values to pixels. */
export interface Plot {
  readonly x: (index: number) => number;
  readonly y: (value: number) => number;
  readonly step: number;
}

interface Props {
  readonly series: readonly Course[];
  readonly plot: Plot;
}

/** A line is broken where a value is not there: it must not look like a 0, or like its neighbours. */
const pathOf = (values: readonly (number | null)[], { x, y }: Plot): string =>
  values
    .map((value, index) => {
      if (value === null) return '';
      const starts = index === 0 || values[index - 1] == null;
      return `${starts ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join('');

const lonely = (values: readonly (number | null)[]): readonly (readonly [number, number])[] =>
  values.flatMap((value, index) =>
    value !== null && values[index - 1] == null && values[index + 1] == null
      ? [[index, value]]
      : [],
  );

export const Lines = ({ series, plot }: Props): ComponentChild =>
  series.map(({ name, values }, place) => (
    <g key={`${place} ${name}`} class={`s${place % 12}`}>
      <path class="course" d={pathOf(values, plot)} />
      {lonely(values).map(([index, value]) => (
        <circle key={index} class="dot" cx={plot.x(index)} cy={plot.y(value)} r="3" />
      ))}
    </g>
  ));

export const Stacks = ({ series, plot }: Props): ComponentChild => {
  const reached: number[] = [];
  const width = Math.max(1, plot.step - (plot.step > 6 ? 2 : 0));
  return series.map(({ name, values }, place) => (
    <g key={`${place} ${name}`} class={`s${place % 12}`}>
      {values.map((value, index) => {
        if (!value) return null;
        const from = reached[index] ?? 0;
        reached[index] = from + value;
        const [top, bottom] = [plot.y(from + value), plot.y(from)];
        return (
          <rect
            key={index}
            class="stack"
            x={plot.x(index) - width / 2}
            y={top}
            width={width}
            height={Math.max(0.5, bottom - top)}
          />
        );
      })}
    </g>
  ));
};
