import { isatty } from 'node:tty';
import picocolors from 'picocolors';
import {
  type Cell,
  cellText,
  type DatatableResult,
  type NumberResult,
  type Points,
} from '../../src/index.ts';

/** On a terminal only: a log is no place for colour, though picocolors takes CI for one. */
export const pc = picocolors.createColors(isatty(process.stdout.fd) && picocolors.isColorSupported);

const count = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const shown = (value: Cell): string =>
  value === null ? '–' : typeof value === 'number' ? count.format(value) : cellText(value);

/** Rows as a table: numbers to the right, everything else to the left. */
export const table = (columns: readonly string[], rows: readonly (readonly Cell[])[]): string => {
  const cells = rows.map((row) => row.map(shown));
  const widths = columns.map((name, i) =>
    Math.max(name.length, ...cells.map((row) => row[i]?.length ?? 0)),
  );
  const toTheRight = columns.map((_, i) => rows.some((row) => typeof row[i] === 'number'));
  const line = (row: readonly string[]): string =>
    row
      .map((text, i) =>
        toTheRight[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0),
      )
      .join('   ')
      .trimEnd();
  return [pc.dim(line(columns)), ...cells.map(line)].map((text) => `  ${text}`).join('\n');
};

/** A number with where it comes from, e.g. `1,234  ▲ 5.2 % from 1,173`. */
export const number = ({ value, comparison }: NumberResult): string => {
  const current = `  ${pc.bold(shown(value))}`;
  if (comparison?.difference == null) return current;
  const { difference } = comparison;
  const change = `${difference < 0 ? '▼' : '▲'} ${count.format(Math.abs(difference))} %`;
  const colour = difference < 0 ? pc.red : pc.green;
  return `${current}  ${colour(change)} ${pc.dim(`from ${shown(comparison.value)}`)}`;
};

const bars = '▁▂▃▄▅▆▇█';

/** A course over time in one line. */
export const sparkline = (labels: readonly string[], data: Points): string => {
  const known = data.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const bar = (value: number | null): string =>
    value === null ? ' ' : (bars[Math.round(((value - low) / (high - low || 1)) * 7)] ?? ' ');
  const range = `${labels[0]} to ${labels.at(-1)}, ${shown(low)} to ${shown(high)} a day`;
  return `  ${pc.cyan(data.map(bar).join(''))}\n  ${pc.dim(range)}`;
};

/** A share for each label, the longest as long as the widest bar. */
export const barChart = (labels: readonly string[], data: Points): string => {
  const most = Math.max(...data.map((value) => value ?? 0), 1);
  const width = Math.max(...labels.map((label) => label.length));
  return labels
    .map((label, i) => {
      const value = data[i] ?? null;
      const bar = '█'.repeat(Math.round(((value ?? 0) / most) * 30));
      return `  ${label.padEnd(width)}  ${pc.cyan(bar)} ${shown(value)}`;
    })
    .join('\n');
};

export const datatable = ({ columns, rows, total }: DatatableResult): string =>
  table(
    columns,
    [...rows, ...(total === null ? [] : [total])].map((row) =>
      columns.map((column) => row[column] ?? null),
    ),
  );

export const heading = (text: string): string => `\n${pc.bold(text)}`;
