import { calendarOf, isCalendar, together, type Calendar } from './calendar.ts';
import { isFiltered, passes, type Condition } from './conditions.ts';
import type { Period } from './daily.ts';
import { valuesOf, type Values } from './dimensions.ts';
import { isMedia, MEDIA_VALUES } from './media.ts';
import { selectorOf } from './selectors.ts';

/** What a query breaks down by. */
export interface Breakdown {
  readonly component: string;
  readonly dimensions: readonly string[];
  readonly conditions?: readonly Condition[] | undefined;
}

/** A dimension with its values; `place` is where it stands among the dimensions asked for. */
export interface Axis {
  readonly name: string;
  readonly place: number;
  readonly values: Values;
  /** Which of the values were asked for. */
  readonly keep: readonly boolean[];
}

/** All combinations of days and values. */
export interface Grid {
  readonly calendar: Calendar;
  /** Where the dimensions of the calendar stand. */
  readonly places: readonly number[];
  /** The other ones by name, so that `age × gender` and `gender × age` have the same cells. */
  readonly axes: readonly Axis[];
}

/** More dimensions than this would multiply into millions of rows; further ones get one value. */
const MAX_SPLIT_DIMENSIONS = 2;

/** The combinations that a chart or a table shows. */
export function gridOf(query: Breakdown, period: Period): Grid {
  const { dimensions, conditions = [] } = query;
  const places = dimensions.flatMap((name, place) => (isCalendar(name) ? [place] : []));
  const names = places.map((place) => dimensions[place] ?? '');
  const keep = names.some((name) => isFiltered(conditions, name))
    ? (name: string, label: string): boolean => passes(conditions, name, label)
    : undefined;
  const calendar = calendarOf(period, names, keep);
  return { calendar, places, axes: axesOf(query) };
}

/** The cells that a number is the sum of: without a filter, the one that is everything. */
export function totalGridOf(query: Breakdown, period: Period): Grid {
  const { calendar, axes } = gridOf(query, period);
  const filtered = axes.some(({ keep }) => keep.includes(false));
  return { calendar: together(calendar), places: [], axes: filtered ? axes : [] };
}

/** How many values each dimension besides the calendar is split into. */
export function sizeOf(axes: readonly Axis[]): number {
  return axes.reduce((size, { keep }) => size * keep.length, 1);
}

function axesOf({ component, dimensions, conditions = [] }: Breakdown): Axis[] {
  const others = dimensions
    .map((dimension, place) => ({ dimension, place }))
    .filter(({ dimension }) => !isCalendar(dimension));
  const axes = others.map(({ dimension, place }, nth): Axis => {
    const selector = selectorOf(dimension, component);
    const all = selector?.values ?? (isMedia(dimension) ? MEDIA_VALUES : valuesOf(dimension));
    const values = nth < MAX_SPLIT_DIMENSIONS ? all : first(all);
    const keep = values.labels.map(
      (label) =>
        (selector === undefined || selector.picks === label) &&
        (!isFiltered(conditions, dimension) || passes(conditions, dimension, label)),
    );
    return { name: selector?.name ?? dimension, place, values, keep };
  });
  return axes.toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}

function first({ labels, shares }: Values): Values {
  return { labels: labels.slice(0, 1), shares: shares.slice(0, 1) };
}
