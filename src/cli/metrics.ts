import { type Command, Option } from 'commander';
import type { CompareName, Duration, Period } from '../reportei/index.ts';
import {
  type Format,
  FORMATS,
  parseCompare,
  parseCount,
  parseDeadline,
  parseIntegrations,
} from './metrics-values.ts';

/** Options of `tallywire metrics`, as the command line has them. */
export interface MetricsFlags {
  readonly integration?: readonly string[];
  readonly start?: string;
  readonly end?: string;
  readonly period?: string;
  readonly timeZone?: string;
  readonly compare?: CompareName | Period;
  readonly format?: Format;
  readonly output?: string;
  readonly title?: string;
  readonly open?: boolean;
  readonly rows: number;
  readonly export?: string;
  readonly chunk: number;
  readonly concurrency: number;
  readonly deadline?: Duration;
  readonly splitRefused?: boolean;
  readonly quiet: boolean;
}

const HELP = `
The source is a payload as the Reportei application sends it, a vendor catalogue, a list of queries
(JSON, - for standard input), or a module that exports a metricSet, such as one by "tallywire types".
A payload's own integration and dates count where no option says otherwise.

Tokens are read from REPORTEI_TOKEN and REPORTEI_CUSTOMER_TOKEN, the address from REPORTEI_BASE_URL.

Periods: today, yesterday, last-N-days, week-to-date, month-to-date, quarter-to-date, year-to-date,
last-week, last-month, last-quarter, last-year. The time zone is this machine's unless you state one.

Formats:
  table   for a terminal; long tables are cut, the others hold everything
  json    one object, see "format" in it
  ndjson  one metric on a line, as they come
  csv     one long table for a spreadsheet, a line for each value; texts cannot become formulas
  html    one page that needs nothing else: charts and tables, to send, to print, light and dark

Examples:
  tallywire metrics payload.json --integration UUID --period last-month --compare previous-period
  tallywire metrics dashboard.ts -i UUID,UUID --start 2024-08-01 --end 2024-08-31 -o report.html
  tallywire metrics dashboard.ts -i UUID --period last-7-days --format csv > week.csv
  tallywire metrics catalogue.json -i UUID --period yesterday --format ndjson --split-refused

Exits with 0 when all metrics are there, 2 when some failed (the report says which and why), 1 when
none could be fetched, 64 on a mistake in the command line.
`;

/** Adds `tallywire metrics`, which fetches metrics and prints a report. */
export function metricsCommand(program: Command): void {
  program
    .command('metrics')
    .description('Fetch metrics and report them, in the terminal or as a file')
    .argument('<source>', 'a payload (JSON) or a module with a metricSet, - for standard input')
    .option('-i, --integration <uuid>', 'whose metrics, again for more', parseIntegrations)
    .option('--start <day>', 'first day, as 2024-08-01')
    .option('--end <day>', 'last day, included')
    .option('--period <name>', 'days by a name, such as last-month')
    .option('--time-zone <zone>', 'the zone of the days, such as America/Sao_Paulo')
    .option(
      '--compare <what>',
      'previous-period, previous-year, or two days as DAY..DAY',
      parseCompare,
    )
    .addOption(
      new Option(
        '-f, --format <format>',
        "what to make of them (default: by --output's name, or table)",
      ).choices(FORMATS),
    )
    .option('-o, --output <file>', 'write to a file, which is replaced only by a whole report')
    .option('--title <words>', "heading of a page or table (default: the set's name)")
    .option('--open', 'show the page in the browser (html)')
    .option('--rows <number>', 'the most rows of a table in the terminal', parseCount, 24)
    .option('--export <name>', 'which set of a module (default: the only one)')
    .option('--chunk <number>', 'the most metrics in one request', parseCount, 25)
    .option('--concurrency <number>', 'requests under way at once', parseCount, 8)
    .option('--deadline <time>', 'for everything together, such as 5m', parseDeadline)
    .option('--split-refused', 'find the metrics for which a request is refused, and go on without')
    .option('-q, --quiet', 'no progress and no notes on standard error', false)
    .addHelpText('after', HELP)
    .action(async (source: string, flags: MetricsFlags, command: Command) => {
      // Only here: the other commands need not wait for it.
      const { runMetrics } = await import('./run-metrics.ts');
      await runMetrics(source, flags, command);
    });
}
