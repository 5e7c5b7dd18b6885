import { describe, expectTypeOf, it } from 'vitest';
import { createReoClient } from '../../src/reo/index.ts';
import {
  createTracker,
  type FlushResult,
  type LocalOutbox,
  type Tracker,
  type TrackerStats,
} from '../../src/tracker/index.ts';

const event = {
  activity_type: 'LOGIN',
  product_id: 'web',
  user_id: 'ann@example.com',
  user_id_type: 'EMAIL',
} as const;

describe('track and count', () => {
  const tracker = createTracker(createReoClient());
  it('take what the client takes, and return nothing', () => {
    expectTypeOf(tracker.track(event)).toEqualTypeOf<void>();
    expectTypeOf(tracker.count({ ...event, mode: 'USER' })).toEqualTypeOf<void>();
    expectTypeOf(tracker.put(event)).toEqualTypeOf<Promise<void>>();
    tracker.track({ ...event, event_at: new Date(), event_id: 'mine', meta: { plan: 'team' } });
    tracker.count({ ...event, mode: 'USER', count: 5 });
    tracker.count({ mode: 'DOMAIN', domain: 'reo.dev', activity_type: 'LOGIN', product_id: 'web' });
    void tracker.putCount({ ...event, mode: 'USER', count: undefined });
  });
  it('refuse what the client refuses', () => {
    // @ts-expect-error a typo in a field
    tracker.track({ ...event, evnironment: 'x' });
    // @ts-expect-error a field is missing
    tracker.track({ activity_type: 'LOGIN', product_id: 'web', user_id: 'ann' });
    // @ts-expect-error a count is no event
    tracker.track({ ...event, count: 1 });
    // @ts-expect-error no mode
    tracker.count(event);
    // @ts-expect-error a company has no user
    tracker.count({ ...event, mode: 'DOMAIN', domain: 'reo.dev' });
    // @ts-expect-error a company has a domain
    tracker.count({ mode: 'DOMAIN', activity_type: 'LOGIN', product_id: 'web' });
  });
  it('leave to a window what is its own', () => {
    // @ts-expect-error the window decides its id
    tracker.count({ ...event, mode: 'USER', event_id: 'mine' });
    // @ts-expect-error and its time
    tracker.count({ ...event, mode: 'USER', event_at: new Date() });
    // @ts-expect-error in putCount too
    void tracker.putCount({ ...event, mode: 'USER', event_id: 'mine' });
  });
});

describe('a client with defaults and activities', () => {
  const tracker = createTracker(
    createReoClient({
      activities: ['LOGIN', 'LOGOUT'],
      defaults: { product_id: 'web', user_id_type: 'EMAIL' },
    }),
  );
  it('makes fields optional, and knows the activities', () => {
    tracker.track({ activity_type: 'LOGIN', user_id: 'ann' });
    tracker.count({ mode: 'USER', activity_type: 'LOGOUT', user_id: 'ann' });
    // @ts-expect-error unknown activity
    tracker.track({ activity_type: 'LOGNI', user_id: 'ann' });
    // @ts-expect-error unknown activity
    tracker.count({ mode: 'USER', activity_type: 'LOGNI', user_id: 'ann' });
    // @ts-expect-error no default for it
    tracker.track({ activity_type: 'LOGIN' });
    expectTypeOf(tracker).toEqualTypeOf<
      Tracker<'LOGIN' | 'LOGOUT', 'product_id' | 'user_id_type'>
    >();
  });
});

describe('options', () => {
  const reo = createReoClient();
  it('refuse unknown names and wrong values', () => {
    // @ts-expect-error a typo
    createTracker(reo, { outbux: 'dir' });
    // @ts-expect-error not a policy
    createTracker(reo, { overflow: 'drop' });
    // @ts-expect-error not a duration
    createTracker(reo, { maxAge: 'a week' });
    // @ts-expect-error a typo in a hook
    createTracker(reo, { hooks: { droped: () => {} } });
    // @ts-expect-error not a client
    createTracker({});
  });
  it('take undefined, and an outbox of your own', () => {
    createTracker(reo, { outbox: undefined, sink: undefined, hooks: undefined });
    const outbox = undefined as unknown as LocalOutbox;
    createTracker(reo, { outbox: () => outbox });
    createTracker(reo, { outbox: async () => outbox, maxAge: '24h', concurrency: 8 });
  });
});

describe('results', () => {
  it('are plain and readonly', () => {
    const tracker = createTracker(createReoClient());
    expectTypeOf(tracker.flush()).toEqualTypeOf<Promise<FlushResult>>();
    expectTypeOf(tracker.close({ timeout: '1s' })).toEqualTypeOf<Promise<FlushResult>>();
    expectTypeOf(tracker.stats()).toEqualTypeOf<TrackerStats>();
    expectTypeOf(tracker).toExtend<AsyncDisposable>();
    // @ts-expect-error a result is not changed
    tracker.stats().attempts = 0;
  });
});
