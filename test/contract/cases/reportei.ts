import type { Json, JsonObject } from '../documents.ts';
import { cases, without, type Case } from './cases.ts';
import { connectLeast, leastAccepted, lessRefused, listAccepted } from './least.ts';

const uuid = '4addc0da-8583-4dbb-a0e9-c7e2e8470f50';

const query: JsonObject = {
  id: 'f35a44ce-dac5-4188-aace-5c44a8952176',
  reference_key: 'ig:story_replies',
  component: 'number_v1',
  metrics: ['replies'],
};
const request: JsonObject = {
  customer_integration: uuid,
  start: '2024-01-01',
  end: '2024-09-01',
  metrics: [query],
};

const metrics = cases('GetDataRequest');
const webhook = cases('GetDataAsyncRequest');
const number = cases('NumberResult');
const chart = cases('ChartResult');
const table = cases('DatatableResult');

const requestWith = (changes: JsonObject): Json => ({ ...request, ...changes });
const queryWith = (changes: JsonObject): Json =>
  requestWith({ metrics: [{ ...query, ...changes }] });

export const connectAccepts: readonly Case[] = [
  ...leastAccepted(connectLeast),
  ...listAccepted('KnownComponent', ['number_v1', 'chart_v1', 'datatable_v1']),
  ...listAccepted('KnownComponent', ['container_v1', 'pipeline_v1', 'datagrid_v1']),
  ...listAccepted('KnownComponent', ['iconsList_v1', 'wysiwyg_v1']),
  ...listAccepted('KnownEntityType', ['ad', 'campaign', 'adset']),
  ...listAccepted('KnownFailureType', ['invalid_metrics_combination', 'no_data_in_period']),
  ...listAccepted('KnownFailureType', ['internal_error', 'expired_token']),
  ...listAccepted('KnownIntegrationStatus', ['active', 'expired', 'revoked']),
  ...listAccepted('KnownIntegrationStatus', ['synchronizing', 'synchronization_error']),
  ...[{}, [], 'text', 1, true, null].map((any) =>
    cases('RawResult')(`the JSON ${JSON.stringify(any)}`, any),
  ),
  metrics('the least that is needed', request),
  metrics('several integrations', {
    ...without(request, 'customer_integration'),
    customer_integration_uuids: [uuid],
  }),
  metrics(
    'a comparison',
    requestWith({ comparison_start: '2023-01-01', comparison_end: '2023-09-01' }),
  ),
  metrics('a time with its offset', requestWith({ start: '2024-01-01T00:00:00-03:00' })),
  metrics('a time without offset', requestWith({ start: '2024-01-01T00:00:00.000' })),
  metrics('a time zone', requestWith({ client_timezone: 'America/Sao_Paulo' })),
  metrics('a key of the request that no document names', requestWith({ source: 'dashboard' })),
  metrics('no metric names', queryWith({ metrics: [] })),
  metrics('metric names with colon, dot and space', queryWith({ metrics: ['a:b', 'c.d', 'e f'] })),
  metrics('a component nobody knows', queryWith({ component: 'map_v9' })),
  metrics('a component without documented answers', queryWith({ component: 'iconsList_v1' })),
  metrics('a reference key without colon', queryWith({ reference_key: 'introduction' })),
  metrics(
    'dimensions as objects',
    queryWith({
      dimensions: ['date', { field: 'device' }, { field: 'cost', operator: '>', value: 5 }],
    }),
  ),
  metrics('no dimensions', queryWith({ dimensions: [] })),
  metrics('custom as PHP writes it', queryWith({ custom: [], type: [] })),
  metrics('custom as an object', queryWith({ custom: { custom_period: '30ED' }, type: 'total' })),
  metrics('an entity', queryWith({ entity_id: 120_210, entity_type: 'adset' })),
  metrics('a kind of entity nobody knows', queryWith({ entity_type: 'keyword' })),
  metrics(
    'keys of a query that occur',
    queryWith({
      chart_type: 'line',
      sort: ['-reach'],
      filters: [{ field: 'a' }],
      filter: { b: 1 },
      currency: null,
      calculated: true,
      widgets: [],
      added_date: '2024-04-04',
    }),
  ),
  metrics('keys of a query that nobody knows', queryWith({ threshold: 3 })),
  webhook('a webhook', { ...request, metrics_webhook_url: 'http://127.0.0.1:4010/hook' }),
  number('nothing to compare with', { values: 3 }),
  number('a comparison without anything', { values: 3, comparison: {} }),
  number('no value and a warning', { values: null, warning: 'There is no data.' }),
  number('a number as text', { values: '-12.5e3', comparison: { difference: '' } }),
  number('a number in a list', { values: [7] }),
  chart('several series', {
    labels: [0, '1', null],
    values: [{ name: 'a', data: [1, '2', null] }],
  }),
  chart('no points', { labels: [], values: [] }),
  table('cells of every kind', { headers: [], values: [[1, '2', null, { text: 'a', x: 1 }]] }),
  cases('MetricFailure')('a reason nobody knows', { message: 'No', type: 'quota_exceeded' }),
  cases('MetricResults')('no results', {}),
  cases('PageMeta')('an empty list', {
    current_page: 1,
    last_page: 0,
    per_page: 15,
    total: 0,
    from: null,
    to: null,
    path: '/customers',
    sortBy: null,
  }),
  cases('IntegrationStatus')('a status nobody knows', 'paused'),
  cases('IntegrationSessionRequest')('no options', {}),
  cases('MerchantSettings')('addresses that are not set', {
    uuid,
    name: 'Bakery Reports',
    app_url: null,
    redirect_url: null,
  }),
  cases('Customer')('no trial', { uuid, name: 'Corner Bakery', trial_ends_at: null }),
  cases('CustomerIntegration')('no name', { uuid, status: 'active', source_name: null }),
  cases('Timestamp')('the form of most answers', '2024-09-24 17:07:34'),
  cases('Timestamp')('the form of a session', '2024-10-02T06:14:50.898761Z'),
];

export const connectRefuses: readonly Case[] = [
  ...lessRefused(connectLeast),
  ...Object.keys(request).map((key) => metrics(`no ${key}`, without(request, key))),
  ...Object.keys(query).map((key) =>
    metrics(`a query without ${key}`, requestWith({ metrics: [without(query, key)] })),
  ),
  metrics('one integration and several', requestWith({ customer_integration_uuids: [uuid] })),
  metrics('no integration in the list', {
    ...without(request, 'customer_integration'),
    customer_integration_uuids: [],
  }),
  metrics('half a comparison, its start', requestWith({ comparison_start: '2023-01-01' })),
  metrics('half a comparison, its end', requestWith({ comparison_end: '2023-01-01' })),
  metrics('an integration that is no uuid', requestWith({ customer_integration: 'instagram' })),
  metrics('a date in another order', requestWith({ start: '01/02/2024' })),
  metrics('a day that does not exist', requestWith({ end: '2024-02-30' })),
  metrics('a date as a number', requestWith({ start: 1_735_689_600 })),
  metrics('no queries', requestWith({ metrics: [] })),
  metrics('one query without a list', requestWith({ metrics: query })),
  metrics('an id that is no uuid', queryWith({ id: 'replies' })),
  metrics('a name instead of a list of names', queryWith({ metrics: 'replies' })),
  metrics('an empty component', queryWith({ component: '' })),
  metrics('an empty reference key', queryWith({ reference_key: '' })),
  metrics('a number as dimension', queryWith({ dimensions: [1] })),
  metrics('an empty dimension', queryWith({ dimensions: [''] })),
  metrics('an empty field', queryWith({ dimensions: [{ field: '' }] })),
  metrics('an empty metric name', queryWith({ metrics: [''] })),
  metrics('an empty entity type', queryWith({ entity_type: '' })),
  metrics('a list as entity id', queryWith({ entity_id: [] })),
  metrics('a dimension without its field', queryWith({ dimensions: [{ operator: '=' }] })),
  metrics('an empty time zone', requestWith({ client_timezone: '' })),
  metrics('a text as custom', queryWith({ custom: 'x' })),
  webhook('no webhook', request),
  webhook('a webhook that is no web address', { ...request, metrics_webhook_url: 'ftp://a/b' }),
  webhook('a webhook with a space', { ...request, metrics_webhook_url: 'https://a b/c' }),
  webhook('a webhook without host', { ...request, metrics_webhook_url: '/hook' }),
  webhook('a webhook and no integration', {
    ...without(request, 'customer_integration'),
    metrics_webhook_url: 'https://hooks.bakery.test/',
  }),
  number('a word as number', { values: 'many' }),
  number('no value in a list', { values: [] }),
  number('two values', { values: [1, 2] }),
  number('a word in the comparison', { values: 1, comparison: { difference: 'up' } }),
  chart('values without series', { labels: ['a'], values: [1] }),
  chart('a series without data', { labels: ['a'], values: [{ name: 'a' }] }),
  table('a row that is no list', { values: ['Email'] }),
  table('a list as cell', { values: [[[1]]] }),
  cases('MetricResults')('a key that is no uuid', { replies: { values: 1 } }),
  cases('GetDataAnswer')('a list', []),
  cases('GetDataAnswer')('an envelope around no uuid', { data: { replies: { values: 1 } } }),
  chart('an object as label', { labels: [{}], values: [] }),
  cases('CustomerRequest')('an empty name', { name: '' }),
  cases('PaymentStatusRequest')('a text for yes', { is_paying: 'yes' }),
  cases('IntegrationSessionRequest')('a session of no time', { expires_in_minutes: 0 }),
  cases('IntegrationSessionRequest')('a limit without value', { limits: [{ name: 'a' }] }),
  cases('IntegrationSessionRequest')('no address to go to', { redirect_url: 'done' }),
  cases('IntegrationSessionRequest')('no address at the limit', { limit_reached_url: '' }),
  cases('IntegrationStatus')('an empty status', ''),
  cases('FailureType')('an empty reason', ''),
  cases('PageMeta')('a list of minus one', {
    current_page: 1,
    last_page: 1,
    per_page: 15,
    total: -1,
  }),
  cases('Timestamp')('a day only', '2024-09-24'),
  cases('ValidationErrors')('sentences without a field', { errors: ['No'] }),
];
