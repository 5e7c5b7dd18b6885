import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createReporteiClient, number } from '../../src/reportei/index.ts';
import { json, taken, type Answer } from '../../src/testing/answers.ts';
import { hostileServer, type HostileServer } from '../../src/testing/hostile-server.ts';
import {
  CUSTOMER,
  EVENT,
  GET_DATA,
  MERCHANT,
  REO,
  startTested,
  type Sent,
} from '../unit/mock/support.ts';
import { inFolder, lines, recorded, replayed, theFile } from './proxy-mode-recordings-support.ts';
import { USAGE } from './proxy-mode-support.ts';

const METRICS = 'POST /api/metrics/get-data';

inFolder();

/** Answers the metrics that were asked, by their position. */
const byPosition: Answer = (response, { body }) => {
  const { metrics } = JSON.parse(body) as { metrics: { id: string }[] };
  const results = metrics.map(({ id }, i) => [id, { values: i + 1, comparison: null }]);
  json(Object.fromEntries(results))(response, undefined as never);
};

const withIds = (...ids: readonly string[]): object => ({
  ...GET_DATA,
  metrics: GET_DATA.metrics.map((one, i) => ({ ...one, id: ids[i] ?? one.id })),
});

describe('an answer is given again', () => {
  it.each([
    ['uuids', [randomUUID(), randomUUID(), randomUUID()]],
    ['names', ['b', 'a', 'c']],
    // Names that the request and its answer have too.
    ['awkward names', ['metrics', 'ig:clicks_breakdown', 'number_v1']],
    ['names of one another', ['$metric-2', '$metric-1', '$metric-0']],
    ['texts with signs in them', ['a "b"', 'c\\d', 'é']],
  ])('to metrics under other ids: %s', async (_what, ids) => {
    await recorded([byPosition], [METRICS, { headers: CUSTOMER, json: GET_DATA }]);
    const answer = await replayed(METRICS, { headers: CUSTOMER, json: withIds(...ids) });
    const values = ids.map((id, i) => [id, { values: i + 1, comparison: null }]);
    expect(answer).toMatchObject({ status: 200, source: 'recording' });
    expect(answer.body).toEqual(Object.fromEntries(values));
  });

  it('to metrics whose recorded ids were no uuids', async () => {
    const awkward = withIds('customer_integration', 'x', 'reference_key');
    await recorded([byPosition], [METRICS, { headers: CUSTOMER, json: awkward }]);
    const answer = await replayed(METRICS, { headers: CUSTOMER, json: GET_DATA });
    expect(answer.source).toBe('recording');
    expect(Object.keys(answer.body as object)).toEqual(GET_DATA.metrics.map(({ id }) => id));
  });

  it('inside `data`, with its own spelling', async () => {
    const [one] = GET_DATA.metrics;
    const text = `{ "data" : {"${one.id}" : {"values": 1.0, "note": "${one.id}"}} }`;
    const spelled: Answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(text);
    };
    await recorded([spelled], [METRICS, { headers: CUSTOMER, json: GET_DATA }]);
    await using mock = await startTested({ replay: theFile() });
    const answer = await fetch(`${mock.url}/metrics/get-data`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(withIds('new')),
    });
    // The value is no name of a result.
    expect(await answer.text()).toBe(`{ "data" : {"new" : {"values": 1.0, "note": "${one.id}"}} }`);
  });

  it('to our client, which makes new ids for every request', async () => {
    await using vendor = await startTested();
    const ask = async (baseUrl: string): Promise<unknown> => {
      const client = createReporteiClient({ baseUrl, token: 'test_reportei_token' });
      const report = await client.customer('test_customer_token').metrics(
        {
          a: number('ig:a', { metrics: ['a'] }),
          b: number('ig:b', { metrics: ['b'] }),
        },
        { integration: GET_DATA.customer_integration, start: '2024-01-01', end: '2024-01-31' },
      );
      return [report.a.value, report.b.value];
    };
    let values: unknown;
    {
      await using proxy = await startTested({
        upstream: { reportei: vendor.url },
        record: theFile(),
      });
      values = await ask(proxy.url);
    }
    await using mock = await startTested({ replay: theFile(), seed: 'another' });
    expect(await ask(mock.url)).toEqual(values);
    expect(mock.requests.list()[0]?.source).toBe('recording');
  });

  it('whatever the order of fields, the time, the id, the key and the spelling of the path', async () => {
    const { activity_type, ...rest } = EVENT;
    await recorded(
      [json({ response_code: '200', response: 'from the vendor', status: 'success' })],
      [USAGE, { headers: REO, json: { payload: { ...EVENT, event_id: 'first' } } }],
    );
    const again = { ...rest, event_at: EVENT.event_at + 5, event_id: 'other', activity_type };
    const answer = await replayed(USAGE, {
      headers: { 'X-API-KEY': 'another' },
      json: { payload: again },
    });
    expect(answer).toMatchObject({ body: { response: 'from the vendor' }, source: 'recording' });

    await recorded([json({ data: [] })], ['GET /customers?page=1&per_page=5', {}]);
    const page = await replayed('GET /api/customers?per_page=5&page=1', {});
    expect(page).toMatchObject({ body: { data: [] }, source: 'recording' });
  });

  it('by the emulator, if there is none, which is told', async () => {
    await recorded([taken], [USAGE, {}]);
    await using mock = await startTested({ replay: theFile() });
    await mock.call('GET /api/merchants/settings', { headers: MERCHANT });
    const told = 'No recording fits this getMerchantSettings: the emulator answers';
    expect(mock.lines.filter((line) => line.includes('No recording'))).toEqual([told]);
    await mock.call(USAGE, {});
    expect(mock.lines.filter((line) => line.includes('No recording'))).toEqual([told]);
  });

  it('that was one, whatever a later call with a wrong key was answered', async () => {
    const refused = json({ message: 'Unauthenticated.' }, 401);
    await recorded([taken, refused], [USAGE, {}], [USAGE, {}]);
    expect(await replayed(USAGE, {})).toMatchObject({ status: 200 });
  });

  it('with its status and the headers that matter, the latest of several', async () => {
    const limited = json({ message: 'slow down' }, 429, {
      'Retry-After': '7',
      'X-RateLimit-Limit': '60',
      'X-Other': '1',
    });
    const other = json({ message: 'slower' }, 429);
    await recorded([other, limited], [USAGE, {}], [USAGE, {}]);
    const { status, body, headers } = await replayed(USAGE, {});
    expect([status, body]).toEqual([429, { message: 'slow down' }]);
    expect([headers.get('retry-after'), headers.get('x-ratelimit-limit')]).toEqual(['7', '60']);
    expect(headers.get('x-other')).toBeNull();
  });

  it('with bytes that are no text', async () => {
    const page = Buffer.from([0x3c, 0xe9, 0xff, 0x3e]);
    const latin: Answer = (response) => {
      response.writeHead(500, { 'content-type': 'text/html' });
      response.end(page);
    };
    await recorded([latin], ['GET /customers', {}]);
    await using mock = await startTested({ replay: theFile() });
    const answer = await fetch(`${mock.url}/customers`);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(page);
  });

  it('and checked against the contract', async () => {
    await recorded([json({ wrong: true })], [USAGE, { json: { payload: EVENT } }]);
    await using mock = await startTested({ replay: theFile() });
    await mock.call(USAGE, { json: { payload: EVENT } });
    expect(mock.requests.list({ violations: true })[0]?.violations[0]).toMatchObject({
      side: 'response',
    });
  });
});

describe('a request that was not recorded', () => {
  const other: Sent = { headers: MERCHANT };

  it('goes to the emulator', async () => {
    await recorded([json({ data: [] })], ['GET /customers', {}]);
    const answer = await replayed('GET /customers?page=2', other);
    expect(answer).toMatchObject({ status: 200, source: 'emulator' });
  });

  it('goes to the upstream, if there is one', async () => {
    await recorded([json({ data: [] })], ['GET /customers', {}]);
    await using vendor: HostileServer = await hostileServer(json({ live: true }));
    const upstream = { reportei: vendor.url };
    const answer = await replayed('GET /customers?page=2', other, { upstream });
    expect(answer).toMatchObject({ body: { live: true }, source: 'upstream' });
    expect((await replayed('GET /customers', other, { upstream })).source).toBe('recording');
    expect(vendor.received).toHaveLength(1);
  });

  it.each<[string, Sent]>([
    ['other metrics', { json: { ...GET_DATA, metrics: GET_DATA.metrics.slice(0, 2) } }],
    ['metrics in another order', { json: { ...GET_DATA, metrics: GET_DATA.metrics.toReversed() } }],
    ['another period', { json: { ...GET_DATA, end: '2024-08-01' } }],
    ['a body that cannot be read', { text: '{' }],
    ['no body', {}],
  ])('is one with %s', async (_what, sent) => {
    await recorded(
      [byPosition, json({ message: 'malformed' }, 400)],
      [METRICS, { headers: CUSTOMER, json: GET_DATA }],
      [METRICS, { headers: CUSTOMER, text: '[' }],
    );
    const answer = await replayed(METRICS, { ...sent, headers: CUSTOMER });
    expect(answer.source).toBe('emulator');
  });

  it('is one that cannot be read, also beside one without a body', async () => {
    await recorded([json({ message: 'empty' }, 422)], [METRICS, { headers: CUSTOMER }]);
    const sent = { headers: CUSTOMER, text: '{' };
    expect((await replayed(METRICS, sent)).source).toBe('emulator');
    expect((await replayed(METRICS, { headers: CUSTOMER })).source).toBe('recording');
  });

  it('is none, if there was no answer', async () => {
    await recorded([(response) => void response.socket?.destroy()], ['GET /customers', {}]);
    expect(lines()).toEqual([]);
  });
});
