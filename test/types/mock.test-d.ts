import { describe, expectTypeOf, it } from 'vitest';
import type { components } from '../../generated/reo.ts';
import {
  startMockServer,
  type Fault,
  type FaultRule,
  type MockServer,
  type MockServerOptions,
  type RequestEntry,
  type Settings,
  type Snapshot,
  type WebhookSummary,
} from '../../src/mock/index.ts';

declare const mock: MockServer;

describe('startMockServer', () => {
  it('needs no options', () => {
    expectTypeOf(startMockServer).toBeCallableWith();
    expectTypeOf(startMockServer()).resolves.toEqualTypeOf<MockServer>();
    expectTypeOf<MockServer>().toExtend<AsyncDisposable>();
  });
  it('takes all of them', () => {
    expectTypeOf(startMockServer).toBeCallableWith({
      port: 4010,
      seed: 'a',
      settings: { strict: true, rateLimit: null, activities: ['LOGIN'], webhookDelay: '2s' },
      faults: [{ operation: 'sendUsage', status: 503, retryAfter: 2 }],
      now: () => new Date(),
    });
  });
  it('refuses unknown names and wrong values', () => {
    const options: MockServerOptions[] = [
      // @ts-expect-error a typo in an option
      { prot: 4010 },
      // @ts-expect-error a typo in a setting
      { settings: { strikt: true } },
      // @ts-expect-error not a status that Reo's refusals may have
      { settings: { reoFailureStatus: 500 } },
      // @ts-expect-error not what becomes of an activity
      { settings: { unknownActivity: 'ignore' } },
      // @ts-expect-error half of a limit
      { settings: { rateLimit: { perSecond: 1 } } },
      // @ts-expect-error a typo in a fault
      { faults: [{ staus: 503 }] },
      // @ts-expect-error a key that there is not
      { keys: { reportei: 'x' } },
      // @ts-expect-error a form that lines do not have
      { logFormat: 'xml' },
    ];
    expectTypeOf(options).toEqualTypeOf<MockServerOptions[]>();
  });
});

describe('faults', () => {
  it('are rules, of which every field may be left out', () => {
    expectTypeOf<object>().toExtend<FaultRule>();
    expectTypeOf(mock.faults.add({})).toEqualTypeOf<Fault>();
    mock.faults.add({
      operation: 'getData',
      match: { body: { metrics: [{ component: 'number_v1' }] }, headers: { 'x-a': 'b' } },
      probability: 0.5,
      times: 3,
      delay: '2s',
      metrics: { as: 'warning', referenceKey: 'ig:replies' },
      webhook: { early: true, times: 2, corrupt: 'foreign' },
    });
    expectTypeOf<Fault['id']>().toEqualTypeOf<string>();
    expectTypeOf<Fault['used']>().toEqualTypeOf<number>();
  });
  it('refuse unknown names and wrong values', () => {
    // @ts-expect-error a typo
    mock.faults.add({ staus: 503 });
    // @ts-expect-error an operation is a name
    mock.faults.add({ operation: 7 });
    // @ts-expect-error several operations
    mock.faults.add({ operation: ['sendUsage'] });
    // @ts-expect-error a typo within
    mock.faults.add({ webhook: { eraly: true } });
    // @ts-expect-error a typo in what is matched
    mock.faults.add({ match: { header: { a: 'b' } } });
    // @ts-expect-error not a way to lose a connection
    mock.faults.add({ connection: 'drop' });
    // @ts-expect-error not an outcome of a metric
    mock.faults.add({ metrics: { as: 'nothing' } });
    // @ts-expect-error not a way to damage a webhook
    mock.faults.add({ webhook: { corrupt: 'wrong' } });
    // @ts-expect-error a header is a text
    mock.faults.add({ headers: { a: 1 } });
    // @ts-expect-error once is once
    mock.faults.once({ times: 2 });
  });
});

describe('what arrived', () => {
  it('has the payloads of the contract', () => {
    const [event] = mock.usage.events();
    const [count] = mock.usage.counts();
    type Event = components['schemas']['UsageEvent'];
    type Count = components['schemas']['AggregateUsage'];
    expectTypeOf(event?.payload).toEqualTypeOf<Event | undefined>();
    expectTypeOf(count?.payload).toEqualTypeOf<Count | undefined>();
    expectTypeOf(event?.duplicate).toEqualTypeOf<boolean | undefined>();
    if (count?.payload.mode === 'DOMAIN')
      expectTypeOf(count.payload.domain).toEqualTypeOf<string>();
    // @ts-expect-error events have no count
    void event?.payload.count;
    // @ts-expect-error what arrived cannot be changed
    mock.usage.events().push();
  });
});

describe('requests', () => {
  it('are found by their fields', () => {
    expectTypeOf(mock.requests.list({ api: 'reo', status: '4xx', violations: true })).toEqualTypeOf<
      readonly RequestEntry[]
    >();
    expectTypeOf(mock.requests.waitFor({}, { count: 2, timeout: '1s' })).resolves.toEqualTypeOf<
      readonly RequestEntry[]
    >();
    // @ts-expect-error a typo
    mock.requests.list({ operaton: 'sendUsage' });
    // @ts-expect-error not an API
    mock.requests.list({ api: 'connect' });
    // @ts-expect-error what belongs to the HTTP call
    mock.requests.list({ limit: 5 });
    // @ts-expect-error a typo
    void mock.requests.waitFor({}, { cuont: 2 });
  });
});

describe('the rest', () => {
  it('is typed as well', () => {
    expectTypeOf(mock.settings.get()).toEqualTypeOf<Settings>();
    expectTypeOf(mock.snapshot()).toEqualTypeOf<Snapshot>();
    expectTypeOf(mock.webhooks.list()).toEqualTypeOf<readonly WebhookSummary[]>();
    expectTypeOf(mock.fetch).toBeCallableWith('/api/customers', { method: 'GET' });
    expectTypeOf(mock.fetch('/')).resolves.toEqualTypeOf<Response>();
    mock.clock.advance('8d');
    mock.clock.set(null);
    mock.reset(['usage', 'clock']);
    // @ts-expect-error a typo in a setting
    mock.settings.change({ envelop: true });
    // @ts-expect-error not a part
    mock.reset(['request']);
    mock.clock.set('2026-01-01');
    // @ts-expect-error not a time
    mock.clock.set(true);
    // @ts-expect-error half a snapshot
    mock.restore({ version: 1 });
    // @ts-expect-error a typo
    mock.snapshot({ secret: true });
    // @ts-expect-error keys cannot be changed
    mock.keys.reo = 'x';
  });
});
