import type { ChartResult, DatatableResult, NumberResult, Row } from '../../reportei/index.ts';
import { shownCell } from './cells.ts';
import { changeOf, dimensionsOf, type Found, type Metric, type Report, seriesOf } from './model.ts';
import { clean } from './text.ts';

/** By this spreadsheets know that the file is UTF-8. */
const BOM = '\ufeff';

const BEFORE = ['integration', 'metric', 'reference_key', 'component', 'start', 'end', 'row'];
const AFTER = 'measure value text url previous difference_percent failure message'.split(' ');

type Value = string | number | null | undefined;

/** One value of one metric: a line of the file. */
interface Line {
  /** Names of the dimensions' values. */
  readonly labels?: readonly string[];
  /** The row of a table or a chart, from 1, or `total`. */
  readonly row?: number | 'total';
  readonly measure?: string;
  readonly value?: number | null;
  readonly text?: string;
  readonly url?: string | null;
  readonly before?: number | null;
  readonly percent?: number | null;
  readonly reason?: string;
  readonly message?: string;
}

/**
 * All metrics in one long table, a line for each value: so one sheet holds numbers, charts and tables,
 * and filters and pivot tables work on it. RFC 4180 with CRLF, in UTF-8 with a byte order mark; a line
 * of the file is one line of text.
 */
export function renderCsv(report: Report): string {
  const { start, end } = report.period;
  const all = report.integrations.flatMap(({ integration, metrics }) =>
    metrics.map((metric) => ({ integration, metric, lines: linesOf(metric) })),
  );
  const depth = all.reduce(
    (most, { lines }) => lines.reduce((m, { labels }) => Math.max(m, labels?.length ?? 0), most),
    2,
  );
  const labels = Array.from({ length: depth }, (_, i) => (i === 0 ? 'label' : `label_${i + 1}`));
  const head = [...BEFORE, ...labels, ...AFTER];
  const rows = all.flatMap(({ integration, metric, lines }) => {
    const { name, wire } = metric;
    const before = [integration.uuid, name, wire.reference_key, wire.component, start, end];
    return lines.map((line): readonly Value[] => [
      ...before,
      line.row,
      ...labels.map((_, i) => line.labels?.[i]),
      line.measure,
      line.value,
      line.text,
      line.url,
      line.before,
      line.percent,
      line.reason,
      line.message,
    ]);
  });
  return BOM + [head, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/** Every metric has a line, so that none is missed. */
function linesOf(metric: Metric): readonly Line[] {
  const [first = { message: 'no values' }, ...others] = valuesOf(metric);
  const { outcome } = metric;
  const isWarned = outcome.ok && 'warning' in outcome && outcome.warning !== undefined;
  return [isWarned ? { ...first, message: outcome.warning } : first, ...others];
}

function valuesOf(metric: Metric): readonly Line[] {
  const { outcome } = metric;
  if (!outcome.ok) return [{ reason: outcome.reason, message: outcome.message }];
  switch (outcome.component) {
    case 'number_v1':
      return numberLines({ ...metric, outcome });
    case 'chart_v1':
      return chartLines({ ...metric, outcome });
    case 'datatable_v1':
      return tableLines({ ...metric, outcome });
    default:
      return [{ text: JSON.stringify(outcome.data) ?? '' }];
  }
}

function numberLines({ wire, outcome }: Found<NumberResult>): readonly Line[] {
  const { value, trend = [] } = outcome;
  const measure = wire.metrics[0] ?? 'value';
  const change = changeOf(outcome);
  const { before = null, percent = null } = change ?? {};
  return [
    { measure, value, before, percent },
    ...trend.map((value, i) => ({ row: i + 1, measure: `${measure} (trend)`, value })),
  ];
}

function chartLines({ wire, outcome }: Found<ChartResult>): readonly Line[] {
  // A chart that is broken down twice names its series by the second dimension.
  const isTwice = Array.isArray(outcome.series);
  return seriesOf(outcome).flatMap(({ name, data }) =>
    outcome.labels.map((label, i) => ({
      row: i + 1,
      labels: isTwice ? [label, name] : [label],
      measure: isTwice ? (wire.metrics[0] ?? 'value') : name,
      value: data[i] ?? null,
    })),
  );
}

function tableLines({ wire, outcome }: Found<DatatableResult>): readonly Line[] {
  const { columns, rows, total } = outcome;
  const dimensions = dimensionsOf(wire).length;
  const names = columns.slice(0, dimensions);
  const cellsOf = (row: Row, at: number | 'total'): readonly Line[] => {
    const shown = names.map((name) => shownCell(row[name], false));
    const labels = shown.map(({ text }) => text);
    const link = shown.find(({ url }) => url !== null)?.url ?? null;
    const measures = columns.slice(dimensions);
    if (measures.length === 0) return [{ row: at, labels, url: link }];
    return measures.map((measure) => {
      const { number, text, url } = shownCell(row[measure], true);
      const words = number === null ? { text } : {};
      return { row: at, labels, measure, value: number, ...words, url: url ?? link };
    });
  };
  return [
    ...rows.flatMap((row, i) => cellsOf(row, i + 1)),
    ...(total ? cellsOf(total, 'total') : []),
  ];
}

/** A text that is a number does no harm, and should be one. */
const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * Where a spreadsheet would begin a formula: at the beginning, after blanks or quotes; also after a
 * semicolon, which separates cells where the comma is a decimal point. The wide forms count too.
 */
const FORMULA = /(^|;)([\s'"]*)(?=[=+\-@＝＋－＠])/g;

function field(value: Value): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  if (value === null || value === undefined) return '';
  const text = clean(value);
  const safe = NUMBER.test(text) ? text : text.replace(FORMULA, "$1'$2");
  return /[",;'\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
