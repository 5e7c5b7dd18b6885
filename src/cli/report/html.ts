import { type Drawn, drawn } from './html/chart-data.ts';
import { dayText, humanised, scriptJson, text } from './html/escape.ts';
import { chartArticle, customArticle, numberCard, tableArticle } from './html/parts.ts';
import {
  countsOf,
  failureGroups,
  failuresOf,
  type IntegrationReport,
  type Metric,
  type Report,
} from './model.ts';
import { plural } from './numbers.ts';

/** Where the page that the build makes has room for a report. */
const SLOTS = /<!--(title|report|data)-->/g;

/**
 * A report as one HTML file that loads nothing: text and tables as HTML, charts drawn by the script
 * that the page brings along.
 *
 * @param page as the build makes it, `dist/report.html`
 */
export function renderHtml(report: Report, page: string): string {
  const charts: Drawn[] = [];
  const sections = report.integrations.map((one, i) => integrationSection(one, i, charts));
  const parts: Readonly<Record<string, string>> = {
    title: text(titleOf(report)),
    report: [header(report), ...sections, footer(report)].join('\n'),
    data: `<script type="application/json" id="data">${scriptJson(charts.map(({ data }) => data))}</script>`,
  };
  // By a function: a text with `$&` in it is a text.
  return page.replace(SLOTS, (_, slot: string) => parts[slot] ?? '');
}

const range = ({ start, end }: { readonly start: string; readonly end: string }): string => {
  const time = (day: string): string =>
    `<time datetime="${text(day)}">${text(dayText(day))}</time>`;
  return start === end ? time(start) : `${time(start)} – ${time(end)}`;
};

/** `weekly-report` for people: `Weekly report`. */
const titleOf = ({ name, title }: Report): string =>
  title ?? humanised(name.replace(/(?<=\p{L})-(?=\p{L})/gu, ' '));

function header(report: Report): string {
  const { period, timeZone, integrations } = report;
  const compare = period.compare
    ? ` <span class="compare">compared with ${range(period.compare)}</span>`
    : '';
  const zone = timeZone === null ? '' : ` <span class="zone">${text(timeZone)}</span>`;
  const links = integrations.map(
    ({ integration: { title, uuid } }, i) =>
      `<li><a href="#integration-${i + 1}">${text(title ?? uuid)}</a></li>`,
  );
  const nav =
    links.length > 1 ? `<nav aria-label="Integrations"><ul>${links.join('')}</ul></nav>` : '';
  return `<header><h1>${text(titleOf(report))}</h1><p class="period">${range(period)}${compare}${zone}</p>${nav}</header><main>`;
}

const footer = ({ createdAt }: Report): string =>
  `</main><footer>Made with tallywire on <time datetime="${createdAt.toISOString()}">${text(dayText(createdAt.toISOString().slice(0, 10)))}, ${createdAt.toISOString().slice(11, 16)} UTC</time></footer>`;

function integrationSection(report: IntegrationReport, place: number, charts: Drawn[]): string {
  const { integration, metrics } = report;
  const titles = titlesOf(metrics.map(({ name }) => name));
  const found = metricParts(metrics, titles, charts);
  const id = `integration-${place + 1}`;
  return [
    `<section class="integration" aria-labelledby="${id}">`,
    `<div class="head"><h2 id="${id}">${text(integration.title ?? 'Integration')}</h2><p>${text(integration.uuid)} · ${countsOf([report])}</p></div>`,
    failures(report, titles),
    found.numbers.length > 0 ? `<ul class="cards">${found.numbers.join('\n')}</ul>` : '',
    found.charts.length > 0 ? `<div class="charts">${found.charts.join('\n')}</div>` : '',
    found.tables.length > 0 ? `<div class="tables">${found.tables.join('\n')}</div>` : '',
    '</section>',
  ].join('\n');
}

type Titles = ReadonlyMap<string, string>;

/** What people read for each name, or the name itself where others would read the same. */
function titlesOf(names: readonly string[]): Titles {
  const owners = new Map<string, number>();
  for (const name of names) owners.set(humanised(name), (owners.get(humanised(name)) ?? 0) + 1);
  return new Map(
    names.map((name) => [name, owners.get(humanised(name)) === 1 ? humanised(name) : name]),
  );
}

function metricParts(metrics: readonly Metric[], titles: Titles, charts: Drawn[]) {
  const parts = { numbers: [] as string[], charts: [] as string[], tables: [] as string[] };
  for (const one of metrics) {
    const { outcome } = one;
    const metric = { ...one, title: titles.get(one.name) ?? one.name };
    if (!outcome.ok) continue;
    switch (outcome.component) {
      case 'number_v1':
        parts.numbers.push(numberCard({ ...metric, outcome }));
        break;
      case 'chart_v1': {
        const chart = { ...metric, outcome };
        const data = drawn(chart);
        parts.charts.push(chartArticle(chart, charts.length, data.leftOut));
        charts.push(data);
        break;
      }
      case 'datatable_v1':
        parts.tables.push(tableArticle({ ...metric, outcome }));
        break;
      default:
        parts.tables.push(customArticle(metric, outcome.data));
    }
  }
  return parts;
}

function failures(report: IntegrationReport, titles: Titles): string {
  const groups = failureGroups(report);
  if (groups.length === 0) return '';
  const named = (name: string): string =>
    `<span title="${text(name)}">${text(titles.get(name) ?? name)}</span>`;
  const items = groups.map(
    ({ reason, message, advice, names }) =>
      `<li><p><strong>${text(reason)}</strong> ${text(message)}</p>${advice === undefined ? '' : `<p>${text(advice)}</p>`}<p class="names">${names.map(named).join(', ')}</p></li>`,
  );
  return `<section class="failures" aria-label="Failed metrics"><h3>${plural(failuresOf(report).length, 'metric')} failed</h3><ul>${items.join('')}</ul></section>`;
}
