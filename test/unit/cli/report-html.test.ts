import { describe, expect, it } from 'vitest';
import { drawn } from '../../../src/cli/report/html/chart-data.ts';
import { humanised } from '../../../src/cli/report/html/escape.ts';
import { renderHtml } from '../../../src/cli/report/html.ts';
import type { Found, Metric } from '../../../src/cli/report/model.ts';
import type { ChartResult, WireQuery } from '../../../src/reportei/index.ts';
import { everywhere, metric, report, sample } from '../../support/report.ts';

const PAGE = '<title><!--title--></title><body><!--report--><!--data--></body>';
const html = renderHtml(sample, PAGE);

describe('a report as HTML', () => {
  it('has everything in it before any script runs', () => {
    expect(html).toContain('<title>Dashboard</title>');
    expect(html).toContain('<time datetime="2024-08-01">Aug 1, 2024</time>');
    expect(html).toMatch(
      /<p class="value">120<\/p><p class="change up">.*▲.*up.*\+20\.0 %.*from 100/,
    );
    expect(html).toContain('<p class="value none">no value</p>');
    expect(html).toContain(
      '<th scope="row">2024-08-31</th><td class="n">30</td><td class="n">1</td>',
    );
    expect(html).toMatch(/<tfoot><tr><th scope="row">Total<\/th><td class="n">430<\/td>/);
    expect(html).toContain('2 metrics failed');
    expect(html).toContain(
      '<strong>expired_token</strong> connect again</p><p>The account was disconnected from Reportei: let',
    );
  });

  it('has titles for people, and the names of programs beneath', () => {
    expect(html).toContain('<h3 title="ig:replies">Replies</h3>');
    expect(html).toContain('<span title="ig:none_either">None either</span>');
    // What people could not tell apart keeps its name.
    const alike = ['ig:reach', 'fb:reach'].map((name) => metric(name, 'number_v1', { values: 1 }));
    expect(renderHtml(report(alike), PAGE)).toContain('<h3 title="fb:reach">fb:reach</h3>');
    const named = (name: string, title?: string): string =>
      /<h1>(.*)<\/h1>/.exec(renderHtml(report(alike, { name, title }), PAGE))?.[1] ?? '';
    expect(named('weekly-report')).toBe('Weekly report');
    expect(named('2024-08')).toBe('2024-08');
    expect(named('weekly', 'News of the week')).toBe('News of the week');
  });

  it('links to posts, on the web only, and loads no picture', () => {
    expect(html).toContain('<a href="https://example.com/p/1" rel="noopener noreferrer"');
    expect(html).toContain('A trap');
    expect(html).not.toMatch(/javascript:|<img|cdn_image/);
  });

  it.each([
    '<script>alert(1)</script>',
    '</script><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '<!--report--><!--data-->',
    "$& $' $` $1",
    '\u2028\u2029\u0000\u009b',
    '</title><b>',
    '__proto__',
  ])('takes %j for text, wherever it stands', (hostile) => {
    const page = renderHtml(everywhere(hostile), PAGE);
    // Tags are those of an innocent report; nothing of the text became one.
    const tags = (text: string): readonly string[] =>
      [...text.matchAll(/<[/!]?([a-z]+|--)/g)].flatMap(([, tag = '']) =>
        tag === 'wbr' ? [] : [tag],
      );
    expect(tags(page)).toEqual(tags(renderHtml(everywhere('innocent'), PAGE)));
    expect(page.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]* on\w+=/);
    const [, data = ''] = /id="data">(.*?)<\/script>/s.exec(page) ?? [];
    expect(data).not.toMatch(/[<>&\u2028\u2029]/);
    expect(() => JSON.parse(data) as unknown).not.toThrow();
    expect(page.match(/<main>/g)).toHaveLength(1);
  });

  it('says in a menu which integrations there are, if there are several', () => {
    const [one] = sample.integrations;
    const two = { ...one, integration: { uuid: 'x', title: 'Other & more' } } as NonNullable<
      typeof one
    >;
    const page = renderHtml({ ...sample, integrations: [one as typeof two, two] }, PAGE);
    expect(page).toContain('<a href="#integration-2">Other &amp; more</a>');
    expect(page).toContain('<h2 id="integration-2">Other &amp; more</h2>');
    expect(html).not.toContain('<nav');
    const places = [...page.matchAll(/data-chart="(\d+)"/g)].map(([, place]) => Number(place));
    expect(places).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('says that a chart or a table is empty', () => {
    const chart = metric('c', 'chart_v1', { labels: [], values: [{ data: [] }] });
    const table = metric('t', 'datatable_v1', { values: [] });
    const page = renderHtml(report([chart, table]), PAGE);
    expect(page).toContain('No values in this period.');
    expect(page).toContain('No rows in this period.');
    expect(page).not.toContain('<canvas');
  });
});

describe('what is drawn', () => {
  const chart = (labels: readonly string[], wire: Partial<WireQuery>, series = 1): Metric =>
    metric(
      'c',
      'chart_v1',
      {
        labels,
        values: Array.from({ length: series }, (_, s) => ({
          name: `s${s}`,
          data: labels.map((_, i) => i + s),
        })),
      },
      wire,
    );
  const draw = (one: Metric) => drawn(one as Found<ChartResult>);
  const days = Array.from(
    { length: 40 },
    (_, i) => `2024-${i < 31 ? '01' : '02'}-${String((i % 31) + 1).padStart(2, '0')}`,
  );

  it('is a line for dates, bars for what has an order, rows for the rest', () => {
    expect(draw(chart(days, { dimensions: ['date'] })).data.shape).toBe('line');
    expect(draw(chart(days.slice(0, 9), { chart_type: 'bar' })).data.shape).toBe('bars');
    expect(draw(chart(days, { chart_type: 'bar' })).data.shape).toBe('line');
    expect(draw(chart(['18-24', '25-34'], { dimensions: ['age'] })).data.shape).toBe('bars');
    expect(draw(chart(['mobile', 'desktop'], { dimensions: ['device'] })).data.shape).toBe('rows');
  });

  it('is stacked where the series are parts of one metric', () => {
    const twice = chart(['18-24', '25-34'], { dimensions: ['age', 'gender'] }, 2);
    expect(draw(twice).data.isStacked).toBe(true);
    const two = chart(['18-24', '25-34'], { dimensions: ['age'], metrics: ['s0', 's1'] }, 2);
    expect(draw(two).data.isStacked).toBe(false);
  });

  it('leaves the least ones to the table, and says so', () => {
    const labels = Array.from({ length: 50 }, (_, i) => `page ${i}`);
    const { data, leftOut } = draw(chart(labels, { dimensions: ['page', 'source'] }, 12));
    expect(data.labels).toHaveLength(15);
    expect(data.labels[0]).toBe('page 35');
    expect(data.series).toHaveLength(8);
    expect(data.series[0]?.name).toBe('s4');
    expect(leftOut).toBe('The chart shows the greatest: 15 of 50 labels, 8 of 12 series.');
  });

  it.each([
    ['ig:story_replies', 'Story replies'],
    ['storyReplies', 'Story replies'],
    ['google_analytics_4:return_on_ad_spend', 'Return on ad spend'],
    ['costPerCTRClick', 'Cost per CTRClick'],
    ['Plain words', 'Plain words'],
    ['', ''],
    [':', ':'],
  ])('%j is called %j', (name, title) => {
    expect(humanised(name)).toBe(title);
  });
});
