import { deepStrictEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as prettier from 'prettier';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { moduleOf } from '../../../src/cli/types/module.ts';
import { ConfigError, type MetricSet } from '../../../src/reportei/index.ts';
import * as builders from '../../../src/reportei/index.ts';
import { readPayload } from '../../../src/reportei/queries/payload.ts';
import { payloads } from './types-support.ts';

/** What the module exports, run as plain JavaScript. */
const evaluated = async (source: string): Promise<MetricSet> => {
  const global = globalThis as { tallywireBuilders?: unknown };
  global.tallywireBuilders = builders;
  const code = source.replace(
    /^import (\{.*\}) from 'tallywire\/reportei';/,
    'const $1 = globalThis.tallywireBuilders;',
  );
  const url = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
  const { dashboard } = (await import(/* @vite-ignore */ url)) as { dashboard: MetricSet };
  return dashboard;
};

const wires = ({ queries }: MetricSet): unknown[] => Object.values(queries).map(({ wire }) => wire);

const asked = (payload: unknown): unknown[] => readPayload(payload).map(({ wire }) => wire);

const prettierOptions = JSON.parse(
  readFileSync(new URL('../../../.prettierrc.json', import.meta.url), 'utf8'),
) as prettier.Options;
const formatted = (source: string): Promise<string> =>
  prettier.format(source, { ...prettierOptions, parser: 'typescript' });

const payload = {
  customer_integration: '4addc0da-8583-4dbb-a0e9-c7e2e8470f50',
  start: '2024-01-01',
  end: '2024-01-31',
  metrics: [
    {
      id: '0ea43e6e-8b0f-4d43-a9ae-7e7f8a3a5d3f',
      reference_key: 'ig:story_replies',
      component: 'number_v1',
      metrics: ['replies'],
      type: [],
    },
    {
      id: '56dbf0c8-90e0-4a8a-8d2d-0d0f7a2a9b11',
      component: 'chart_v1',
      reference_key: 'ig:followers_gender',
      chart_type: 'pie',
      dimensions: ['gender'],
      metrics: ['followers'],
      color: { dark: true },
      custom: [],
    },
    {
      reference_key: 'ig:clicks_breakdown',
      component: 'datatable_v1',
      metrics: ['count', 'ctr'],
      dimensions: [{ field: 'clicks_breakdown', operator: '=', value: 'Email' }],
      sort: ['-count'],
    },
    { reference_key: 'summary', component: 'container_v1', metrics: [], widgets: [{ id: 'a' }] },
    { reference_key: 'ig:note', component: 'wysiwyg_v1' },
  ],
};

describe('a module made from a payload', () => {
  it('has a typed query for each of the payload, without its ids, dates and integration', () => {
    expect(moduleOf(payload, 'dashboard')).toBe(
      `import { chart, custom, datatable, metricSet, number } from 'tallywire/reportei';

/**
 * Metrics of Reportei, made from a payload by \`tallywire types\`.
 *
 *   await createReporteiClient().customer().metrics(dashboard, { integration, start, end });
 *
 * The payload's own ids, dates and integrations are not in here: ids are made for each request.
 */
export const dashboard = metricSet('dashboard', {
  storyReplies: number('ig:story_replies', { metrics: ['replies'], type: [] }),
  followersGender: chart('ig:followers_gender', {
    metrics: ['followers'],
    dimensions: ['gender'],
    chart_type: 'pie',
    custom: [],
    extra: { color: { dark: true } },
  }),
  clicksBreakdown: datatable('ig:clicks_breakdown', {
    metrics: ['count', 'ctr'],
    dimensions: [{ field: 'clicks_breakdown', operator: '=', value: 'Email' }],
    sort: ['-count'],
  }),
  summary: custom('summary', 'container_v1', { widgets: [{ id: 'a' }] }),
  note: custom('ig:note', 'wysiwyg_v1'),
});
`,
    );
  });

  it('imports only the builders that it uses', () => {
    const [replies] = payload.metrics;
    expect(moduleOf([replies], 'a')).toMatch(/^import \{ metricSet, number \} from/);
  });

  it('asks for what the payload asks for, whatever is in it', async () => {
    expect(wires(await evaluated(moduleOf(payload, 'dashboard')))).toEqual(asked(payload));
    const any = fc.oneof(payloads('any'), payloads('usual'));
    await fc.assert(
      fc.asyncProperty(any, async (payload) => {
        deepStrictEqual(wires(await evaluated(moduleOf(payload, 'dashboard'))), asked(payload));
      }),
      { numRuns: 200 },
    );
  });

  it('is made of literals and calls of the builders alone, whatever the payload holds', () => {
    const any = fc.oneof(payloads('any'), payloads('usual'));
    fc.assert(
      fc.property(any, (payload) => {
        const source = moduleOf(payload, 'dashboard');
        expect(unexpectedIn(source)).toEqual([]);
        expect(source.match(/\/\*|\/\/.*$/gm)?.[0]).toBe('/*');
        expect(source).not.toMatch(/<\/?script|<!--|[\u2028\u2029\u202e]/i);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    [
      'rows of a table',
      {
        widgets: [
          { a: 1, b: 2 },
          { a: 3, b: 4 },
        ],
      },
    ],
    ['rows of one value', { widgets: [{ a: 1 }, { a: 3 }] }],
    [
      'lists in a list',
      {
        filters: [
          ['reach', '>'],
          ['likes', '<'],
        ],
      },
    ],
    ['many numbers', { filter: Array.from({ length: 60 }, (_, i) => (i - 30) ** 3) }],
    ['long texts', { filter: { four: 'x'.repeat(120), fives: 'x'.repeat(120) } }],
    ['a long name', { filter: { ['x'.repeat(120)]: { a: 1 }, ['y'.repeat(120)]: -1 } }],
    ['a long reference key', { reference_key: 'x'.repeat(120) }],
    ['a long component', { component: 'x'.repeat(120) }],
    ['ideographs', { filter: { a: '数'.repeat(32), b: '数'.repeat(32) } }],
    ['accents', { filter: ['é'.normalize('NFD').repeat(36), 'é'.repeat(36)] }],
  ])('is as Prettier would format it: %s', async (_, more) => {
    const source = moduleOf({ ...payload.metrics[0], ...more }, 'dashboard');
    expect(await formatted(source)).toBe(source);
  });

  it('is as Prettier would format it', async () => {
    expect(await formatted(moduleOf(payload, 'dashboard'))).toBe(moduleOf(payload, 'dashboard'));
    await fc.assert(
      fc.asyncProperty(payloads('usual'), async (payload) => {
        const source = moduleOf(payload, 'dashboard');
        expect(await formatted(source)).toBe(source);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a payload that no compiler would follow', () => {
    let filter: unknown = 1;
    for (let depth = 0; depth < 50_000; depth += 1) filter = [filter];
    const [replies] = payload.metrics;
    expect(() => moduleOf([replies, { ...replies, filter }], 'a')).toThrow(
      new ConfigError('query 2 of the payload is nested deeper than 100 levels'),
    );
  });
});

const LITERALS = new Set([
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.NumericLiteral,
  ts.SyntaxKind.TrueKeyword,
  ts.SyntaxKind.FalseKeyword,
  ts.SyntaxKind.NullKeyword,
]);

/** The parts of a module that are neither data nor a builder's call, as TypeScript reads it. */
function unexpectedIn(source: string): string[] {
  const file = ts.createSourceFile('a.ts', source, ts.ScriptTarget.Latest, true);
  const [imports, statement, ...others] = file.statements;
  if (imports === undefined || statement === undefined || others.length > 0) return ['statements'];
  const isData = (node: ts.Node): boolean => {
    if (ts.isObjectLiteralExpression(node)) {
      return node.properties.every(
        (one) => ts.isPropertyAssignment(one) && isData(one.initializer),
      );
    }
    if (ts.isArrayLiteralExpression(node)) return node.elements.every(isData);
    if (ts.isPrefixUnaryExpression(node)) return ts.isNumericLiteral(node.operand);
    return LITERALS.has(node.kind);
  };
  const isCall = (node: ts.Node, names: RegExp, isArgument: (node: ts.Node) => boolean): boolean =>
    ts.isCallExpression(node) &&
    names.test(node.expression.getText()) &&
    node.arguments.every(isArgument);
  const isQuery = (node: ts.Node): boolean =>
    isCall(node, /^(number|chart|datatable|custom)$/, isData);
  const isSet = (node: ts.Node): boolean =>
    isCall(
      node,
      /^metricSet$/,
      (argument) =>
        ts.isStringLiteral(argument) ||
        (ts.isObjectLiteralExpression(argument) &&
          argument.properties.every(
            (one) => ts.isPropertyAssignment(one) && isQuery(one.initializer),
          )),
    );
  const [declared] = ts.isVariableStatement(statement)
    ? statement.declarationList.declarations
    : [];
  const errors = (file as unknown as { parseDiagnostics: readonly ts.Diagnostic[] })
    .parseDiagnostics;
  return [
    ...errors.map(({ messageText }) => String(messageText)),
    ...(ts.isImportDeclaration(imports) ? [] : ['import']),
    ...(declared?.initializer !== undefined && isSet(declared.initializer) ? [] : ['set']),
  ];
}
