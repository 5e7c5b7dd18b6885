import type { Calendar } from './calendar.ts';
import { flowOn, stockOn } from './course.ts';
import type { Axis } from './grid.ts';
import { KINDS } from './kinds.ts';
import { hash, mix } from './random.ts';
import { ratioOn, type Series } from './series.ts';
import { cross, cutsOf, split, WHOLE, type Cuts } from './split.ts';

/** The values of a series on all cells: the groups of days, and within each the axes in order. */
export interface Cells {
  readonly units: readonly number[];
  /** What to divide the units by; `null` where they are the value. */
  readonly by: readonly number[] | null;
}

/**
 * Fills the cells. What flows is split day by day, so that a cell is the sum of its days however
 * they are grouped, and a row stays what it is when others are filtered away.
 */
export function cellsOf(series: Series, calendar: Calendar, axes: readonly Axis[]): Cells {
  if (series.quotient !== undefined) {
    const { over, under, times, by } = series.quotient;
    // As they are in their own columns, so that whoever divides these gets the same.
    return {
      units: cellsOf(over, calendar, axes).units.map((value) => value * times),
      by: cellsOf(under, calendar, axes).units.map((value) => value * by),
    };
  }
  const cuts = cutsOfAxes(series, axes);
  switch (KINDS[series.kind].family) {
    case 'sum':
      return { units: flows(series, calendar, cuts), by: null };
    case 'ratio':
      return ratios(series, calendar, cuts);
    case 'unique':
      return { units: people(series, calendar, cuts), by: null };
    case 'stock':
      return { units: stocks(series, calendar, cuts), by: null };
    case 'label':
      return { units: empty(calendar, cuts), by: null };
  }
}

/** How a series is divided among the cells of one day. */
function cutsOfAxes({ key, account }: Series, axes: readonly Axis[]): Cuts {
  return axes
    .map(({ name, values }) => {
      const shared = hash(account, name);
      const weights = values.shares.map((share, i) => {
        // The same rows lead in all metrics: who has most sessions has most purchases.
        const common = share * (65 + (mix(shared, i) % 71));
        return Math.max(1, Math.round((common * (92 + (mix(key ^ shared, i) % 17))) / 1000));
      });
      return cutsOf(weights);
    })
    .reduce(cross, WHOLE);
}

/** How the fractions of one day fall: the digits of a number for the axes one after the other. */
function phaseOf(series: Series, day: number, { sum }: Cuts): number {
  return Math.floor((mix(series.key ^ PHASE, day) / 2 ** 32) * sum);
}

function flows(series: Series, calendar: Calendar, cuts: Cuts): number[] {
  const units = empty(calendar, cuts);
  const parts: number[] = [];
  eachDay(calendar, (day, from) => {
    split(flowOn(series.course, day), cuts, phaseOf(series, day, cuts), parts);
    addTo(units, from * parts.length, parts);
  });
  return units;
}

function ratios(series: Series, calendar: Calendar, cuts: Cuts): Cells {
  const units = empty(calendar, cuts);
  const by = empty(calendar, cuts);
  const parts: number[] = [];
  const size = cuts.ends.length;
  // Between neighbours, in percent; it is taken from one row and given to the other.
  const tilts = cuts.ends.map((_, i) => (i === 0 ? 0 : (mix(series.key ^ TILT, i) % 31) - 15));
  eachDay(calendar, (day, group) => {
    split(flowOn(series.course, day), cuts, phaseOf(series, day, cuts), parts);
    addTo(by, group * size, parts);
    const ratio = ratioOn(series, day);
    for (let i = 0; i < size; i += 1) {
      const at = group * size + i;
      const here = parts[i] ?? 0;
      units[at] = (units[at] ?? 0) + here * ratio;
      if (i === 0) continue;
      const both = Math.min(here, parts[i - 1] ?? 0);
      const moved = Math.trunc((both * ratio * (tilts[i] ?? 0)) / 100);
      units[at] = (units[at] ?? 0) + moved;
      units[at - 1] = (units[at - 1] ?? 0) - moved;
    }
  });
  return { units, by };
}

/**
 * The people of some days: as many as the greatest day had, and of those of the other days ever
 * fewer that were not there before.
 */
function people(series: Series, calendar: Calendar, cuts: Cuts): number[] {
  const groups = calendar.groups.map(() => ({ sum: 0, greatest: 0, days: 0 }));
  eachDay(calendar, (day, at) => {
    const group = groups[at];
    if (group === undefined) return;
    const value = flowOn(series.course, day);
    group.sum += value;
    group.greatest = Math.max(group.greatest, value);
    group.days += 1;
  });
  return standing(
    series,
    cuts,
    groups.map(({ sum, greatest, days }) => {
      return greatest + Math.floor(((sum - greatest) * HABIT) / (HABIT + days));
    }),
  );
}

function stocks(series: Series, calendar: Calendar, cuts: Cuts): number[] {
  const last = calendar.groups.map(() => 0);
  eachDay(calendar, (day, at) => {
    last[at] = day;
  });
  return standing(
    series,
    cuts,
    last.map((day) => stockOn(series.course, day)),
  );
}

/** Amounts that are not made of days: their fractions always fall alike, or rows would jump. */
function standing(series: Series, cuts: Cuts, amounts: readonly number[]): number[] {
  const phase = phaseOf(series, 0, cuts);
  return amounts.flatMap((amount) => {
    const parts: number[] = [];
    split(amount, cuts, phase, parts);
    return parts;
  });
}

/** After this many days half of those who come have been there before. */
const HABIT = 120;
const PHASE = 0x9_4a5e;
const TILT = 0x7_1175;

const empty = ({ groups }: Calendar, { ends }: Cuts): number[] =>
  Array.from({ length: groups.length * ends.length }, () => 0);

function eachDay({ period, groupOf }: Calendar, visit: (day: number, group: number) => void): void {
  for (let i = 0; i < groupOf.length; i += 1) {
    const group = groupOf[i] ?? -1;
    if (group >= 0) visit(period.first + i, group);
  }
}

function addTo(units: number[], from: number, parts: readonly number[]): void {
  for (let i = 0; i < parts.length; i += 1)
    units[from + i] = (units[from + i] ?? 0) + (parts[i] ?? 0);
}
