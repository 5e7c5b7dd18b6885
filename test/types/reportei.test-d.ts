import { describe, expectTypeOf, it } from 'vitest';
import {
  type ChartResult,
  type Components,
  createReporteiClient,
  type Customer,
  type DatatableResult,
  type IntegrationStatus,
  type MetricFailure,
  type MetricQuery,
  type NumberResult,
  type QueriesOf,
  type RawResult,
  readMetrics,
  type Results,
} from '../../src/reportei/index.ts';

const connect = createReporteiClient();
const customer = connect.customer('token');
const days = { integration: 'uuid', start: '2024-01-01', end: '2024-01-31' };

const dashboard = {
  replies: { reference_key: 'ig:story_replies', component: 'number_v1', metrics: ['replies'] },
  gender: {
    reference_key: 'ig:followers_gender',
    component: 'chart_v1',
    metrics: ['followers'],
    dimensions: ['gender'],
  },
  clicks: {
    reference_key: 'ig:clicks_breakdown',
    component: 'datatable_v1',
    metrics: ['count', 'ctr'],
    dimensions: [{ field: 'clicks_breakdown', operator: '=', value: 'Email' }],
  },
  text: { reference_key: 'note', component: 'wysiwyg_v1', metrics: [] },
} as const;

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

describe('metrics', () => {
  it('types each result by its component', async () => {
    const results = await customer.metrics(dashboard, days);
    expectTypeOf(results.replies).toEqualTypeOf<NumberResult>();
    expectTypeOf(results.gender).toEqualTypeOf<ChartResult>();
    expectTypeOf(results.clicks).toEqualTypeOf<DatatableResult>();
    expectTypeOf(results.text).toEqualTypeOf<RawResult<'wysiwyg_v1'>>();
    expectTypeOf(results.replies.value).toEqualTypeOf<number | null>();
    // @ts-expect-error no such metric
    void results.likes;
    // @ts-expect-error a number has no rows
    void results.replies.rows;
  });
  it('infers from a literal in the call', async () => {
    const { reach } = await customer.metrics(
      { reach: { reference_key: 'ig:reach', component: 'number_v1', metrics: ['reach'] } },
      days,
    );
    expectTypeOf(reach).toEqualTypeOf<NumberResult>();
  });
  it('takes interfaces, and lets a wrapper keep the types', async () => {
    interface Queries {
      readonly reach: MetricQuery<'number_v1'>;
    }
    const queries = {} as Queries;
    expectTypeOf((await customer.metrics(queries, days)).reach).toEqualTypeOf<NumberResult>();
    const wrapper = <const C extends Components<C>>(set: QueriesOf<C>): Promise<Results<C>> =>
      customer.metrics(set, days);
    expectTypeOf((await wrapper(dashboard)).clicks).toEqualTypeOf<DatatableResult>();
    const partial = Math.random() > 2;
    const either = await customer.metrics(dashboard, { ...days, partial });
    expectTypeOf(either.replies).toEqualTypeOf<
      NumberResult | ({ readonly ok: true } & NumberResult) | MetricFailure
    >();
  });
  it('gives outcomes with partial', async () => {
    const { replies } = await customer.metrics(dashboard, { ...days, partial: true });
    // @ts-expect-error it may have failed
    void replies.value;
    if (replies.ok) expectTypeOf(replies.value).toEqualTypeOf<number | null>();
    else expectTypeOf(replies).toEqualTypeOf<MetricFailure>();
  });
  it('refuses typos in every position', () => {
    const query = {
      reference_key: 'ig:reach',
      component: 'number_v1',
      metrics: ['reach'],
    } as const;
    // @ts-expect-error a typo in a query's field
    void customer.metrics({ reach: { ...query, dimension: ['date'] } }, days);
    // @ts-expect-error a query without its key
    void customer.metrics({ reach: { component: 'number_v1', metrics: [] } }, days);
    // @ts-expect-error a query without metrics
    void customer.metrics({ reach: { component: 'number_v1', reference_key: 'x' } }, days);
    // @ts-expect-error no such component
    void customer.metrics({ reach: { ...query, component: 'number_v2' } }, days);
    // @ts-expect-error a dimension object needs its field
    void customer.metrics({ reach: { ...query, dimensions: [{ operator: '=' }] } }, days);
    // @ts-expect-error a typo in an option
    void customer.metrics({ reach: query }, { ...days, comparison: days });
    // @ts-expect-error the end is missing
    void customer.metrics({ reach: query }, { integration: 'uuid', start: '2024-01-01' });
    // @ts-expect-error a comparison has a start and an end
    void customer.metrics({ reach: query }, { ...days, compare: { start: '2023-01-01' } });
    // @ts-expect-error a webhook needs an address
    void customer.metricsAsync({ reach: query }, days);
  });
  it('gives ids that read the webhook', async () => {
    const { ids } = await customer.metricsAsync(dashboard, { ...days, webhookUrl: 'https://a.io' });
    expectTypeOf(ids).toEqualTypeOf<
      Readonly<Record<'replies' | 'gender' | 'clicks' | 'text', string>>
    >();
    expectTypeOf(readMetrics(dashboard, ids, {}).clicks).toEqualTypeOf<DatatableResult>();
    // @ts-expect-error ids of another set
    readMetrics(dashboard, { replies: 'x' }, {});
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
    void connect.customers.create({ nme: 'x' });
    // @ts-expect-error a surplus field
    void connect.customers.create({ name: 'x', email: 'y' });
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
