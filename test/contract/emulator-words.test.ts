import { describe, expect, it } from 'vitest';
import {
  startMockServer,
  type MockServerOptions,
  type RequestFilter,
} from '../../src/mock/index.ts';
import { CUSTOMER, EVENT, GET_DATA, MERCHANT, REO, startTested } from '../unit/mock/support.ts';

// What the vendors answer often says little; the journal, the log and the page say more.

describe('a credential that is refused', () => {
  const bearer = (token: string): object => ({ Authorization: `Bearer ${token}` });

  it.each([
    ['POST /api/product/usage', {}, 'X-API-KEY', 'is missing'],
    [
      'POST /api/product/usage',
      { 'X-API-KEY': 'test_reportei_token' },
      'X-API-KEY',
      "holds the merchant's token",
    ],
    ['GET /customers', {}, 'Authorization', 'is missing'],
    ['GET /customers', { Authorization: 'x' }, 'Authorization', 'does not begin with "Bearer "'],
    ['GET /customers', bearer('x'), 'Authorization', 'is none that the emulator knows'],
    [
      'GET /customers',
      bearer('test_customer_token'),
      'Authorization',
      "holds the customer's token",
    ],
    ['GET /customers/settings', MERCHANT, 'X-Customer-Token', 'is missing'],
    [
      'GET /customers/settings',
      { ...MERCHANT, 'Customer-Token': 'test_customer_token' },
      'X-Customer-Token',
      'is missing: Customer-Token is there, without the X-',
    ],
    [
      'GET /customers/settings',
      { ...MERCHANT, 'X-Customer-Token': 'test_reo_key' },
      'X-Customer-Token',
      "holds Reo's key",
    ],
  ])('of %s with %j: %s %s', async (what, headers, field, problem) => {
    await using mock = await startTested();
    const post = what.startsWith('POST') ? { json: { payload: EVENT } } : {};
    const { status } = await mock.call(what, { ...post, headers: headers as never });
    expect([400, 401]).toContain(status);
    const [entry] = mock.requests.list();
    expect(entry?.violations).toEqual([{ side: 'request', field, problem }]);
    expect(mock.lines.join()).toContain(`(${field} ${problem})`);
  });
});

describe('a misspelt header', () => {
  it.each(['Customer-Token', 'ApiKey', 'X-Auth-Token', 'Authorisation-Token'])(
    'such as %s is redacted too',
    async (name) => {
      await using mock = await startTested();
      await mock.call('GET /nowhere?x=meant-to-be-kept', {
        headers: { [name]: 'meant-to-be-kept' },
      });
      expect(JSON.stringify(mock.requests.list())).not.toContain('meant-to-be-kept');
    },
  );
});

describe('a misspelt field', () => {
  it('is let through and told, or refused where the emulator is strict', async () => {
    await using mock = await startTested();
    const json = { payload: { ...EVENT, event_idd: '1' } };
    const send = (): ReturnType<typeof mock.call> =>
      mock.call('POST /api/product/usage?tset=1', { headers: REO, json });
    expect(await send()).toMatchObject({ status: 200 });
    const problem = 'is not a documented field';
    const violations = ['tset', 'payload.event_idd'].map((field) => ({
      side: 'request',
      field,
      problem,
    }));
    expect(mock.requests.list().at(-1)).toMatchObject({ status: 200, violations });
    mock.settings.change({ strict: true });
    expect(await send()).toMatchObject({ status: 400 });
    expect(mock.requests.list().at(-1)).toMatchObject({ status: 400, violations });
  });

  it('is told beside the field that is missing because of it', async () => {
    await using mock = await startTested({ settings: { strict: true } });
    const { activity_type, ...rest } = EVENT;
    const json = { payload: { ...rest, activty_type: activity_type } };
    expect(await mock.call('POST /api/product/usage', { headers: REO, json })).toMatchObject({
      body: {
        response:
          'payload.activity_type is required; payload.activty_type is not a documented field',
      },
    });
  });

  it('of a metric is told by its place', async () => {
    await using mock = await startTested();
    const metrics = [{ ...GET_DATA.metrics[0], entityId: 1 }];
    await mock.call('POST /metrics/get-data', {
      headers: CUSTOMER,
      json: { ...GET_DATA, metrics },
    });
    expect(mock.requests.list()[0]?.violations).toEqual([
      { side: 'request', field: 'metrics.0.entityId', problem: 'is not a documented field' },
    ]);
  });

  it('of a filter is refused where requests are looked for', async () => {
    await using mock = await startTested();
    const text = 'The operaton field is not a documented field.';
    expect(await mock.call('GET /__mock/requests?operaton=sendUsage')).toMatchObject({
      status: 422,
      body: { message: text },
    });
    const filter = { operaton: 'sendUsage' } as RequestFilter;
    expect(() => mock.requests.list(filter)).toThrow(text);
    await expect(mock.requests.waitFor(filter)).rejects.toThrow(text);
  });

  it('of an operation is refused where requests are looked for', async () => {
    await using mock = await startTested();
    const text = 'There is no operation sendUsge. There are sendUsage';
    expect(await mock.call('GET /__mock/requests?operation=sendUsge&wait_for=1')).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining(text) },
    });
    await expect(mock.requests.waitFor({ operation: 'sendUsge' })).rejects.toThrow(text);
    expect(() => mock.requests.list({ operation: 'sendUsge' })).toThrow(text);
  });

  it('is told of calls that are forwarded, which are not changed', async () => {
    await using real = await startTested();
    await using mock = await startTested({ upstream: { reo: real.url } });
    const json = { payload: { ...EVENT, event_idd: '1' } };
    const path = 'POST /api/product/usage?tset=1';
    expect(await mock.call(path, { headers: REO, json })).toMatchObject({ status: 200 });
    expect(real.usage.events()).toMatchObject([{ payload: { event_idd: '1' } }]);
    expect(mock.requests.list()[0]?.violations.map(({ field }) => field)).toEqual([
      'tset',
      'payload.event_idd',
    ]);
  });

  it('of the control API is refused', async () => {
    await using mock = await startTested();
    expect(await mock.call('GET /__mock/requests?opration=sendUsage')).toMatchObject({
      status: 422,
      body: { message: 'The opration field is not a documented field.' },
    });
    const json = { stauts: 503 };
    expect(await mock.call('POST /__mock/faults', { json })).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining('stauts') },
    });
  });
});

describe('an option that cannot work', () => {
  it.each([
    [{ port: 'abc' }, 'The port "abc" is not a whole number from 0 to 65535'],
    [{ port: 65_536 }, 'The port 65536 is not'],
    [{ sed: 1 }, 'There is no option sed. There are port, host'],
    [{ settings: { envelop: true } }, 'These settings cannot work: envelop is not a known field'],
    [{ settings: { delay: '8 days' } }, "delay is not a duration such as 500, '2s' or '8d'"],
    [{ faults: [{ stauts: 1 }] }, 'This is no fault: stauts is not a known field'],
    [{ webhookHosts: ['http://app:3000'] }, 'The webhook host "http://app:3000" is not a name'],
  ])('such as %j says why', async (options, message) => {
    const start = startMockServer(options as MockServerOptions);
    await expect(start).rejects.toThrow(message);
  });
});
