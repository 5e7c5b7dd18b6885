import { dailyValue, daysOf, formatDay, periodValue, type Period } from './daily.ts';
import { isDate, valuesOf } from './dimensions.ts';
import { hash, mix } from './random.ts';
import { split } from './split.ts';

/** One combination of dimension values, in the order the dimensions were given. */
export interface Row {
  readonly labels: readonly string[];
  /** One value for each series, in order. */
  readonly values: readonly number[];
}

/**
 * Breaks series down by dimensions: for each series, the rows sum to its value over the period,
 * and those of one day to its value on that day.
 */
export function breakdown(
  series: readonly number[],
  dimensions: readonly string[],
  period: Period,
): Row[] {
  const axes = axesOf(dimensions, period);
  const columns = series.map((one) => columnOf(one, axes, period));
  const asked = axes.toSorted((a, b) => a.place - b.place);
  return Array.from({ length: sizeOf(axes) }, (_, n) => {
    const at = positionsOf(n, asked);
    const cell = axes.reduce((i, { place, labels }) => i * labels.length + (at[place] ?? 0), 0);
    return {
      labels: asked.map(({ place, labels }) => labels[at[place] ?? 0] ?? ''),
      values: columns.map((column) => column[cell] ?? 0),
    };
  });
}

/** How many rows a breakdown has, without making any. */
export function rowCount(dimensions: readonly string[], period: Period): number {
  const days = dimensions.some(isDate) ? period.last - period.first + 1 : 1;
  return days * sizeOf(othersOf(dimensions));
}

/** A dimension with its values; `place` is where it stands among the dimensions asked for. */
interface Axis {
  readonly name: string;
  readonly place: number;
  readonly labels: readonly string[];
}

/** More dimensions than this would multiply into millions of rows; further ones get one value. */
const MAX_SPLIT_DIMENSIONS = 2;

/** The calendar comes first whatever its place: a day's value is given, the rest is split off it. */
function axesOf(dimensions: readonly string[], period: Period): Axis[] {
  const place = dimensions.findIndex(isDate);
  const name = dimensions[place];
  const others = othersOf(dimensions);
  return name === undefined
    ? others
    : [{ name, place, labels: daysOf(period).map(formatDay) }, ...others];
}

/** The dimensions besides the calendar. */
function othersOf(dimensions: readonly string[]): Axis[] {
  const calendar = dimensions.findIndex(isDate);
  return dimensions
    .map((name, place) => ({ name, place }))
    .filter(({ place }) => place !== calendar)
    .map(({ name, place }, nth) => {
      const values = valuesOf(name);
      return { name, place, labels: nth < MAX_SPLIT_DIMENSIONS ? values : values.slice(0, 1) };
    });
}

const sizeOf = (axes: readonly Axis[]): number =>
  axes.reduce((size, { labels }) => size * labels.length, 1);

/** The position on each axis of the nth row, where the last axis turns fastest. */
function positionsOf(n: number, axes: readonly Axis[]): number[] {
  const at: number[] = [];
  let rest = n;
  for (const { place, labels } of axes.toReversed()) {
    at[place] = rest % labels.length;
    rest = Math.floor(rest / labels.length);
  }
  return at;
}

/** The values of a series on all combinations, in the order of the axes. */
function columnOf(series: number, axes: readonly Axis[], period: Period): number[] {
  const [first] = axes;
  const byDay = first !== undefined && isDate(first.name);
  let values = byDay
    ? daysOf(period).map((day) => dailyValue(series, day))
    : [periodValue(series, period)];
  for (const { name, labels } of byDay ? axes.slice(1) : axes) {
    const key = hash(series, name);
    const weights = labels.map((_, i) => 1 + (mix(key, i) % 1000));
    values = values.flatMap((value) => split(value, weights));
  }
  return values;
}
