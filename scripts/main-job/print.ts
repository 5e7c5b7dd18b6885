import { isatty } from 'node:tty';
import picocolors from 'picocolors';
import { renderTerminal } from '../../src/cli/report/terminal.ts';
import { resolvePeriod } from '../../src/index.ts';
import { type Dashboard, type dashboard, days } from './dashboard.ts';

/** On a terminal only: a log is no place for colour, though picocolors takes CI for one. */
export const pc = picocolors.createColors(isatty(process.stdout.fd) && picocolors.isColorSupported);

const count = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
type Cell = string | number;
const shown = (value: Cell): string => (typeof value === 'number' ? count.format(value) : value);

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

/** Metrics as `tallywire metrics` reports them. */
export const report = (
  { name, queries }: typeof dashboard,
  results: Dashboard,
  integration: string,
): string =>
  renderTerminal(
    {
      name,
      period: resolvePeriod(days),
      timeZone: null,
      createdAt: new Date(),
      integrations: [
        {
          integration: { uuid: integration, title: 'Instagram Business' },
          metrics: Object.entries(results).map(([key, result]) => ({
            name: key,
            wire: queries[key as keyof typeof queries].wire,
            outcome: { ok: true, ...result },
          })),
        },
      ],
    },
    { width: Math.min(process.stdout.columns ?? 80, 100), colors: pc, rows: 24 },
  );

export const heading = (text: string): string => `\n${pc.bold(text)}`;
