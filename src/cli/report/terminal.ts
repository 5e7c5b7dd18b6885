import type { Period } from '../../reportei/index.ts';
import type pc from 'picocolors';
import {
  countsOf,
  dimensionsOf,
  failureGroups,
  failuresOf,
  type FailureGroup,
  type IntegrationReport,
  isFailed,
  type Metric,
  type Report,
} from './model.ts';
import { numberLines } from './terminal-numbers.ts';
import { chartLines, customLines, tableLines } from './terminal-parts.ts';
import { clean, cut, widthOf, wrap } from './text.ts';

export interface Paper {
  /** Columns of the terminal. */
  readonly width: number;
  /** picocolors, which paints or does not. */
  readonly colors: Pick<typeof pc, 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan'>;
  /** The most rows of a table, and bars of a chart, that are shown. */
  readonly rows: number;
}

type Block = readonly string[];

/** Reports as text for a terminal: nothing from the network reaches it but printable characters. */
export function renderTerminal(report: Report, paper: Paper): string {
  const { colors, width } = paper;
  const { name, title = name } = report;
  const { compare } = report.period;
  const days = `${range(report.period)}${compare ? `, compared with ${range(compare)}` : ''}`;
  const zone = report.timeZone === null ? '' : ` (${report.timeZone})`;
  const head = [
    colors.bold(cut(clean(title), width)),
    ...wrap(clean(days + zone), width).map(colors.dim),
  ];
  const blocks = report.integrations.flatMap((one) => integrationBlocks(one, paper));
  return `${[head, ...blocks].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Days as the period has them. */
const range = ({ start, end }: Period): string => (start === end ? start : `${start} to ${end}`);

function integrationBlocks(report: IntegrationReport, paper: Paper): readonly Block[] {
  const { colors, width } = paper;
  const { uuid, title } = report.integration;
  const failed = failuresOf(report).length;
  const named = title === null ? clean(uuid) : `${clean(title)}  ${clean(uuid)}`;
  const count = countsOf([report]);
  const head = [
    colors.cyan('━'.repeat(width)),
    colors.bold(cut(named, width)),
    failed > 0 ? colors.red(count) : colors.dim(count),
  ];
  return [head, ...metricBlocks(report.metrics, paper), ...failureBlock(report, paper)];
}

/** Numbers that follow each other share a block. */
function metricBlocks(metrics: readonly Metric[], paper: Paper): readonly Block[] {
  const blocks: Block[] = [];
  let numbers: Metric[] = [];
  const flush = (): void => {
    if (numbers.length > 0) blocks.push(numberLines(numbers, paper));
    numbers = [];
  };
  for (const metric of metrics.filter((one) => !isFailed(one))) {
    if (metric.outcome.ok && metric.outcome.component === 'number_v1') numbers.push(metric);
    else {
      flush();
      blocks.push([...heading(metric, paper), ...body(metric, paper), ...warning(metric, paper)]);
    }
  }
  flush();
  return blocks;
}

function heading({ name, wire }: Metric, { colors, width }: Paper): Block {
  const by = dimensionsOf(wire);
  const title = cut(clean(name), width);
  const details = by.length > 0 ? clean(`by ${by.join(', ')}`) : clean(wire.component);
  const room = width - widthOf(title) - 2;
  return [colors.bold(title) + (room > 8 ? `  ${colors.dim(cut(details, room))}` : '')];
}

function body(metric: Metric, paper: Paper): Block {
  const { outcome } = metric;
  if (!outcome.ok) return [];
  switch (outcome.component) {
    case 'chart_v1':
      return chartLines({ ...metric, outcome }, paper);
    case 'datatable_v1':
      return tableLines({ ...metric, outcome }, paper);
    case 'number_v1':
      return [];
    default:
      return customLines(outcome.data, paper);
  }
}

function warning({ outcome }: Metric, { colors, width }: Paper): Block {
  if (!outcome.ok || !('warning' in outcome) || outcome.warning === undefined) return [];
  return wrap(clean(`  ! ${outcome.warning}`), width - 2).map((line) => colors.yellow(`  ${line}`));
}

function failureBlock(report: IntegrationReport, { colors, width }: Paper): readonly Block[] {
  const groups = failureGroups(report);
  if (groups.length === 0) return [];
  const count = groups.reduce((sum, { names }) => sum + names.length, 0);
  return [[colors.bold(colors.red(`${count} failed`)), ...groups.flatMap(groupLines)]];

  function groupLines({ reason, message, advice, names }: FailureGroup): Block {
    const why = wrap(clean(`${reason}: ${message}`), width - 4);
    const todo = advice === undefined ? [] : wrap(advice, width - 4);
    const which = wrap(names.map(clean).join(', '), width - 4);
    return [
      ...why.map((line, i) => colors.red(`${i === 0 ? '  ✗ ' : '    '}${line}`)),
      ...todo.map((line) => `    ${line}`),
      ...which.map((line) => `    ${line}`),
    ];
  }
}
