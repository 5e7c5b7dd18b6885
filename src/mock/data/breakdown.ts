import { isCalendar } from './calendar.ts';
import { cellsOf } from './cells.ts';
import type { Period } from './daily.ts';
import { gridOf, sizeOf, totalGridOf, type Breakdown, type Grid } from './grid.ts';
import { KINDS } from './kinds.ts';
import { labelsOf } from './labels.ts';
import { unitsPerOne, type Series } from './series.ts';

/** A number, a text or a date; `null` where a metric has none. */
export type Value = number | string | null;

/** One combination of dimension values, in the order the dimensions were given. */
export interface Row {
  readonly labels: readonly string[];
  /** One value for each series, in order. */
  readonly values: readonly Value[];
}

/** The rows of a chart or a table: ordered by the first dimension, then by the next ones. */
export function breakdown(series: readonly Series[], query: Breakdown, period: Period): Row[] {
  const grid = gridOf(query, period);
  const columns = series.map((one) => columnOf(one, grid));
  return rowsOf(grid).map(({ at, cell }) => ({
    labels: query.dimensions.map((_, place) => at[place] ?? ''),
    values: columns.map((column) => column[cell] ?? null),
  }));
}

/**
 * The value of everything that a query asks about, in units: its number, and what stands in the
 * Total of its table. `null` for what is no number.
 */
export function totalUnits(series: Series, query: Breakdown, period: Period): number | null {
  if (KINDS[series.kind].family === 'label') return null;
  const grid = totalGridOf(query, period);
  const { units, by } = cellsOf(series, grid.calendar, grid.axes);
  const kept = rowsOf(grid).map(({ cell }) => cell);
  const sum = (cells: readonly number[]): number =>
    kept.reduce((total, cell) => total + (cells[cell] ?? 0), 0);
  return by === null ? sum(units) : quotient(sum(units), sum(by));
}

/** At most how many rows a breakdown has, without making any. */
export function rowCount(
  dimensions: readonly string[],
  period: Period,
  component = 'datatable_v1',
): number {
  const days = dimensions.some(isCalendar) ? daysIn(period) : 1;
  return days * cellCount({ component, dimensions });
}

/** How many cells each day of a query is split into. */
export function cellCount({ component, dimensions, conditions }: Breakdown): number {
  const day = { first: 0, last: 0 };
  const grid = component === 'number_v1' ? totalGridOf : gridOf;
  return sizeOf(grid({ component, dimensions, conditions }, day).axes);
}

/** The days of a period, both ends among them. */
export function daysIn({ first, last }: Period): number {
  return Math.max(0, last - first + 1);
}

function columnOf(series: Series, grid: Grid): Value[] {
  if (KINDS[series.kind].family === 'label') return labelsOf(series, grid);
  const { units, by } = cellsOf(series, grid.calendar, grid.axes);
  const one = unitsPerOne(series);
  return units.map((value, i) => (by === null ? value : quotient(value, by[i] ?? 0)) / one);
}

/** Of nothing there is no rate; the services answer 0. */
const quotient = (units: number, by: number): number => (by === 0 ? 0 : Math.round(units / by));

interface Place {
  /** The labels by place of their dimension. */
  readonly at: readonly string[];
  readonly cell: number;
}

/** The cells that are kept, in the order of the rows. */
function rowsOf(grid: Grid): Place[] {
  const steps = stepsOf(grid);
  const count = steps.reduce((product, { options }) => product * options.length, 1);
  return Array.from({ length: count }, (_, n) => {
    const at: string[] = [];
    let [rest, cell] = [n, 0];
    // The last step turns fastest.
    for (let s = steps.length - 1; s >= 0; s -= 1) {
      const { places, options } = steps[s] ?? NO_STEP;
      const option = options[rest % options.length];
      rest = Math.floor(rest / options.length);
      cell += option?.add ?? 0;
      for (let i = 0; i < places.length; i += 1) at[places[i] ?? 0] = option?.labels[i] ?? '';
    }
    return { at, cell };
  });
}

/** What can be chosen at some of the places, and how far each choice is into the cells. */
interface Step {
  readonly places: readonly number[];
  readonly options: readonly { readonly labels: readonly string[]; readonly add: number }[];
}

const NO_STEP: Step = { places: [], options: [] };

/** The calendar, whose dimensions go together, and the axes: in the order that was asked for. */
function stepsOf({ calendar, places, axes }: Grid): Step[] {
  const size = sizeOf(axes);
  const calendarStep: Step = {
    places,
    options: calendar.groups.map((labels, group) => ({ labels, add: group * size })),
  };
  const steps = axes.map(({ place, values, keep }, i): Step => {
    const stride = sizeOf(axes.slice(i + 1));
    const options = values.labels.map((label, n) => ({ labels: [label], add: n * stride }));
    return { places: [place], options: options.filter((_, n) => keep[n]) };
  });
  return [calendarStep, ...steps].sort((a, b) => (a.places[0] ?? -1) - (b.places[0] ?? -1));
}
