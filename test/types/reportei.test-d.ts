import { describe, expectTypeOf, it } from 'vitest';
import {
  type AnyResult,
  type Cell,
  chart,
  type ChartResult,
  collect,
  createReporteiClient,
  custom,
  type Customer,
  datatable,
  type IntegrationStatus,
  type MetricFailure,
  metricSet,
  type NamedSeries,
  number,
  type NumberResult,
  type Outcome,
  type Points,
  type Queries,
  type Results,
  type StandardSchema,
} from '../../src/reportei/index.ts';
import { readMetrics } from '../../src/reportei/callbacks/index.ts';

const connect = createReporteiClient();
const customer = connect.customer('token');
const onToken = (): void => {};
const days = { integration: 'uuid', start: '2024-01-01', end: '2024-01-31' };

const dashboard = metricSet('dashboard', {
  replies: number('ig:story_replies', { metrics: ['replies'] }),
  gender: chart('ig:followers_gender', { metrics: ['followers'], dimensions: ['gender'] }),
  ages: chart('ig:followers_age', { metrics: ['followers'], dimensions: ['age', 'gender'] }),
  clicks: datatable('ig:clicks_breakdown', {
    metrics: ['count', 'ctr'],
    dimensions: [{ field: 'clicks_breakdown', operator: '=', value: 'Email' }],
  }),
  text: custom('note', 'wysiwyg_v1'),
});

describe('createReporteiClient', () => {
  it('refuses unknown names', () => {
    // @ts-expect-error a typo in an option
    createReporteiClient({ tokn: 'x' });
    // @ts-expect-error the customer token belongs to customer()
    createReporteiClient({ customerToken: 'x' });
    // @ts-expect-error no such group
    void connect.customer().customers;
    // @ts-expect-error metrics need a customer
    void connect.metrics;
  });
});

describe('the builders', () => {
  it('refuse typos in every position', () => {
    // @ts-expect-error a typo in a field of a number
    number('x', { metrics: ['a'], dimension: ['b'] });
    // @ts-expect-error a typo in a field of a chart
    chart('x', { metrics: ['a'], dimension: ['b'] });
    // @ts-expect-error a typo in a field of a table
    datatable('x', { metrics: ['a'], dimension: ['b'] });
    // @ts-expect-error a typo in a field of a custom query
    custom('x', 'pipeline_v1', { dimension: ['b'] });
    // @ts-expect-error a query without metrics
    number('x', {});
    // @ts-expect-error a query without options
    chart('x');
    // @ts-expect-error metrics are a list
    datatable('x', { metrics: 'a' });
    // @ts-expect-error a dimension object needs its field
    chart('x', { metrics: ['a'], dimensions: [{ operator: '=' }] });
    // @ts-expect-error a query is no set
    metricSet('set', { a: 'ig:reach' });
  });
  it('tell the names of series, columns and dimensions', () => {
    const set = {
      plain: chart('x', { metrics: ['a', 'b'] }),
      open: chart('x', { metrics: [] }),
      loose: chart('x', { metrics: ['a'] as string[] }),
      bare: datatable('x', { metrics: [] }),
    };
    type Plain = Results<typeof set>;
    expectTypeOf<Plain['plain']['series']>().toEqualTypeOf<{
      readonly a: Points;
      readonly b: Points;
    }>();
    expectTypeOf<Plain['open']['series']>().toEqualTypeOf<readonly NamedSeries[]>();
    expectTypeOf<Plain['loose']>().toEqualTypeOf<ChartResult>();
    expectTypeOf<Plain['bare']['columns']>().toEqualTypeOf<readonly string[]>();
  });
  it('take any Standard Schema, and give its output', () => {
    const schema = {} as StandardSchema<{ readonly steps: number }>;
    const query = custom('x', 'pipeline_v1', { schema });
    expectTypeOf<Results<{ q: typeof query }>['q']>().toEqualTypeOf<{
      readonly component: 'pipeline_v1';
      readonly data: { readonly steps: number };
    }>();
    // @ts-expect-error no schema
    custom('x', 'pipeline_v1', { schema: {} });
  });
});

describe('metrics', () => {
  it('types each result by its query', async () => {
    const results = await customer.metrics(dashboard, { ...days, compare: 'previous-period' });
    expectTypeOf(results.replies).toEqualTypeOf<NumberResult>();
    expectTypeOf(results.replies.value).toEqualTypeOf<number | null>();
    expectTypeOf(results.gender.series.followers).toEqualTypeOf<Points>();
    expectTypeOf(results.ages.series).toEqualTypeOf<readonly NamedSeries[]>();
    expectTypeOf(results.clicks.rows[0]?.ctr).toEqualTypeOf<Cell | undefined>();
    expectTypeOf(results.clicks.total?.clicks_breakdown).toEqualTypeOf<Cell | undefined>();
    expectTypeOf(results.text.component).toEqualTypeOf<'wysiwyg_v1'>();
    expectTypeOf(results.text.data).toEqualTypeOf<unknown>();
    // @ts-expect-error no such metric
    void results.likes;
    // @ts-expect-error a number has no rows
    void results.replies.rows;
    // @ts-expect-error no such series
    void results.gender.series.follower;
    // @ts-expect-error no such column
    void results.clicks.rows[0]?.cuont;
    // @ts-expect-error no such column in the total either
    void results.clicks.total?.cuont;
  });
  it('infers from queries in the call', async () => {
    const { reach } = await customer.metrics({ reach: number('ig:reach', { metrics: [] }) }, days);
    expectTypeOf(reach).toEqualTypeOf<NumberResult>();
  });
  it('lets a wrapper keep the types', async () => {
    const wrapper = <const Q extends Queries>(queries: Q): Promise<Results<Q>> =>
      customer.metrics<Q>(queries, days);
    expectTypeOf((await wrapper(dashboard.queries)).replies).toEqualTypeOf<NumberResult>();
    const partial = Math.random() > 2;
    const either = await customer.metrics(dashboard, { ...days, partial });
    expectTypeOf(either.replies).toEqualTypeOf<NumberResult | Outcome<NumberResult>>();
  });
  it('gives outcomes with partial', async () => {
    const { replies } = await customer.metrics(dashboard, { ...days, partial: true });
    // @ts-expect-error it may have failed
    void replies.value;
    if (replies.ok) expectTypeOf(replies.value).toEqualTypeOf<number | null>();
    else expectTypeOf(replies).toEqualTypeOf<MetricFailure>();
  });
  it('gives the answers, one a request', async () => {
    const { responses } = await customer.metrics(dashboard, { ...days, chunk: 2 }).withResponse();
    expectTypeOf(responses[0]?.status).toEqualTypeOf<number | undefined>();
  });
  it('refuses typos in every option', () => {
    const query = { reach: number('ig:reach', { metrics: ['reach'] }) };
    // @ts-expect-error a typo in an option
    void customer.metrics(query, { ...days, comparison: days });
    // @ts-expect-error the end is missing
    void customer.metrics(query, { integration: 'uuid', start: '2024-01-01' });
    // @ts-expect-error a comparison has a start and an end
    void customer.metrics(query, { ...days, compare: { start: '2023-01-01' } });
    // @ts-expect-error no such comparison
    void customer.metrics(query, { ...days, compare: 'last-period' });
    // @ts-expect-error a period by its name needs the zone of today
    void customer.metrics(query, { integration: 'uuid', period: 'last-month' });
    // @ts-expect-error so does a moment
    void customer.metrics(query, { integration: 'uuid', start: new Date(), end: new Date() });
    // @ts-expect-error no such way
    void customer.metrics(query, { ...days, onRefused: 'retry' });
    // @ts-expect-error an integration is missing
    void customer.metrics(query, { start: '2024-01-01', end: '2024-01-02' });
    // @ts-expect-error a query as it is on the wire
    void customer.metrics({ reach: query.reach.wire }, days);
    // @ts-expect-error a webhook needs an address
    void customer.metricsAsync(query, days);
    // @ts-expect-error a job is one request
    void customer.metricsAsync(query, { ...days, webhook: { url: 'https://a.example' }, chunk: 5 });
  });
  it('streams what the name tells apart', async () => {
    for await (const { name, outcome } of customer.metricsStream(dashboard, days)) {
      if (name === 'replies' && outcome.ok) {
        expectTypeOf(outcome.value).toEqualTypeOf<number | null>();
      }
      // @ts-expect-error no such metric
      void (name === 'reply');
    }
  });
  it('tells the results of a payload apart by their component', async () => {
    const results = await customer.metricsById({}, { ...days });
    const result = results.x as AnyResult;
    if (result.component === 'number_v1') expectTypeOf(result).toEqualTypeOf<NumberResult>();
    if (result.component === 'chart_v1') expectTypeOf(result).toEqualTypeOf<ChartResult>();
    const partial = await customer.metricsById({}, { partial: true });
    expectTypeOf(partial.x).toEqualTypeOf<Outcome | undefined>();
    // @ts-expect-error a typo in an option
    void customer.metricsById({}, { patial: true });
  });
  it('gives ids that read the webhook', async () => {
    const webhook = { url: 'https://a.example' };
    const { ids } = await customer.metricsAsync(dashboard, { ...days, webhook });
    expectTypeOf(ids).toEqualTypeOf<Readonly<Record<keyof typeof dashboard.queries, string>>>();
    expectTypeOf(readMetrics(dashboard, ids, {}).replies).toEqualTypeOf<NumberResult>();
    // @ts-expect-error ids of another set
    readMetrics(dashboard, { replies: 'x' }, {});
    // @ts-expect-error ids of another set
    void customer.metricsAsync(dashboard, { ...days, webhook: { ...webhook, ids: { a: 'x' } } });
  });
});

describe('collect', () => {
  it('gives items and values of the types they have', async () => {
    const work = ({ uuid }: Customer) =>
      customer.metrics(dashboard, { ...days, integration: uuid });
    for await (const one of collect(connect.customers.list(), work)) {
      expectTypeOf(one.item).toEqualTypeOf<Customer>();
      if (one.ok) expectTypeOf(one.value.replies).toEqualTypeOf<NumberResult>();
      else expectTypeOf(one.error).toEqualTypeOf<unknown>();
      // @ts-expect-error it may have failed
      void one.value;
    }
    // @ts-expect-error a typo in an option
    collect([1], async () => 1, { concurency: 2 });
  });
});

describe('the rest of Connect', () => {
  it('lists as async iterators', async () => {
    for await (const item of connect.customers.list({ perPage: 10 })) {
      expectTypeOf(item).toEqualTypeOf<Customer>();
    }
    // @ts-expect-error the wire's name of the option
    connect.customers.list({ per_page: 10 });
    // @ts-expect-error a typo in a filter
    customer.integrations.list({ source: 'x' });
  });
  it('makes no customer without a place for its token', async () => {
    // @ts-expect-error nobody would have the token
    void connect.customers.create({ name: 'x' });
    // @ts-expect-error nobody would have the token
    void connect.customers.create({ name: 'x' }, { timeout: '5s' });
    // @ts-expect-error no function
    void connect.customers.create({ name: 'x' }, { onToken: 'vault' });
    const created = await connect.customers.create(
      { name: 'x' },
      {
        timeout: '5s',
        onToken: async (apiToken, made) => {
          expectTypeOf(apiToken).toEqualTypeOf<string>();
          expectTypeOf(made).toEqualTypeOf<Customer>();
        },
      },
    );
    expectTypeOf(created).toEqualTypeOf<Customer>();
    // @ts-expect-error the token was delivered
    void created.api_token;
  });
  it('takes limits that are learned, or given', () => {
    createReporteiClient({ rateLimit: 'auto' });
    createReporteiClient({ rateLimit: undefined });
    createReporteiClient({ rateLimit: {} });
    createReporteiClient({ rateLimit: { perMinute: 60 } });
    // @ts-expect-error no such way
    createReporteiClient({ rateLimit: 'fast' });
    // @ts-expect-error a typo in a nested option
    createReporteiClient({ rateLimit: { perHour: 5 } });
  });
  it('keeps statuses open', async () => {
    const { status } = await customer.integrations.get('uuid');
    expectTypeOf(status).toEqualTypeOf<IntegrationStatus>();
    // @ts-expect-error no status is a number
    void (status === 1);
    void customer.integrations.list({ status: 'expired' });
    void customer.integrations.list({ status: 'something_new' });
  });
  it('refuses typos in bodies', () => {
    // @ts-expect-error a typo
    void connect.customers.create({ nme: 'x' }, { onToken });
    // @ts-expect-error a surplus field
    void connect.customers.create({ name: 'x', email: 'y' }, { onToken });
    // @ts-expect-error camel case is not the wire's
    void connect.customers.updatePaymentStatus('uuid', { isPaying: true });
    // @ts-expect-error the session is required
    void customer.integrations.delete('uuid');
    // @ts-expect-error a typo in an optional field
    void customer.integrations.createSession({ redirct_url: 'https://a.io' });
    // @ts-expect-error no such path
    void customer.raw.GET('/customer');
  });
});
