import { styleText } from 'node:util';

/** A number and what it has to be. */
export interface Verdict {
  readonly what: string;
  readonly measured: number;
  readonly unit: string;
  /** What it must not be above, or below where more is better. */
  readonly budget: number;
  readonly stretch: number;
  readonly better: 'less' | 'more';
}

export interface Report {
  readonly question: string;
  /** Columns are the keys of the first row. */
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  readonly verdicts: readonly Verdict[];
}

const holds = ({ measured, better }: Verdict, bound: number): boolean =>
  better === 'less' ? measured <= bound : measured >= bound;

export const isMet = (verdict: Verdict): boolean => holds(verdict, verdict.budget);

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
};

/**
 * How many times the one costs what the other does, by rounds that were run side by side: the speed of
 * a shared machine changes by the second, and then the ratio of two medians means nothing.
 */
export const ratio = (costs: readonly number[], others: readonly number[]): number =>
  median(costs.map((cost, round) => cost / (others[round] ?? NaN)));

/** Three digits that mean something. */
const short = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));

const cell = (value: string | number | undefined): string =>
  typeof value === 'number' ? short(value) : (value ?? '');

const printRows = (rows: Report['rows']): void => {
  const columns = Object.keys(rows[0] ?? {});
  const lines = [columns, ...rows.map((row) => columns.map((column) => cell(row[column])))];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  for (const line of lines) {
    const cells = line.map((text, at) =>
      at === 0 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0),
    );
    console.log(`  ${cells.join('   ')}`);
  }
};

const printVerdict = (verdict: Verdict): void => {
  const { what, measured, unit, budget, stretch, better } = verdict;
  const sign = better === 'less' ? '≤' : '≥';
  const mark = isMet(verdict) ? styleText('green', '✓') : styleText('red', '✗');
  const star = holds(verdict, stretch) ? ' (stretch met)' : '';
  const bounds = `budget ${sign} ${budget}, stretch ${sign} ${stretch}${star}`;
  console.log(`  ${mark} ${what}: ${short(measured)} ${unit}, ${bounds}`);
};

export const print = ({ question, rows, verdicts }: Report): void => {
  console.log(`\n${styleText('bold', question)}\n`);
  printRows(rows);
  if (verdicts.length > 0) console.log();
  for (const verdict of verdicts) printVerdict(verdict);
};
