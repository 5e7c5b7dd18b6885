import type { ChartResult, DatatableResult, NumberResult } from '../../../reportei/index.ts';
import { shownCell } from '../cells.ts';
import {
  changeOf,
  dimensionsOf,
  type Found,
  type Metric,
  type Series,
  seriesOf,
} from '../model.ts';
import { ARROWS, formatNumber, formatPercent, NONE } from '../numbers.ts';
import { rangeOf } from '../sparkline.ts';
import { breakable, text } from './escape.ts';

const WORDS = { up: 'up', down: 'down', same: 'unchanged' };

/** A metric's title for people, unique in its section. */
interface Titled {
  readonly title: string;
}

/** The name by which programs know it shows where the pointer rests. */
const titleOf = ({ name, title }: Metric & Titled, details = ''): string =>
  `<h3 title="${text(name)}">${text(title)}${details}</h3>`;

function titleWithDimensions(metric: Metric & Titled): string {
  const by = dimensionsOf(metric.wire);
  const details = by.length > 0 ? ` <span class="by">by ${text(by.join(', '))}</span>` : '';
  return titleOf(metric, details);
}

function warningOf({ outcome }: Metric): string {
  if (!outcome.ok || !('warning' in outcome) || outcome.warning === undefined) return '';
  return `<p class="warning">${text(outcome.warning)}</p>`;
}

export function numberCard(metric: Found<NumberResult> & Titled): string {
  const { outcome } = metric;
  const change = changeOf(outcome);
  const { direction = 'same', percent = null, before = null } = change ?? {};
  const share = direction === 'same' ? '' : ` ${formatPercent(percent)}`;
  const was = before === null ? '' : ` <span class="was">from ${formatNumber(before)}</span>`;
  const changed = change
    ? `<p class="change ${direction}"><span aria-hidden="true">${ARROWS[direction]}</span><span class="off-screen">${WORDS[direction]}</span>${share}${was}</p>`
    : '';
  const value =
    outcome.value === null
      ? '<p class="value none">no value</p>'
      : `<p class="value">${formatNumber(outcome.value)}</p>`;
  return `<li class="card">${titleOf(metric)}${value}${changed}${courseOf(outcome.trend ?? [])}${warningOf(metric)}</li>`;
}

/** A course without axes, drawn here: it needs no script. */
function courseOf(trend: readonly (number | null)[]): string {
  const range = rangeOf(trend);
  if (range === null || trend.length < 2) return '';
  const [low, high] = range;
  const points = trend.flatMap((value, i) => {
    if (value === null || !Number.isFinite(value)) return [];
    const share = high === low ? 0.5 : (value / 2 - low / 2) / (high / 2 - low / 2);
    return [`${((i / (trend.length - 1)) * 120).toFixed(1)},${(26 - share * 24).toFixed(1)}`];
  });
  return `<svg class="course" viewBox="0 0 120 28" preserveAspectRatio="none" aria-hidden="true"><polyline points="${points.join(' ')}"/></svg>`;
}

interface Cell {
  readonly html: string;
  readonly isNumber: boolean;
}

const numberCell = (value: number | null): Cell => ({ html: formatNumber(value), isNumber: true });

function table(
  caption: string,
  head: readonly Cell[],
  body: readonly (readonly Cell[])[],
  total: readonly Cell[] | null,
): string {
  const row = (cells: readonly Cell[]): string =>
    `<tr>${cells
      .map(({ html, isNumber }, i) =>
        i === 0 && !isNumber
          ? `<th scope="row">${html}</th>`
          : `<td${isNumber ? ' class="n"' : ''}>${html}</td>`,
      )
      .join('')}</tr>`;
  const heads = head.map(
    ({ html, isNumber }) => `<th scope="col"${isNumber ? ' class="n"' : ''}>${html}</th>`,
  );
  return [
    `<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table>`,
    `<caption class="off-screen">${caption}</caption>`,
    `<thead><tr>${heads.join('')}</tr></thead>`,
    `<tbody>${body.map(row).join('\n')}</tbody>`,
    total ? `<tfoot>${row(total)}</tfoot>` : '',
    '</table></div>',
  ].join('');
}

function seriesTable(metric: Found<ChartResult> & Titled, series: readonly Series[]): string {
  const { labels } = metric.outcome;
  const head = [
    { html: text(dimensionsOf(metric.wire)[0] ?? 'label'), isNumber: false },
    ...series.map(({ name }) => ({ html: breakable(name), isNumber: true })),
  ];
  const body = labels.map((label, i) => [
    { html: text(label) || '(empty)', isNumber: false },
    ...series.map(({ data }) => numberCell(data[i] ?? null)),
  ]);
  return table(`${text(metric.title)}: data`, head, body, null);
}

/**
 * A chart, to be drawn by the page's script, and its numbers in a table.
 *
 * @param place where among the charts' data its own is
 */
export function chartArticle(
  metric: Found<ChartResult> & Titled,
  place: number,
  leftOut: string,
): string {
  const { labels } = metric.outcome;
  const series = seriesOf(metric.outcome);
  const head = `<article class="chart">${titleWithDimensions(metric)}${warningOf(metric)}`;
  if (labels.length === 0 || series.length === 0) {
    return `${head}<p class="empty">No values in this period.</p></article>`;
  }
  const title = text(metric.title);
  return [
    head,
    `<div class="canvas"><canvas role="img" aria-label="Chart of ${title}; its data is in the table below" data-chart="${place}"></canvas></div>`,
    leftOut === '' ? '' : `<p class="note">${text(leftOut)}</p>`,
    `<details><summary>Data<span class="off-screen"> of ${title}</span></summary>${seriesTable(metric, series)}</details>`,
    '</article>',
  ].join('');
}

export function tableArticle(metric: Found<DatatableResult> & Titled): string {
  const { columns, rows, total } = metric.outcome;
  const dimensions = dimensionsOf(metric.wire).length;
  const head = `<article class="table${columns.length > 5 ? ' wide' : ''}${rows.length <= 20 ? ' short' : ''}">${titleWithDimensions(metric)}${warningOf(metric)}`;
  if (rows.length === 0) return `${head}<p class="empty">No rows in this period.</p></article>`;
  const numeric = columns.map(
    (column, i) =>
      i >= dimensions && rows.some((row) => shownCell(row[column], true).number !== null),
  );
  const cellsOf = (row: (typeof rows)[number]): readonly Cell[] =>
    columns.map((column, i) => {
      const { number, text: words, url } = shownCell(row[column], i >= dimensions);
      const html = number === null ? text(words) || NONE : formatNumber(number);
      const linked =
        url === null
          ? html
          : `<a href="${text(url)}" rel="noopener noreferrer" target="_blank">${html}</a>`;
      return { html: linked, isNumber: numeric[i] ?? false };
    });
  const heads = columns.map((column, i) => ({
    html: breakable(column),
    isNumber: numeric[i] ?? false,
  }));
  const caption = text(metric.title);
  const count = rows.length > 12 ? `<p class="note">${formatNumber(rows.length)} rows</p>` : '';
  return `${head}${table(caption, heads, rows.map(cellsOf), total && cellsOf(total))}${count}</article>`;
}

export function customArticle(metric: Metric & Titled, data: unknown): string {
  const json = JSON.stringify(data, null, 2) ?? 'nothing';
  const lines = json.split('\n').map((line) => `${/^ */.exec(line)?.[0] ?? ''}${text(line)}`);
  return `<article class="custom">${titleOf(metric)}<p class="note">${text(metric.wire.component)}, as Connect sent it</p><pre class="scroll" tabindex="0">${lines.join('\n')}</pre></article>`;
}
