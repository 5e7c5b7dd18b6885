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

/** More dimensions than this would multiply into millions of rows; further ones get one value. */
const MAX_SPLIT_DIMENSIONS = 2;

/**
 * Breaks series down by dimensions: for each series, the rows sum to its value over the period,
 * and those of one day to its value on that day.
 */
export function breakdown(
  series: readonly number[],
  dimensions: readonly string[],
  period: Period,
): Row[] {
  const columns = series.map((one) => partsOf(one, dimensions, period));
  const rows = (columns[0] ?? []).map((part, i) => ({
    at: part.at,
    labels: part.labels,
    values: columns.map((column) => column[i]?.value ?? 0),
  }));
  // The calendar is split first whatever its place; this puts the rows into the order asked for.
  return rows
    .sort((a, b) => compareEach(a.at, b.at))
    .map(({ labels, values }) => ({ labels, values }));
}

interface Part {
  readonly at: readonly number[];
  readonly labels: readonly string[];
  readonly value: number;
}

function partsOf(series: number, dimensions: readonly string[], period: Period): Part[] {
  const calendar = dimensions.findIndex(isDate);
  const blank = dimensions.map(() => '');
  const zero = dimensions.map(() => 0);
  let parts: Part[] =
    calendar === -1
      ? [{ at: zero, labels: blank, value: periodValue(series, period) }]
      : daysOf(period).map((day, i) => ({
          at: zero.with(calendar, i),
          labels: blank.with(calendar, formatDay(day)),
          value: dailyValue(series, day),
        }));

  const others = dimensions.flatMap((name, place) => (place === calendar ? [] : [{ name, place }]));
  others.forEach(({ name, place }, nth) => {
    const values = nth < MAX_SPLIT_DIMENSIONS ? valuesOf(name) : valuesOf(name).slice(0, 1);
    const key = hash(series, name);
    const weights = values.map((_, i) => 1 + (mix(key, i) % 1000));
    parts = parts.flatMap((part) =>
      split(part.value, weights).map((value, i) => ({
        at: part.at.with(place, i),
        labels: part.labels.with(place, values[i] ?? ''),
        value,
      })),
    );
  });
  return parts;
}

function compareEach(a: readonly number[], b: readonly number[]): number {
  for (const [i, x] of a.entries()) {
    const difference = x - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
