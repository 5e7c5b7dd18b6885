import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricViews, type MetricView } from '../../../src/mock/page/lib/metric-view.ts';

const query = (id: string, component: string, more: object = {}): object => ({
  id,
  component,
  reference_key: `ig:${id}`,
  metrics: ['m'],
  ...more,
});

const views = (queries: readonly object[], answer: unknown): readonly MetricView[] =>
  metricViews(JSON.stringify({ metrics: queries }), JSON.stringify(answer));

const only = (component: string, result: unknown, more: object = {}): MetricView['shape'] =>
  (views([query('a', component, more)], { a: result })[0] as MetricView).shape;

describe('metrics of an answer', () => {
  it('come in the order of the queries, bare or inside data', () => {
    const queries = [query('b', 'number_v1'), query('a', 'number_v1')];
    const answer = { a: { values: 1 }, b: { values: 2 } };
    const names = (all: readonly MetricView[]) => all.map(({ key, shape }) => [key, shape.kind]);
    const expected = [
      ['ig:b', 'number'],
      ['ig:a', 'number'],
    ];
    expect(names(views(queries, answer))).toEqual(expected);
    expect(names(views(queries, { data: answer }))).toEqual(expected);
  });

  it('names what is missing, and what nobody asked for', () => {
    const [missing, extra] = views([query('a', 'number_v1')], { x: { values: 1 } });
    expect(missing).toMatchObject({ key: 'ig:a', shape: { kind: 'missing' } });
    expect(extra).toMatchObject({ id: 'x', key: null });
  });

  it('shows a number as it came, and how it changed', () => {
    const comparison = { values: '10', difference: -20.5, absoluteDifference: -2.05 };
    const shape = only('number_v1', { values: '7.950', comparison });
    expect(shape).toMatchObject({
      kind: 'number',
      value: { text: '7.950', value: 7.95 },
      comparison: { direction: 'down', difference: { text: '-20.5' } },
    });
    expect(only('number_v1', { values: [null] })).toMatchObject({
      value: { kind: 'null', text: '–' },
      comparison: null,
    });
    expect(only('number_v1', { values: 0 })).toMatchObject({
      value: { kind: 'number', text: '0' },
    });
  });

  it('takes no comparison out of nulls', () => {
    const comparison = { values: null, difference: null, absoluteDifference: null };
    expect(only('number_v1', { values: 1, comparison })).toMatchObject({ comparison: null });
  });

  it('reads charts, with names for series that have none', () => {
    const shape = only(
      'chart_v1',
      { labels: ['x', null], values: [{ data: [1, null] }, { name: 's', data: ['2'] }] },
      { metrics: ['one', 'two'] },
    );
    expect(shape).toMatchObject({
      kind: 'chart',
      series: [
        { name: 'one', cells: [{ value: 1 }, { kind: 'null' }] },
        { name: 's', cells: [{ text: '2' }] },
      ],
    });
  });

  it('reads tables with cells of each form', () => {
    const post = {
      id: '1',
      text: 'Post',
      url: 'https://x.example/',
      cdn_image: 'javascript:alert(1)',
    };
    const shape = only('datatable_v1', { values: [[post, { value: 3, title: 'Three' }, '', 0]] });
    expect(shape).toMatchObject({
      kind: 'table',
      headers: ['m'],
      rows: [
        [
          { text: 'Post', url: 'https://x.example/', note: 'id 1, cdn_image javascript:alert(1)' },
          { text: 'Three', note: 'value 3' },
          { kind: 'empty' },
          { kind: 'number', text: '0' },
        ],
      ],
    });
    expect(JSON.stringify(shape)).not.toContain('"image"');
  });

  it('shows failures and warnings as such', () => {
    expect(only('number_v1', { type: 'expired_token', message: 'Gone' })).toEqual({
      kind: 'failure',
      type: 'expired_token',
      message: 'Gone',
    });
    const [view] = views([query('a', 'chart_v1')], { a: { warning: 'No data' } });
    expect(view).toMatchObject({ warning: 'No data', shape: { kind: 'warning' } });
    expect(only('number_v1', null)).toEqual({ kind: 'null' });
  });

  it.each([
    ['number_v1', { values: { a: 1 } }],
    ['chart_v1', { values: 3 }],
    ['chart_v1', { labels: ['a'], values: [null] }],
    ['datatable_v1', { values: [1] }],
    ['pipeline_v1', { values: [1] }],
    ['number_v1', [1]],
  ])('leaves a %s of another form as JSON', (component, result) => {
    expect(only(component, result)).toMatchObject({ kind: 'raw' });
  });

  it('shows whatever there is without giving up', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const queries = JSON.stringify({ metrics: [query('a', 'number_v1'), query('b', 'chart_v1')] });
    expect(metricViews(queries, `{"a":${deep},"b":{"labels":[${deep}],"values":[]}}`)).toHaveLength(
      2,
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (id, result, values) => {
        const asked = { metrics: [query('a', 'chart_v1'), { id, component: id, metrics: result }] };
        const answer = { a: { values, labels: result, comparison: values }, data: result };
        expect(metricViews(JSON.stringify(asked), JSON.stringify(answer)).length).toBeGreaterThan(
          1,
        );
      }),
    );
  });

  it('takes no other answer for metrics', () => {
    expect(metricViews('', '{}')).toEqual([]);
    expect(metricViews('{"metrics":[]}', '{"message":"no"}')).toEqual([]);
    expect(views([query('__proto__', 'number_v1')], {})).toMatchObject([
      { shape: { kind: 'missing' } },
    ]);
  });
});
