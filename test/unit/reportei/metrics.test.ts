import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { chart, custom, metricSet, number, type WireQuery } from '../../../src/reportei/index.ts';
import { customerOn, numbers } from './connect-fetch.ts';

const days = { integration: 'i', start: '2024-02-01', end: '2024-02-29' };
const one = { a: number('a', { metrics: [] }) };
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

describe('the request', () => {
  it('has everything of a query, extra keys too, and an id', async () => {
    const { customer, asked } = customerOn(numbers);
    const query = chart('k', {
      metrics: ['m'],
      dimensions: ['d', { field: 'f', operator: '=', value: 1 }],
      sort: ['-m'],
      custom: [],
      type: 't',
      extra: { new_key: [1], reference_key: 'not this one' },
    });
    const wait = customer.metrics({ query }, { ...days, partial: true });
    await wait;
    expect(asked[0]?.path).toBe('/api/metrics/get-data');
    expect(asked[0]?.body).toEqual({
      customer_integration: 'i',
      start: '2024-02-01',
      end: '2024-02-29',
      metrics: [
        {
          id: expect.stringMatching(uuid),
          reference_key: 'k',
          component: 'chart_v1',
          metrics: ['m'],
          dimensions: ['d', { field: 'f', operator: '=', value: 1 }],
          sort: ['-m'],
          custom: [],
          type: 't',
          new_key: [1],
        },
      ],
    });
  });

  it('has the days of a comparison and the zone', async () => {
    const { customer, asked } = customerOn(numbers);
    const timeZone = 'America/Sao_Paulo';
    await customer.metrics(one, { ...days, compare: 'previous-year', timeZone });
    await customer.metrics(one, { ...days, compare: { start: '2020-01-01', end: '2020-01-02' } });
    expect(asked.map(({ body }) => body)).toMatchObject([
      {
        comparison_start: '2023-02-01',
        comparison_end: '2023-02-28',
        client_timezone: 'America/Sao_Paulo',
      },
      { comparison_start: '2020-01-01', comparison_end: '2020-01-02' },
    ]);
  });

  it('asks several integrations at once', async () => {
    const { customer, asked } = customerOn(numbers);
    await customer.metrics(one, { ...days, integration: ['i', 'j'] });
    expect(asked[0]?.body).toMatchObject({ customer_integration_uuids: ['i', 'j'] });
    expect(asked[0]?.body).not.toHaveProperty('customer_integration');
  });

  it('is what was given at the call', async () => {
    const { customer, asked } = customerOn(numbers);
    const metrics = ['m'];
    const queries = { a: number('a', { metrics }) };
    const wait = customer.metrics(queries, days);
    metrics.push('later');
    await wait;
    expect(asked[0]?.body.metrics).toMatchObject([{ metrics: ['m'] }]);
  });

  it('asks the integrations that were given at the call', async () => {
    const { customer, asked } = customerOn(numbers);
    const integration = ['i'];
    const wait = customer.metrics(one, { ...days, integration });
    integration.push('later');
    await wait;
    expect(asked[0]?.body).toMatchObject({ customer_integration_uuids: ['i'] });
  });

  it.each([
    [{ start: '2024-02-30' }, /^start must/],
    [{ end: '2024-02-01T00:00:00Z' }, /^end must/],
    [{ start: new Date() }, /timeZone/],
    [{ start: '2024-03-01' }, /^start is after end/],
    [{ compare: { start: '2023-02-01' } }, /^compare.end/],
    [{ integration: '' }, /^integration/],
    [{ integration: [] }, /^integration/],
    [{ chunk: 0 }, /^chunk/],
    [{ maxSplits: 1.5 }, /^maxSplits/],
    [{ deadline: 'soon' }, /^deadline/],
  ])('is not sent with %j', async (wrong, reason) => {
    const { customer, asked } = customerOn(numbers);
    const options = { ...days, ...wrong } as never;
    await expect(customer.metrics(one, options)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(reason),
    });
    const stream = customer.metricsStream(one, options)[Symbol.asyncIterator]();
    await expect(stream.next()).rejects.toThrow(reason);
    expect(asked).toEqual([]);
  });

  it('is not sent without a query', async () => {
    const { customer } = customerOn(numbers);
    await expect(customer.metrics({}, days)).rejects.toThrow(/no metric/);
  });

  it('is not sent with what JSON cannot hold', async () => {
    const { customer, asked } = customerOn(numbers);
    for (const value of [1n, () => 1]) {
      const queries = { a: number('a', { metrics: [], extra: { value } }) };
      await expect(customer.metrics(queries, days)).rejects.toMatchObject({ code: 'config' });
    }
    expect(asked).toEqual([]);
  });
});

describe('metrics', () => {
  it('takes a set, and gives the untouched answer on request', async () => {
    const { customer } = customerOn(numbers);
    const { data, responses } = await customer.metrics(metricSet('one', one), days).withResponse();
    expect(data.a.value).toBe(1);
    expect(responses).toMatchObject([{ status: 200, attempts: 1 }]);
    expect(Object.values(responses[0]?.body as object)).toEqual([{ values: 1 }]);
  });

  it('carries the good results of a call in which some failed', async () => {
    const { customer } = customerOn(({ body: { metrics } }) =>
      Response.json({ data: { [metrics[0]?.id ?? '']: { values: '7' } } }),
    );
    const queries = { ...one, b: number('b', { metrics: [] }) };
    await expect(customer.metrics(queries, days)).rejects.toMatchObject({
      code: 'metrics',
      status: 200,
      attempts: 1,
      failures: { b: { reason: 'missing' } },
      results: { a: { value: 7 } },
    });
  });
});

it('counts the attempts of all requests in the error of some metrics', async () => {
  const { customer } = customerOn(() => Response.json({}));
  const queries = { ...one, b: number('b', { metrics: [] }) };
  await expect(customer.metrics(queries, { ...days, chunk: 1 })).rejects.toMatchObject({
    code: 'metrics',
    attempts: 2,
  });
});

describe('metricsById', () => {
  const id = 'f35a44ce-dac5-4188-aace-5c44a8952176';
  const query = (reference_key: string, more: object = {}) => ({
    reference_key,
    component: 'number_v1',
    metrics: ['m'],
    ...more,
  });
  const payload = {
    customer_integration: 'from-payload',
    start: '2024-01-01',
    end: '2024-01-31',
    comparison_start: '2023-12-01',
    comparison_end: '2023-12-31',
    client_timezone: 'Europe/Lisbon',
    metrics: [query('a', { id, new_key: 1 }), query('b'), query('b')],
  };

  it('runs a request as it is', async () => {
    const { customer, asked } = customerOn(numbers);
    const results = await customer.metricsById(payload);
    expect(Object.keys(results)).toEqual([id, 'b', 'b_2']);
    expect(results[id]).toMatchObject({ component: 'number_v1', value: 1 });
    const { metrics, ...head } = payload;
    expect(asked[0]?.body).toMatchObject({ ...head, metrics });
  });

  it('asks for the days that were given at the call', async () => {
    const { customer, asked } = customerOn(numbers);
    const day = new Date('2024-01-01T12:00:00Z');
    const integration = ['i'];
    const options = { integration, start: day, end: day, timeZone: 'UTC' };
    const wait = customer.metricsById([query('a')], options);
    day.setUTCDate(5);
    integration.push('later');
    await wait;
    expect(asked[0]?.body).toMatchObject({
      customer_integration_uuids: ['i'],
      start: '2024-01-01',
      end: '2024-01-01',
    });
  });

  it('takes null for what is not set', async () => {
    const { customer, asked } = customerOn(numbers);
    await customer.metricsById({
      ...payload,
      comparison_start: null,
      comparison_end: null,
      client_timezone: null,
    });
    expect(asked[0]?.body).not.toHaveProperty('comparison_start');
    await expect(customer.metricsById({ ...payload, end: null })).rejects.toThrow(/start and end/);
  });

  it('gives queries with the same id, in whatever case, their own answers', async () => {
    const { customer } = customerOn(numbers);
    const upper = id.toUpperCase();
    const queries = [query('a', { id }), query('b', { id: upper }), query('c', { id })];
    expect(await customer.metricsById(queries, days)).toMatchObject({
      [id]: { value: 1 },
      [upper]: { value: 2 },
      [`${id}_2`]: { value: 3 },
    });
  });

  it('prefers what the options say', async () => {
    const { customer, asked } = customerOn(numbers);
    await customer.metricsById(payload, {
      integration: 'i',
      start: '2024-03-01',
      end: '2024-03-02',
    });
    expect(asked[0]?.body).toMatchObject({
      customer_integration: 'i',
      start: '2024-03-01',
      end: '2024-03-02',
      client_timezone: 'Europe/Lisbon',
    });
    expect(asked[0]?.body).not.toHaveProperty('comparison_start');
  });

  it.each([
    ['a catalogue', { metrics: [query('a')] }],
    ['widgets', { widgets: [query('a')] }],
    ['a list', [query('a')]],
    ['a query with an id that is no UUID', [query('a', { id: 'a' })]],
  ])('takes %s', async (_, catalogue) => {
    const { customer, asked } = customerOn(numbers);
    expect(await customer.metricsById(catalogue, days)).toMatchObject({ a: { value: 1 } });
    expect(asked[0]?.body.metrics[0]?.id).toMatch(uuid);
  });

  it('gives failures as results with partial', async () => {
    const { customer } = customerOn(() => Response.json({}));
    expect(await customer.metricsById([query('a')], { ...days, partial: true })).toEqual({
      a: { ok: false, reason: 'missing', message: expect.any(String) },
    });
  });

  it.each([
    [null, /list of queries/],
    [[], /list of queries/],
    [{ metrics: {} }, /list of queries/],
    [[5], /query 1 of the payload is not an object/],
    [[query('a'), { component: 'number_v1' }], /query 2 of the payload has no reference_key/],
    [[{ reference_key: 'a' }], /query 1 of the payload has no component/],
    [[{ ...query('a'), metrics: [1] }], /query 1 of the payload has metrics/],
  ])('refuses %j', async (wrong, reason) => {
    const { customer, asked } = customerOn(numbers);
    await expect(customer.metricsById(wrong, days)).rejects.toThrow(reason);
    expect(asked).toEqual([]);
  });
});

describe('metricsAsync', () => {
  const started = () => Response.json({ success: true, message: 'started' });
  const webhook = { url: 'https://app.example/hook' };

  it('tells the webhook, and gives the ids', async () => {
    const { customer, asked } = customerOn(started);
    const { ids } = await customer.metricsAsync(metricSet('one', one), { ...days, webhook });
    expect(asked[0]?.path).toBe('/api/metrics/get-data-async');
    expect(asked[0]?.body).toMatchObject({
      customer_integration: 'i',
      metrics_webhook_url: webhook.url,
      metrics: [{ id: ids.a, reference_key: 'a' }],
    });
    expect(ids.a).toMatch(uuid);
  });

  it('sends the ids that were prepared, and refuses those of another set', async () => {
    const { customer, asked } = customerOn(started);
    const ids = { a: 'f35a44ce-dac5-4188-aace-5c44a8952176' };
    expect(
      (await customer.metricsAsync(one, { ...days, webhook: { ...webhook, ids } })).ids,
    ).toEqual(ids);
    expect(asked[0]?.body.metrics[0]?.id).toBe(ids.a);
    const other = { b: ids.a } as never;
    await expect(
      customer.metricsAsync(one, { ...days, webhook: { ...webhook, ids: other } }),
    ).rejects.toMatchObject({ code: 'config' });
    expect(asked).toHaveLength(1);
  });

  it('tells the webhook that was given at the call', async () => {
    const { customer, asked } = customerOn(started);
    const given = { url: webhook.url, ids: { a: 'f35a44ce-dac5-4188-aace-5c44a8952176' } };
    const wait = customer.metricsAsync(one, { ...days, webhook: given });
    given.url = 'https://elsewhere.example';
    given.ids.a = 'b3a949ac-f6ae-4bd1-bb90-1e8e0cbe8ed5';
    await wait;
    expect(asked[0]?.body).toMatchObject({
      metrics_webhook_url: webhook.url,
      metrics: [{ id: 'f35a44ce-dac5-4188-aace-5c44a8952176' }],
    });
  });

  it.each([undefined, {}, { url: '' }, { url: 5 }])(
    'is not started with the webhook %j',
    async (wrong) => {
      const { customer, asked } = customerOn(started);
      const options = { ...days, webhook: wrong } as never;
      await expect(customer.metricsAsync(one, options)).rejects.toMatchObject({
        code: 'config',
        message: 'webhook needs a url',
      });
      expect(asked).toEqual([]);
    },
  );

  it('is not sent twice, and an error tells the ids', async () => {
    const { customer, asked } = customerOn(() => Promise.reject(new Error('reset')));
    const error = await customer.metricsAsync(one, { ...days, webhook }).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: 'network',
      ambiguous: true,
      metricIds: { a: expect.stringMatching(uuid) },
    });
    const { metricIds } = error as { metricIds: { a: string } };
    expect(inspect(error, { depth: Infinity })).not.toContain(metricIds.a);
    expect(asked).toHaveLength(1);
  });

  it('is refused by a 200 that says no', async () => {
    const { customer } = customerOn(() => Response.json({ success: false }));
    await expect(customer.metricsAsync(one, { ...days, webhook })).rejects.toMatchObject({
      code: 'rejected',
    });
  });
});

describe('a query', () => {
  it('is what it is on the wire', () => {
    expect(custom('x', 'pipeline_v1', { dimensions: ['d'] }).wire).toEqual({
      reference_key: 'x',
      component: 'pipeline_v1',
      metrics: [],
      dimensions: ['d'],
    } satisfies WireQuery);
  });
});
