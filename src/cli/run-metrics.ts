import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { isatty } from 'node:tty';
import { type Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { packageRoot } from '../mock/package-root.ts';
import { isSdkError } from '../reportei/index.ts';
import { EXIT } from './exit-codes.ts';
import { fetchReports } from './fetch-report.ts';
import { loadQueries, type Source } from './load-queries.ts';
import type { MetricsFlags } from './metrics.ts';
import { type Days, daysOf } from './metrics-days.ts';
import { tellFailures, wasNothingFetched } from './metrics-failures.ts';
import { checkUuids, type Format, formatOf } from './metrics-values.ts';
import { Mistake } from './mistake.ts';
import { openInBrowser } from './open.ts';
import { pageToLookAt, writeWhole } from './output.ts';
import { progressLine } from './progress.ts';
import { renderCsv } from './report/csv.ts';
import { renderHtml } from './report/html.ts';
import { renderJson, renderLine } from './report/json.ts';
import { countsOf, type Report } from './report/model.ts';
import { renderTerminal } from './report/terminal.ts';

/** What a run is to do: the command line and the source, checked and joined. */
interface Plan {
  readonly source: Source;
  readonly integrations: readonly string[];
  readonly days: Days;
  readonly format: Format;
  /** A file, or `undefined` for standard output. */
  readonly output: string | undefined;
}

export async function runMetrics(
  source: string,
  flags: MetricsFlags,
  command: Command,
): Promise<void> {
  const plan = await asUsage(command, async () =>
    planOf(await loadQueries(source, flags.export), flags),
  );
  // Before anything is asked: a run may take minutes.
  const page = plan.format === 'html' ? readPage() : '';
  if (!flags.quiet) for (const note of plan.source.notes) console.error(note);
  const { period, timeZone, isOwnZone } = plan.days;
  if (isOwnZone && !flags.quiet) {
    console.error(
      `${period.start} to ${period.end}, as days in ${timeZone} (--time-zone for another)`,
    );
  }

  const { queries, name } = plan.source;
  const total = Object.keys(queries).length * plan.integrations.length;
  const days = { period, timeZone: timeZone ?? null };
  const lines: string[] = [];
  const isStreamed = plan.format === 'ndjson' && plan.output === undefined;
  // Lines on the same terminal tell how far it has come.
  const isTold = isStreamed && process.stdout.isTTY;
  const progress = progressLine(total, flags.quiet || isTold);
  try {
    const integrations = await fetchReports({
      queries,
      period,
      timeZone,
      integrations: plan.integrations,
      chunk: flags.chunk,
      concurrency: flags.concurrency,
      deadline: flags.deadline,
      splitRefused: flags.splitRefused ?? false,
      titles: ['table', 'json', 'html'].includes(plan.format),
      onMetric: (integration, metric) => {
        progress.tell(metric.outcome.ok);
        if (plan.format !== 'ndjson') return;
        const line = renderLine(days, integration, metric);
        if (isStreamed) process.stdout.write(line);
        else lines.push(line);
      },
    });
    progress.end();
    finish({ ...days, name, title: flags.title, createdAt: new Date(), integrations });
  } finally {
    progress.end();
  }

  function finish(report: Report): void {
    const isNothing = wasNothingFetched(report);
    // A table has its failures in it.
    if (isNothing || plan.format !== 'table' || plan.output !== undefined) tellFailures(report);
    const failed = report.integrations.some(({ metrics }) =>
      metrics.some(({ outcome }) => !outcome.ok),
    );
    process.exitCode = isNothing ? EXIT.failed : failed ? EXIT.incomplete : EXIT.done;
    if (isNothing || isStreamed) return;
    const text = plan.format === 'ndjson' ? lines.join('') : render(report, plan, flags, page);
    if (plan.output === undefined) process.stdout.write(text);
    else {
      writeWhole(plan.output, text);
      if (!flags.quiet) console.error(`${plan.output}: ${countsOf(report.integrations)}`);
      if (flags.open === true) openInBrowser(resolve(plan.output));
    }
  }
}

/** Mistakes of the command line, told as commander tells its own. */
async function asUsage<T>(command: Command, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isMistake = error instanceof InvalidArgumentError || error instanceof Mistake;
    if (isMistake) command.error(`error: ${error.message}`);
    throw error;
  }
}

function planOf(source: Source, flags: MetricsFlags): Plan {
  const { open = false, output } = flags;
  const format = flags.format ?? (open ? 'html' : formatOf(output ?? '')) ?? 'table';
  if (open && format !== 'html') throw new Mistake('--open goes with --format html');
  if (flags.title?.trim() === '') throw new Mistake('--title is empty');
  if (flags.title !== undefined && !['html', 'table'].includes(format)) {
    throw new Mistake('--title goes with --format html or table');
  }
  if (flags.format === undefined && output !== undefined && formatOf(output) === undefined) {
    throw new Mistake(`the name of ${basename(output)} tells no format: give --format`);
  }
  if (output !== undefined && !existsSync(dirname(resolve(output)))) {
    throw new Mistake(`there is no folder ${dirname(output)} for --output`);
  }
  return {
    source,
    format,
    integrations: integrationsOf(flags, source),
    days: mistaken(() => daysOf(flags, source)),
    output: output ?? (open ? pageToLookAt() : undefined),
  };
}

function integrationsOf({ integration }: MetricsFlags, { options }: Source): readonly string[] {
  const own = integration ?? [options.integration ?? []].flat();
  if (own.length === 0) throw new Mistake('whose metrics? Give --integration and its UUID');
  return [...new Set(checkUuids(own).map((one) => one.toLowerCase()))];
}

/** Days that cannot be are a mistake of who typed them. */
function mistaken<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isSdkError(error) && error.code === 'config') throw new Mistake(error.message);
    throw error;
  }
}

function readPage(): string {
  try {
    return readFileSync(new URL('dist/report.html', packageRoot()), 'utf8');
  } catch (cause) {
    throw new Error('the page has not been built: npm run build', { cause });
  }
}

const WIDTH = 100;

function render(
  report: Report,
  { format, output }: Plan,
  flags: MetricsFlags,
  page: string,
): string {
  switch (format) {
    case 'json':
      return renderJson(report);
    case 'csv':
      return renderCsv(report);
    case 'html':
      return renderHtml(report, page);
    default: {
      const { columns } = process.stdout;
      const onTerminal = isatty(process.stdout.fd) && output === undefined;
      const told = onTerminal ? columns : Number(process.env.COLUMNS);
      return renderTerminal(report, {
        width: Math.max(40, Number.isInteger(told) && told > 0 ? told : WIDTH),
        colors: pc.createColors(pc.isColorSupported && onTerminal),
        rows: flags.rows,
      });
    }
  }
}
