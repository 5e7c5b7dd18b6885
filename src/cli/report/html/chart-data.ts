import type { ChartResult } from '../../../reportei/index.ts';
import { dimensionsOf, type Found, isCourse, type Series, seriesOf } from '../model.ts';
import { clean } from '../text.ts';

/** What the page's script draws. It travels as JSON, and holds texts and numbers only. */
export interface ChartData {
  /** `line` for a course, `bars` upright for what has an order, `rows` for everything else. */
  readonly shape: 'line' | 'bars' | 'rows';
  readonly isStacked: boolean;
  readonly labels: readonly string[];
  readonly series: readonly Series[];
}

/** More than these cannot be told apart. */
const MOST_SERIES = 8;
const MOST_ROWS = 15;
const MOST_BARS = 31;

export interface Drawn {
  readonly data: ChartData;
  /** What of the chart is only in its table; empty for nothing. */
  readonly leftOut: string;
}

const ORDERED = /hour|age|bracket|week|month|day|step|range/i;

const sizeOf = ({ data }: Series): number =>
  data.reduce<number>((sum, value) => sum + Math.abs(value ?? 0), 0);

/** The greatest, still in the order in which they came. */
function greatest(sizes: readonly number[], count: number): readonly number[] {
  const places = sizes.map((_, i) => i);
  if (sizes.length <= count) return places;
  const ranked = places.toSorted((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0));
  return ranked.slice(0, count).toSorted((a, b) => a - b);
}

export function drawn({ wire, outcome }: Found<ChartResult>): Drawn {
  const all = seriesOf(outcome);
  const kept = greatest(all.map(sizeOf), MOST_SERIES).flatMap((i) => all[i] ?? []);
  const isTime = isCourse(wire, outcome.labels);
  const wantsBars = /bar|column/i.test(wire.chart_type ?? '');
  const isOrdered = isTime || ORDERED.test(dimensionsOf(wire)[0] ?? '');
  const isLong = outcome.labels.some((label) => label.length > 14);
  const shape =
    isTime && !(wantsBars && outcome.labels.length <= MOST_BARS)
      ? 'line'
      : isOrdered && !isLong && outcome.labels.length <= MOST_BARS
        ? 'bars'
        : 'rows';
  const count = shape === 'rows' ? MOST_ROWS : Infinity;
  const sizes = outcome.labels.map((_, i) =>
    kept.reduce((sum, { data }) => sum + Math.abs(data[i] ?? 0), 0),
  );
  const places = greatest(sizes, count);
  const hidden = [
    ...(places.length < outcome.labels.length
      ? [`${places.length} of ${outcome.labels.length} labels`]
      : []),
    ...(kept.length < all.length ? [`${kept.length} of ${all.length} series`] : []),
  ];
  return {
    data: {
      shape,
      // Parts of one whole: the same metric, broken down twice.
      isStacked: shape !== 'line' && kept.length > 1 && Array.isArray(outcome.series),
      labels: places.map((i) => clean(outcome.labels[i] ?? '') || '(empty)'),
      series: kept.map(({ name, data }) => ({
        name: clean(name),
        data: places.map((i) => data[i] ?? null),
      })),
    },
    leftOut: hidden.length === 0 ? '' : `The chart shows the greatest: ${hidden.join(', ')}.`,
  };
}
