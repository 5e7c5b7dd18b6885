import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderCsv } from '../../../src/cli/report/csv.ts';
import { renderJson, renderLine } from '../../../src/cli/report/json.ts';
import type { Report } from '../../../src/cli/report/model.ts';
import { everywhere, INTEGRATION, metric, report, sample } from '../../support/report.ts';

/** RFC 4180 as a program of its own would read it, cells separated by one character. */
const cellsOf = (text: string, separator = ','): string[][] => {
  const rows: string[][] = [[]];
  let [cell, quoted] = ['', false];
  const end = (): void => {
    rows.at(-1)?.push(cell);
    cell = '';
  };
  for (let i = 0; i < text.length; i += 1) {
    const one = text[i] ?? '';
    if (quoted && one === '"' && text[i + 1] === '"') {
      cell += '"';
      i += 1;
    } else if (one === '"' && (quoted || cell === '')) quoted = !quoted;
    else if (quoted) cell += one;
    else if (one === separator) end();
    else if (one === '\r' && text[i + 1] === '\n') {
      end();
      rows.push([]);
      i += 1;
    } else cell += one;
  }
  return rows.slice(0, -1);
};

const linesOf = (one: Report): Readonly<Record<string, string>>[] => {
  const text = renderCsv(one);
  expect(text.startsWith('\ufeff')).toBe(true);
  const [head = [], ...rows] = cellsOf(text.slice(1));
  return rows.map((row) => {
    expect(row).toHaveLength(head.length);
    return Object.fromEntries(head.map((name, i) => [name, row[i] ?? '']));
  });
};

describe('a report as CSV', () => {
  const lines = linesOf(sample);
  const of = (name: string) => lines.filter(({ metric }) => metric === name);

  it('has a line for each value, numbers as numbers', () => {
    expect(of('ig:replies')[0]).toEqual({
      integration: INTEGRATION,
      metric: 'ig:replies',
      reference_key: 'ig:replies',
      component: 'number_v1',
      start: '2024-08-01',
      end: '2024-08-31',
      row: '',
      label: '',
      label_2: '',
      measure: 'value',
      value: '120',
      text: '',
      url: '',
      previous: '100',
      difference_percent: '20',
      failure: '',
      message: '',
    });
    expect(of('ig:replies').map(({ measure, value }) => [measure, value])).toEqual([
      ['value', '120'],
      ['value (trend)', '1'],
      ['value (trend)', '2'],
      ['value (trend)', ''],
      ['value (trend)', '8'],
    ]);
    expect(of('ig:over_time')).toHaveLength(62);
    expect(
      of('ig:gender_age').map(({ row, label, label_2, measure, value }) =>
        [row, label, label_2, measure, value].join(' '),
      ),
    ).toEqual([
      '1 18-24 female followers 1',
      '2 25-34 female followers 2',
      '1 18-24 male followers 3',
      '2 25-34 male followers 4',
    ]);
    expect(
      of('ig:clicks').map(({ row, label, measure, value }) =>
        [row, label, measure, value].join(' '),
      ),
    ).toEqual([
      '1 Email count 2',
      '1 Email ctr 0.0002',
      '2 Websites count 428',
      '2 Websites ctr ',
      'total Total count 430',
      'total Total ctr 0.048',
    ]);
  });

  it('has a line for what has no value, and for what failed', () => {
    expect(of('ig:nothing').map(({ value, failure }) => [value, failure])).toEqual([['', '']]);
    expect(of('ig:none')[0]).toMatchObject({ failure: 'expired_token', message: 'connect again' });
    const empty = metric('empty', 'datatable_v1', { values: [] }, { dimensions: ['page'] });
    expect(linesOf(report([empty]))[0]).toMatchObject({ metric: 'empty', message: 'no values' });
    const bare = metric(
      'b',
      'datatable_v1',
      { values: [['x']] },
      { dimensions: ['p'], metrics: [] },
    );
    expect(linesOf(report([bare]))[0]).toMatchObject({ row: '1', label: 'x' });
  });

  it.each([
    ['number_v1', { values: 1, trend: { data: [1, 2] } }],
    ['chart_v1', { labels: ['a', 'b'], values: [{ data: [1, 2] }] }],
    [
      'datatable_v1',
      {
        values: [
          ['a', 1],
          ['b', 2],
        ],
      },
    ],
    ['datatable_v1', { values: [] }],
  ])('has the warning of a %s, once: %j', (component, answer) => {
    const warned = metric(
      'warned',
      component,
      { ...answer, warning: 'estimates' },
      { dimensions: ['d'] },
    );
    const [first, ...others] = linesOf(report([warned])).map(({ message }) => message);
    expect(first).toBe('estimates');
    expect(others.every((message) => message === '')).toBe(true);
  });

  it('keeps links of media, and only those of the web', () => {
    expect(of('ig:media').map(({ label, value, text, url }) => [label, value, text, url])).toEqual([
      ['A post', '5', '', 'https://example.com/p/1'],
      ['A trap', '', 'six', ''],
    ]);
  });

  it('has as many columns as the deepest breakdown needs', () => {
    const deep = metric(
      'deep',
      'datatable_v1',
      { values: [['a', 'b', 'c', 1]] },
      { dimensions: ['x', 'y', 'z'] },
    );
    expect(linesOf(report([deep]))[0]).toMatchObject({ label: 'a', label_2: 'b', label_3: 'c' });
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-cmd', "'-cmd"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'=1"],
    ['\r=1', "'=1"],
    ['  =1', "'=1"],
    ['"=1', '\'"=1'],
    ["'=1", "''=1"],
    ['＝1', "'＝1"],
    ['a;=1', "a;'=1"],
    ['a\n=1', 'a =1'],
    ['-5', '-5'],
    ['a=b, "c"', 'a=b, "c"'],
  ])('%j is no formula', (text, cell) => {
    expect(linesOf(everywhere(text))[0]?.metric).toBe(cell);
  });

  it('holds no formula, whatever the texts are, and with a semicolon between cells neither', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constantFrom('=', '+', '-', '@', '"', "'", ';', ',', '\t', '\r', '\n', ' ', '＝', '5'),
    );
    // Where only semicolons separate, the rest of the line follows, in which each cell is guarded.
    const number = /^-?\d+(\.\d+)?(e[+-]\d+)?(,|$)/;
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
        const text = renderCsv(everywhere(pieces.join('') || 'x')).slice(1);
        for (const separator of [',', ';', '\t']) {
          for (const cell of cellsOf(text, separator).flat()) {
            if (!number.test(cell)) expect(cell).not.toMatch(/^[\s"]*[=+\-@＝＋－＠]/);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('writes numbers that are none as nothing', () => {
    const odd = metric('odd', 'number_v1', JSON.parse('{"values":1e999}'));
    expect(linesOf(report([odd]))[0]?.value).toBe('');
    const minus = metric('minus', 'number_v1', { values: -0.5e-9 });
    expect(Number(linesOf(report([minus]))[0]?.value)).toBe(-0.5e-9);
  });
});

describe('a report as JSON', () => {
  const json = JSON.parse(renderJson(sample)) as {
    readonly integrations: readonly [{ readonly metrics: readonly Record<string, unknown>[] }];
  };

  it('is one object that says what was asked, of whom, and for when', () => {
    expect(json).toMatchObject({
      format: 'tallywire-report/1',
      name: 'dashboard',
      createdAt: '2024-09-01T10:20:30.000Z',
      period: { start: '2024-08-01', end: '2024-08-31' },
      compare: { start: '2024-07-01', end: '2024-07-31' },
      timeZone: null,
      asked: 12,
      failed: 2,
      integrations: [{ integration: INTEGRATION, title: null, asked: 12, failed: 2 }],
    });
  });

  it('has the metrics in the order of the queries, series always in a list', () => {
    const { metrics } = json.integrations[0];
    expect(metrics.map(({ name }) => name)).toEqual(
      sample.integrations[0]?.metrics.map(({ name }) => name),
    );
    expect(metrics[0]).toEqual({
      name: 'ig:replies',
      referenceKey: 'ig:replies',
      component: 'number_v1',
      metrics: ['value'],
      dimensions: [],
      ok: true,
      value: 120,
      comparison: { value: 100, difference: 20, absoluteDifference: 20 },
      trend: [1, 2, null, 8],
    });
    expect(metrics[4]).toMatchObject({
      ok: false,
      reason: 'expired_token',
      message: 'connect again',
    });
    expect(metrics[7]).toMatchObject({ series: [{ name: 'followers', data: [10, 5, null] }] });
    expect(metrics[8]).toMatchObject({ series: [{ name: 'female' }, { name: 'male' }] });
    expect(metrics[9]).toMatchObject({
      columns: ['clicks_breakdown', 'count', 'ctr'],
      total: { clicks_breakdown: 'Total', count: 430, ctr: 0.048 },
      warning: 'The rates are estimates.',
    });
    expect(metrics[11]).toMatchObject({ data: { steps: [{ name: 'seen', value: 3 }] } });
  });

  it('has the same metric on a line of its own, and says where it belongs', () => {
    const [first] = sample.integrations[0]?.metrics ?? [];
    const line = renderLine(sample, INTEGRATION, first as NonNullable<typeof first>);
    expect(line.match(/\n/g)).toHaveLength(1);
    expect(JSON.parse(line)).toEqual({
      integration: INTEGRATION,
      period: { start: '2024-08-01', end: '2024-08-31' },
      compare: { start: '2024-07-01', end: '2024-07-31' },
      timeZone: null,
      ...json.integrations[0].metrics[0],
    });
  });

  it('holds what a terminal or a script would obey only in escaped form, and loses none of it', () => {
    const hostile = '\u009b2J\u001b[31m\u202e\u2028</script>\u007f';
    const text = renderJson(everywhere(hostile));
    // oxlint-disable-next-line no-control-regex -- they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
    expect(JSON.parse(text)).toMatchObject({ name: hostile });
  });

  it('keeps keys that mean something to JavaScript', () => {
    const answer = JSON.parse('{"__proto__":{"polluted":true},"values":1}') as unknown;
    const text = renderJson(report([metric('__proto__', 'pipeline_v1', answer)]));
    expect(text).toContain('"__proto__": {');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
