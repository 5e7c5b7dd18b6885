import { type Cell, type Column, layOut } from './columns.ts';
import { type Change, changeOf, type Metric } from './model.ts';
import { ARROWS, formatNumber, formatPercent } from './numbers.ts';
import { sparkline } from './sparkline.ts';
import type { Paper } from './terminal.ts';
import { clean, cut } from './text.ts';

const SPARK = 20;

const COLUMNS: readonly Column[] = [
  { align: 'left', least: 12 },
  { align: 'right' },
  { align: 'left' },
  { align: 'right' },
  { align: 'left' },
  { align: 'left', least: 8 },
];

/** Numbers below each other: value, change, value before, course. Columns that hold nothing go. */
export function numberLines(metrics: readonly Metric[], paper: Paper): readonly string[] {
  const rows = metrics.map((metric) => numberRow(metric, paper));
  const used = COLUMNS.map((_, i) => rows.some((row) => row[i]?.text !== ''));
  const pick = <T>(all: readonly T[]): readonly T[] => all.filter((_, i) => used[i]);
  return layOut(pick(COLUMNS), rows.map(pick), paper.width).lines;
}

function numberRow({ name, outcome }: Metric, { colors }: Paper): readonly Cell[] {
  if (!outcome.ok || outcome.component !== 'number_v1') return [];
  const change = changeOf(outcome);
  const paints = { up: colors.green, down: colors.red, same: colors.dim };
  const paint = change === null ? colors.dim : paints[change.direction];
  const before = change?.before ?? null;
  return [
    { text: clean(name) },
    { text: formatNumber(outcome.value), paint: colors.bold },
    { text: change === null ? '' : ARROWS[change.direction], paint },
    { text: change === null ? '' : percentOf(change), paint },
    { text: before === null ? '' : `from ${formatNumber(before)}`, paint: colors.dim },
    outcome.warning === undefined
      ? { text: sparkline(outcome.trend ?? [], SPARK), paint: colors.cyan }
      : { text: cut(`! ${clean(outcome.warning)}`, 60), paint: colors.yellow },
  ];
}

const percentOf = (change: Change): string =>
  change.direction === 'same' ? '' : formatPercent(change.percent);
