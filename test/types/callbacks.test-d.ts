import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type CallbackJob,
  type Callbacks,
  createCallbacks,
  type Delivery,
  type PreparedWebhook,
  toNodeListener,
} from '../../src/reportei/callbacks/index.ts';
import {
  chart,
  createReporteiClient,
  metricSet,
  number,
  type NumberResult,
  type Outcome,
} from '../../src/reportei/index.ts';

const dashboard = metricSet('dashboard', {
  replies: number('ig:story_replies', { metrics: ['replies'] }),
  gender: chart('ig:followers_gender', { metrics: ['followers'], dimensions: ['gender'] }),
});
const weekly = metricSet('weekly', { reach: number('ig:reach', { metrics: ['reach'] }) });
const other = metricSet('other', { reach: number('ig:reach', { metrics: ['reach'] }) });

const options = { url: 'https://a.io/hook', sets: [dashboard, weekly], secrets: ['x'] } as const;
const callbacks = createCallbacks(options);
const days = { integration: 'uuid', start: '2024-01-01', end: '2024-01-31' };

describe('createCallbacks', () => {
  it('refuses unknown and missing options', () => {
    // @ts-expect-error a typo
    createCallbacks({ ...options, maxBodyByte: 1 });
    // @ts-expect-error no secrets
    createCallbacks({ url: 'https://a.io', sets: [dashboard] });
    // @ts-expect-error a variable that may not be set
    createCallbacks({ ...options, secrets: [process.env.SECRET] });
    // @ts-expect-error queries without a name
    createCallbacks({ ...options, sets: [dashboard.queries] });
    // @ts-expect-error no duration
    createCallbacks({ ...options, ttl: '1 day' });
    // @ts-expect-error a memory that forgets nothing
    createCallbacks({ ...options, seen: { claim: () => true } });
    // @ts-expect-error a memory that does not say whether
    createCallbacks({ ...options, seen: { claim: () => {}, release: () => {} } });
  });
  it('takes a list made elsewhere, and hooks', () => {
    const sets = [dashboard, weekly];
    const made = createCallbacks({
      ...options,
      sets,
      onError: (error, job) => {
        expectTypeOf(error).toEqualTypeOf<unknown>();
        expectTypeOf(job).toEqualTypeOf<CallbackJob | undefined>();
      },
      onRejected: ({ status, message }) => {
        expectTypeOf(status).toEqualTypeOf<number | undefined>();
        expectTypeOf(message).toEqualTypeOf<string>();
      },
    });
    expectTypeOf(made).toEqualTypeOf<Callbacks<typeof dashboard | typeof weekly>>();
  });
});

describe('prepare', () => {
  it('gives what metricsAsync takes', async () => {
    const webhook = await callbacks.prepare(dashboard, { context: 'a' });
    expectTypeOf(webhook).toEqualTypeOf<PreparedWebhook<'replies' | 'gender'>>();
    expectTypeOf(webhook.ids).toEqualTypeOf<{
      readonly replies: string;
      readonly gender: string;
    }>();
    expectTypeOf(webhook.expiresAt).toEqualTypeOf<Date>();
    const customer = createReporteiClient().customer();
    void customer.metricsAsync(dashboard, { ...days, webhook });
    // @ts-expect-error the webhook of another set
    void customer.metricsAsync(weekly, { ...days, webhook });
  });
  it('takes only its sets, and a text as context', () => {
    // @ts-expect-error not in the list
    void callbacks.prepare(other);
    // @ts-expect-error a number
    void callbacks.prepare(weekly, { context: 17 });
    // @ts-expect-error a typo
    void callbacks.prepare(weekly, { contxt: 'a' });
  });
});

describe('a delivery', () => {
  it('is told apart by the name of its set', () => {
    callbacks.handler((delivery) => {
      expectTypeOf(delivery.set).toEqualTypeOf<'dashboard' | 'weekly'>();
      expectTypeOf(delivery.jobId).toEqualTypeOf<string>();
      expectTypeOf(delivery.context).toEqualTypeOf<string>();
      expectTypeOf(delivery.expiresAt).toEqualTypeOf<Date>();
      expectTypeOf(delivery.body).toEqualTypeOf<unknown>();
      // @ts-expect-error weekly has none
      void delivery.outcomes.replies;
      if (delivery.set === 'weekly') {
        expectTypeOf(delivery.outcomes.reach).toEqualTypeOf<Outcome<NumberResult>>();
        // @ts-expect-error it may have failed
        void delivery.outcomes.reach.value;
        return;
      }
      const { replies, gender } = delivery.outcomes;
      if (replies.ok) expectTypeOf(replies.value).toEqualTypeOf<number | null>();
      if (!gender.ok) return;
      void gender.series.followers;
      // @ts-expect-error no such series
      void gender.series.likes;
      // @ts-expect-error no such metric
      void delivery.outcomes.reach;
      // @ts-expect-error no such set
      void (delivery.set === 'monthly');
    });
  });
  it('is what receive gives', async () => {
    const delivery = await callbacks.receive(new Request('https://a.io'));
    expectTypeOf(delivery).toEqualTypeOf<Delivery<typeof dashboard> | Delivery<typeof weekly>>();
  });
});

describe('a handler', () => {
  const handler = callbacks.handler(async () => {});
  it('fits where requests of the Fetch standard are handled', () => {
    expectTypeOf(handler).toEqualTypeOf<(request: Request) => Promise<Response>>();
    new Hono().post('/hook', (c) => handler(c.req.raw));
    // What Next.js wants of a route, and Workers of a module.
    const POST: (
      request: Request,
      context: { readonly params: Promise<object> },
    ) => Promise<Response> = handler;
    const worker: { fetch(request: Request, env: object, ctx: object): Promise<Response> } = {
      fetch: handler,
    };
    void [POST, worker];
  });
  it('fits where Node’s are, as a listener', () => {
    const listener = toNodeListener(handler);
    createServer(listener);
    createSecureServer({}, listener);
    express().post('/hook', listener);
    express().use(express.json()).all('/hook', listener);
    fastify().post('/hook', listener);
    // @ts-expect-error it is for handlers of requests
    toNodeListener(callbacks);
  });
});
