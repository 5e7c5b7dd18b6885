import { describe, expectTypeOf, it } from 'vitest';
import type { components } from '../../generated/reo.ts';
import {
  createReoClient,
  type DomainCount,
  isSdkError,
  type Receipt,
  type ReoClient,
  type UsageCount,
  type UsageEvent,
  type UserCount,
} from '../../src/reo/index.ts';

const event = {
  activity_type: 'LOGIN',
  product_id: 'web',
  user_id: 'ann@example.com',
  user_id_type: 'EMAIL',
} as const;

describe('createReoClient options', () => {
  it('needs none', () => {
    expectTypeOf(createReoClient).toBeCallableWith();
  });
  it('refuses unknown names', () => {
    // @ts-expect-error a typo in an option
    createReoClient({ apikey: 'k' });
    // @ts-expect-error a typo in a default
    createReoClient({ defaults: { produkt_id: 'web' } });
    // @ts-expect-error a field that is not the same for all records
    createReoClient({ defaults: { user_id: 'ann' } });
    // @ts-expect-error a typo in a nested option
    createReoClient({ rateLimit: { perHour: 5 } });
    // @ts-expect-error not a duration
    createReoClient({ timeout: '30 seconds' });
    // @ts-expect-error not a transport
    createReoClient({ transport: 'undici' });
    // @ts-expect-error a default that may be missing defaults nothing
    createReoClient({ defaults: { product_id: undefined } });
  });
});

describe('send', () => {
  const reo = createReoClient();
  it('takes an event', () => {
    expectTypeOf(reo.send(event)).resolves.toEqualTypeOf<Receipt>();
    expectTypeOf(reo.send(event).withResponse()).resolves.toHaveProperty('response');
    void reo.send({ ...event, event_at: new Date(), event_id: 7, meta: { plan: 'team' } });
    void reo.send({ ...event, source: 'TELEMETRY' });
    void reo.send({ ...event, source: 'SOMETHING_NEW' });
  });
  it('takes interfaces, and undefined where a field is optional', () => {
    interface Meta {
      plan: string;
    }
    const meta: Meta = { plan: 'team' };
    const maybe = undefined as string | undefined;
    void reo.send({ ...event, meta, ip_addr: maybe, event_id: maybe });
    createReoClient({ apiKey: maybe, baseUrl: maybe, rateLimit: undefined });
  });
  it('refuses unknown and missing fields', () => {
    // @ts-expect-error a typo in an optional field
    void reo.send({ ...event, ip_adr: '127.0.0.1' });
    // @ts-expect-error camel case is not the wire's
    void reo.send({ ...event, eventAt: 1 });
    // @ts-expect-error a required field is missing
    void reo.send({ activity_type: 'LOGIN', product_id: 'web', user_id: 'ann' });
    // @ts-expect-error not a kind of id
    void reo.send({ ...event, user_id_type: 'PHONE' });
    // @ts-expect-error an event has no count
    void reo.send({ ...event, count: 3 });
    // @ts-expect-error meta is an object
    void reo.send({ ...event, meta: 'team' });
    // @ts-expect-error a typo in a call option
    void reo.send(event, { timout: 5 });
  });
  it('makes defaulted fields optional, and no others', () => {
    const withDefaults = createReoClient({
      defaults: { product_id: 'web', user_id_type: 'EMAIL' },
    });
    void withDefaults.send({ activity_type: 'LOGIN', user_id: 'ann' });
    void withDefaults.send({ activity_type: 'LOGIN', user_id: 'ann', product_id: 'other' });
    // @ts-expect-error activity_type has no default here
    void withDefaults.send({ user_id: 'ann' });
    // @ts-expect-error a typo in a field that has a default
    void withDefaults.send({ activity_type: 'LOGIN', user_id: 'ann', product: 'x' });
    void withDefaults.sendCount({ mode: 'DOMAIN', activity_type: 'L', domain: 'a.io', count: 1 });
    void withDefaults.sendCount({ mode: 'USER', activity_type: 'L', user_id: 'ann', count: 1 });
    // @ts-expect-error count has no default
    void withDefaults.sendCount({ mode: 'USER', activity_type: 'L', user_id: 'ann' });
  });
  it('knows the configured activities', () => {
    const listed = createReoClient({ activities: ['LOGIN', 'CALL HOME'] });
    void listed.send(event);
    // @ts-expect-error not in the list
    void listed.send({ ...event, activity_type: 'LOGN' });
    // @ts-expect-error one that knows its activities is no client for any
    const any: ReoClient = listed;
    void any;
    // @ts-expect-error not in the list
    createReoClient({ activities: ['LOGIN'], defaults: { activity_type: 'LOGOUT' } });
  });
});

describe('sendCount', () => {
  const reo = createReoClient({ defaults: { product_id: 'web', activity_type: 'LOGIN' } });
  it('tells the modes apart', () => {
    // @ts-expect-error a domain count needs a domain
    void reo.sendCount({ mode: 'DOMAIN', count: 1 });
    // @ts-expect-error a domain count has no user
    void reo.sendCount({ mode: 'DOMAIN', count: 1, domain: 'a.io', user_id: 'ann' });
    // @ts-expect-error a user count needs a user
    void reo.sendCount({ mode: 'USER', count: 1, domain: 'a.io' });
    // @ts-expect-error no such mode
    void reo.sendCount({ mode: 'COMPANY', count: 1, domain: 'a.io' });
    // @ts-expect-error the mode is required
    void reo.sendCount({ count: 1, domain: 'a.io' });
  });
  it('narrows by mode', () => {
    const count = {} as UsageCount;
    if (count.mode === 'USER') expectTypeOf(count).toEqualTypeOf<UserCount>();
    else expectTypeOf(count).toEqualTypeOf<DomainCount>();
  });
});

describe('the contract', () => {
  type Wire = components['schemas'];
  it('has the same fields as the records', () => {
    expectTypeOf<keyof UsageEvent>().toEqualTypeOf<keyof Wire['UsageEvent']>();
    expectTypeOf<keyof UserCount>().toEqualTypeOf<keyof Wire['UserCount']>();
    expectTypeOf<keyof DomainCount>().toEqualTypeOf<keyof Wire['DomainCount']>();
  });
  it('types the raw client', () => {
    const { raw } = createReoClient();
    // @ts-expect-error no such path
    void raw.POST('/api/product/usages', {});
  });
});

describe('errors', () => {
  it('are told apart by their code', () => {
    const error: unknown = undefined;
    if (!isSdkError(error)) return;
    // @ts-expect-error only some have it
    void error.ambiguous;
    if (error.code === 'timeout') expectTypeOf(error.ambiguous).toEqualTypeOf<boolean>();
    expectTypeOf(error.attempts).toEqualTypeOf<number | undefined>();
  });
});
