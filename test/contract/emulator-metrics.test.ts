import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INTEGRATIONS } from '../../src/mock/index.ts';
import { CUSTOMER, GET_DATA, startTested, type TestedMock } from '../unit/mock/support.ts';
import { loadDocument } from './documents.ts';

let mock: TestedMock;
beforeAll(async () => {
  mock = await startTested();
});
afterAll(() => mock.close());

type Results = Record<string, Record<string, unknown>>;

async function ask(changes: object, on = mock): Promise<Results> {
  const json = { ...GET_DATA, ...changes };
  const answer = await on.call('POST /api/metrics/get-data', { headers: CUSTOMER, json });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as Results;
}

const [NUMBER, CHART, TABLE] = GET_DATA.metrics;

/** What a catalogue of the vendor holds, in kind: written by hand. */
const CATALOGUE = [
  { reference_key: 'ga:sessions', component: 'number_v1', metrics: ['sessions'] },
  {
    reference_key: 'no_colon',
    component: 'number_v1',
    metrics: ['replies:average'],
    type: 'total',
  },
  { reference_key: 'ig:empty', component: 'number_v1', metrics: [], custom: [], type: [] },
  { reference_key: 'ig:odd', component: 'number_v1', metrics: ['a.b', 'search rank'], custom: {} },
  {
    reference_key: 'ads:spend',
    component: 'number_v1',
    metrics: ['spend'],
    entity_id: '1',
    entity_type: 'ad',
  },
  {
    reference_key: 'ig:time',
    component: 'chart_v1',
    metrics: ['a', 'b'],
    dimensions: ['date'],
    chart_type: 'line',
  },
  {
    reference_key: 'ig:ages',
    component: 'chart_v1',
    metrics: ['followers'],
    dimensions: ['age', 'gender'],
  },
  {
    reference_key: 'ig:hours',
    component: 'chart_v1',
    metrics: ['online'],
    dimensions: ['hour'],
    sort: ['hour'],
  },
  {
    reference_key: 'ga:days',
    component: 'chart_v1',
    metrics: ['users'],
    dimensions: ['date', 'channel'],
  },
  { reference_key: 'ig:none', component: 'chart_v1', metrics: [] },
  {
    reference_key: 'ga:pages',
    component: 'datatable_v1',
    metrics: ['views', 'time'],
    dimensions: ['pagePath'],
    sort: ['-views'],
  },
  {
    reference_key: 'ga:two',
    component: 'datatable_v1',
    metrics: ['users'],
    dimensions: ['event', { field: 'city', operator: '=', value: 'x' }],
  },
  { reference_key: 'ga:flat', component: 'datatable_v1', metrics: ['users'] },
  { reference_key: 'ga:way', component: 'pipeline_v1', metrics: ['views', 'carts'] },
  {
    reference_key: 'ig:grid',
    component: 'datagrid_v1',
    metrics: ['reach'],
    dimensions: ['stories'],
  },
  { reference_key: 'intro', component: 'wysiwyg_v1', metrics: [], custom: { values: '' } },
  {
    reference_key: 'box',
    component: 'container_v1',
    metrics: [],
    widgets: [],
    container_type: 'x',
  },
  { reference_key: 'new', component: 'somethingElse_v9', metrics: ['x'], added_date: '2024-01-01' },
];
const withId = (query: object, n: number): object & { id: string } => ({
  id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  ...query,
});

describe('get-data', () => {
  it('answers the document’s own request under its ids', async () => {
    expect(await ask({})).toEqual({
      [NUMBER.id]: {
        values: expect.any(Number),
        comparison: { values: null, difference: null, absoluteDifference: null },
      },
      [CHART.id]: {
        labels: ['Male', 'Female', 'Unknown'],
        values: [{ data: [expect.any(Number), expect.any(Number), expect.any(Number)] }],
      },
      [TABLE.id]: {
        values: [
          ['Email', expect.any(Number), expect.any(Number)],
          ['Websites', expect.any(Number), expect.any(Number)],
          ['Total', expect.any(Number), expect.any(Number)],
        ],
      },
    });
  });

  it('is the same over runs, and another with another seed', async () => {
    await using same = await startTested({ seed: '1', now: () => new Date(0) });
    await using other = await startTested({ seed: 2 });
    const answer = await ask({});
    expect(await ask({}, same)).toEqual(answer);
    expect(await ask({}, other)).not.toEqual(answer);
    // Written down: a change of these changes everybody's data.
    expect(answer[NUMBER.id]?.['values']).toBe(1890);
  });

  it('answers each query of a catalogue in the form of its component', async () => {
    const contract = loadDocument('reportei');
    const schemas: Record<string, string> = {
      number_v1: 'NumberResult',
      chart_v1: 'ChartResult',
      datatable_v1: 'DatatableResult',
    };
    const metrics = CATALOGUE.map(withId);
    const answer = await ask({
      metrics,
      comparison_start: '2023-01-01',
      comparison_end: '2023-02-28',
    });
    expect(Object.keys(answer)).toEqual(metrics.map(({ id }) => id));
    for (const [i, { component, reference_key }] of CATALOGUE.entries()) {
      // The union in the contract takes anything, so the form itself is looked at.
      const validate = contract.validator(schemas[component] ?? 'RawResult');
      validate(answer[metrics[i]?.id ?? '']);
      expect([reference_key, validate.errors]).toEqual([reference_key, null]);
    }
  });

  it('compares with what those dates answer when asked directly', async () => {
    const days = fc.integer({ min: 0, max: 3000 }).map((n) => new Date(1.6e12 + n * 86_400_000));
    const range = fc
      .tuple(days, days)
      .map((pair) =>
        pair.toSorted((a, b) => Number(a) - Number(b)).map((day) => day.toISOString().slice(0, 10)),
      );
    await fc.assert(
      fc.asyncProperty(range, range, async ([start, end], [from, to]) => {
        const metrics = [NUMBER];
        const both = await ask({ metrics, start, end, comparison_start: from, comparison_end: to });
        const now = await ask({ metrics, start, end });
        const before = await ask({ metrics, start: from, end: to });
        const result = both[NUMBER.id] as { values: number; comparison: Record<string, number> };
        expect(result.values).toBe(now[NUMBER.id]?.['values']);
        expect(result.comparison['values']).toBe(before[NUMBER.id]?.['values']);
        expect(result.comparison['absoluteDifference']).toBe(
          result.values - (result.comparison['values'] ?? NaN),
        );
      }),
      { numRuns: 15 },
    );
  });

  it('agrees with itself: chart, number and table of one key have one sum', async () => {
    const queries = [
      { component: 'number_v1' },
      { component: 'chart_v1', dimensions: ['date'] },
      { component: 'chart_v1', dimensions: ['gender'] },
      { component: 'datatable_v1', dimensions: ['country', 'date'] },
    ].map((one, n) => withId({ reference_key: 'ig:likes', metrics: ['likes'], ...one }, n));
    const answers = Object.values(await ask({ metrics: queries })) as [
      { values: number },
      { values: [{ data: number[] }] },
      { values: [{ data: number[] }] },
      { values: (string | number)[][] },
    ];
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    const [number, chart, pie, table] = answers;
    expect(sum(chart.values[0].data)).toBe(number.values);
    expect(sum(pie.values[0].data)).toBe(number.values);
    expect(table.values.at(-1)).toEqual(['Total', '', number.values]);
    expect(sum(table.values.slice(0, -1).map((row) => Number(row[2])))).toBe(number.values);
  });

  it('takes several integrations in place of one', async () => {
    const both = {
      ...GET_DATA,
      customer_integration: undefined,
      customer_integration_uuids: Object.values(INTEGRATIONS),
    };
    const answer = await ask(both);
    expect(answer[NUMBER.id]?.['values']).not.toBe((await ask({}))[NUMBER.id]?.['values']);
  });

  it('takes a time with its date', async () => {
    const answer = await ask({ start: '2024-01-01T00:00:00Z', end: '2024-09-01T23:59:59' });
    expect(answer).toEqual(await ask({}));
  });

  it('answers a large catalogue over five years by day, and refuses what would take minutes', async () => {
    const status = async (
      count: number,
      metrics: string[],
      dimensions: string[],
    ): Promise<number> => {
      const query = { reference_key: 'a', component: 'chart_v1', metrics, dimensions };
      const json = {
        ...GET_DATA,
        start: '2019-01-01',
        end: '2023-12-31',
        metrics: Array.from({ length: count }, (_, n) => withId(query, n)),
      };
      return (await mock.call('POST /metrics/get-data', { headers: CUSTOMER, json })).status;
    };
    const names = (length: number): string[] => Array.from({ length }, (_, n) => `m${n}`);
    expect(await status(160, ['a', 'b'], ['date'])).toBe(200);
    expect(await status(1, names(100_000), [])).toBe(422);
    expect(await status(200, ['a', 'b'], ['date', 'channel', 'hour'])).toBe(422);
    expect(await status(5000, names(10), ['date'])).toBe(422);
  });

  it('takes one day, and twenty years', async () => {
    const metrics = [NUMBER];
    await ask({ metrics, start: '2024-02-29', end: '2024-02-29' });
    await ask({ metrics, start: '2004-01-01', end: '2023-12-31' });
  });

  const UNKNOWN = '00000000-0000-4000-8000-000000000000';
  it.each([
    ['an unknown integration', { customer_integration: UNKNOWN }, 404, undefined],
    [
      'one unknown integration of two',
      {
        customer_integration: undefined,
        customer_integration_uuids: [INTEGRATIONS.google_analytics_4, UNKNOWN],
      },
      404,
      undefined,
    ],
    ['no integration', { customer_integration: undefined }, 422, 'customer_integration'],
    [
      'one and several',
      { customer_integration_uuids: [INTEGRATIONS.google_analytics_4] },
      422,
      'body',
    ],
    ['no uuid', { customer_integration: 'x' }, 422, 'customer_integration'],
    ['no start', { start: undefined }, 422, 'start'],
    ['a date of another country', { start: '31/12/2024' }, 422, 'start'],
    ['a day that is not', { end: '2024-02-30' }, 422, 'end'],
    ['an end before the start', { end: '2023-12-31' }, 422, 'end'],
    ['the year 9999', { end: '9999-12-31' }, 422, 'end'],
    ['half a comparison', { comparison_start: '2023-01-01' }, 422, 'comparison_end'],
    [
      'a comparison that runs back',
      { comparison_start: '2023-01-02', comparison_end: '2023-01-01' },
      422,
      'comparison_end',
    ],
    ['no metrics', { metrics: [] }, 422, 'metrics'],
    ['an id that is no uuid', { metrics: [{ ...NUMBER, id: '1' }] }, 422, 'metrics.0.id'],
    ['an id called __proto__', { metrics: [{ ...NUMBER, id: '__proto__' }] }, 422, 'metrics.0.id'],
    [
      'a query without component',
      { metrics: [NUMBER, { ...CHART, component: undefined }] },
      422,
      'metrics.1.component',
    ],
    [
      'a text for metrics',
      { metrics: [{ ...NUMBER, metrics: 'replies' }] },
      422,
      'metrics.0.metrics',
    ],
  ])('refuses %s', async (_what, changes, status, field) => {
    for (const path of ['get-data', 'get-data-async']) {
      const json = { ...GET_DATA, metrics_webhook_url: 'http://127.0.0.1:9/', ...changes };
      const answer = await mock.call(`POST /metrics/${path}`, { headers: CUSTOMER, json });
      expect(answer).toMatchObject({ status, body: { message: expect.any(String) } });
      if (field !== undefined) {
        expect((answer.body as { errors: object }).errors).toHaveProperty([field]);
      }
    }
  });
});

describe('get-data-async', () => {
  const received: { url: string; body: string }[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      received.push({ url: request.url ?? '', body });
      response.writeHead(request.url === '/fails' ? 500 : 200).end();
    });
  });
  let base = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  });
  afterAll(() => receiver.close());

  const start = (metrics_webhook_url: string, changes = {}): ReturnType<TestedMock['call']> => {
    const json = { ...GET_DATA, ...changes, metrics_webhook_url };
    return mock.call('POST /api/metrics/get-data-async', { headers: CUSTOMER, json });
  };
  const started = { success: true, message: 'Metrics data collection started' };

  it('answers at once, then posts what get-data answers, byte for byte', async () => {
    const changes = { comparison_start: '2023-01-01', comparison_end: '2023-09-01' };
    const answer = await start(`${base}/hook?token=1`, changes);
    expect(answer).toMatchObject({ status: 200, body: started });
    await mock.webhooks.idle();

    const direct = await fetch(`${mock.url}/api/metrics/get-data`, {
      method: 'POST',
      headers: { ...CUSTOMER, 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...GET_DATA, ...changes }),
    });
    expect(received.splice(0)).toEqual([{ url: '/hook?token=1', body: await direct.text() }]);
  });

  it('posts after the answer, not before', async () => {
    for (let n = 0; n < 20; n += 1) {
      await start(`${base}/hook`);
      // The answer is here; the webhook may be on its way, or must be before long.
      await mock.webhooks.idle();
      expect(received.splice(0)).toHaveLength(1);
    }
  });

  it('goes on when the receiver fails', async () => {
    mock.settings.change({ webhookRetries: 0 });
    await start(`${base}/fails`);
    await start('http://127.0.0.1:9/closed');
    await mock.webhooks.idle();
    mock.reset(['settings']);
    expect(received.splice(0)).toHaveLength(1);
    expect(mock.lines.slice(-6).join('\n')).toMatch(/webhook to \S+ answered 500[^]*failed: /);
  });

  it('sends nothing off this machine, and the log says so', async () => {
    const answer = await start('https://example.com/hook');
    expect(answer).toMatchObject({ status: 200, body: started });
    await mock.webhooks.idle();
    expect(mock.lines.join('\n')).toContain('webhook to https://example.com not sent');
  });

  it.each([
    `http://127.0.0.1/${'a'.repeat(9_000)}`,
    'ftp://127.0.0.1/',
    'nowhere',
    '',
    'http://',
    'http://127.0.0.1:99999/',
  ])('refuses %j as a target', async (url) => {
    expect(await start(url)).toMatchObject({
      status: 422,
      body: { errors: { metrics_webhook_url: [expect.any(String)] } },
    });
  });
});
