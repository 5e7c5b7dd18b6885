import {
  context,
  type ContextManager,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { createReoClient } from '../../../src/reo/index.ts';
import { createTracker, type TrackerOptions, type Verdict } from '../../../src/tracker/index.ts';
import { instrumentTracker } from '../../../src/tracker/otel/index.ts';

const event = (user: string) =>
  ({
    source: 'PRODUCT_CLOUD',
    activity_type: 'login',
    product_id: 'studio',
    user_id: user,
    user_id_type: 'EMAIL',
  }) as const;

const start = (options: TrackerOptions) => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  const spans = new InMemorySpanExporter();
  const tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  const reo = createReoClient({ apiKey: 'sekret', baseUrl: 'http://127.0.0.1:1' });
  const hooks = { dropped: () => {}, dead: () => {}, held: () => {} };
  const tracker = createTracker(reo, { hooks, ...options });
  const undo = instrumentTracker(tracker, {
    meter: meters.getMeter('test'),
    tracer: tracers.getTracer('test'),
    attributes: { 'service.part': 'login' },
  });

  /** `name{attribute=value}` → value, or count for a histogram. */
  const collect = async (): Promise<Record<string, number>> => {
    exporter.reset();
    await reader.forceFlush();
    const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
    const points = all
      .flatMap(({ metrics }) => metrics)
      .flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }): [string, number] => {
          const { 'service.part': part, ...rest } = attributes;
          expect(part).toBe('login');
          const labels = Object.entries(rest).map(([key, value]) => `${key}=${String(value)}`);
          const name = descriptor.name.replace('tallywire.tracker.', '');
          const short = labels.join(',').replaceAll('tallywire.', '');
          return [`${name}{${short}}`, typeof value === 'number' ? value : value.count];
        }),
      );
    return Object.fromEntries(points);
  };
  const everything = () =>
    JSON.stringify([exporter.getMetrics(), spans.getFinishedSpans().map((one) => one.attributes)]);
  return {
    tracker,
    undo,
    collect,
    spans,
    everything,
    [Symbol.asyncDispose]: () => meters.shutdown(),
  };
};

const scripted = (...verdicts: readonly Verdict[]): NonNullable<TrackerOptions['sink']> => {
  let calls = 0;
  return async () => verdicts[Math.min(calls++, verdicts.length - 1)] as Verdict;
};

describe('metrics', () => {
  it('count what was sent, dropped and died, and time the attempts', async () => {
    const retry = { is: 'retry', detail: '503', ambiguous: true } as const;
    await using it = start({ sink: scripted(retry, { is: 'done' }), concurrency: 1 });
    it.tracker.track(event('ann@example.com'));
    it.tracker.track({ ...event('bob@example.com'), user_id: 5 as unknown as string });
    await it.tracker.flush({ timeout: '15s' });
    expect(await it.collect()).toMatchObject({
      'sent{}': 1,
      'dropped{drop.reason=invalid}': 1,
      'attempt.duration{record.kind=event,attempt.outcome=retry,attempt.ambiguous=true}': 1,
      'attempt.duration{record.kind=event,attempt.outcome=sent,attempt.ambiguous=false}': 1,
      'queue.size{tracker.scope=process}': 0,
      'queue.age{tracker.scope=process}': 0,
      'lane{lane.state=open}': 1,
      'lane{lane.state=held}': 0,
      'degraded{}': 0,
    });
    await it.tracker.close();
  });

  it('tell how long the queue is, how old, and what holds it up', async () => {
    const hold = { is: 'hold', reason: 'authentication', detail: 'no' } as const;
    await using it = start({ sink: scripted(hold), concurrency: 1 });
    for (const user of ['a', 'b', 'c']) it.tracker.track(event(user));
    it.tracker.count({
      mode: 'DOMAIN',
      source: 'PRODUCT_CLOUD',
      activity_type: 'build',
      product_id: 'studio',
      domain: 'acme.com',
    });
    await expect.poll(() => it.tracker.stats().lane).toBe('held');
    await new Promise((resolve) => setTimeout(resolve, 5));
    const seen = await it.collect();
    expect(seen).toMatchObject({
      'queue.size{tracker.scope=process}': 4,
      'dead_letters{tracker.scope=process}': 0,
      'lane{lane.state=open}': 0,
      'lane{lane.state=held}': 1,
      'lane{lane.state=paused}': 0,
    });
    expect(seen['queue.age{tracker.scope=process}']).toBeGreaterThan(0.004);
    expect(seen['queue.age{tracker.scope=process}']).toBeLessThan(60);
    await it.tracker.close({ timeout: 0 });
    expect(await it.collect()).toMatchObject({ 'dropped{drop.reason=closed}': 4 });
  });

  it('count the dead', async () => {
    let calls = 0;
    const sink: TrackerOptions['sink'] = async (record) => {
      calls += 1;
      return record.payload.includes('"bad"') ? { is: 'refused', reason: 'no' } : { is: 'done' };
    };
    await using it = start({ sink });
    for (let i = 0; i < 20; i += 1) it.tracker.track(event(i === 10 ? 'bad' : `u${i}`));
    await it.tracker.flush();
    expect(calls).toBeGreaterThanOrEqual(20);
    expect(await it.collect()).toMatchObject({
      'sent{}': 19,
      'dead{}': 1,
      'dead_letters{tracker.scope=process}': 1,
    });
    await it.tracker.dead.drop();
    expect(await it.collect()).toMatchObject({
      'dead{}': 1,
      'dead_letters{tracker.scope=process}': 0,
    });
    await it.tracker.close();
  });

  it('are of one tracker, and end when they are taken back', async () => {
    await using it = start({ sink: scripted({ is: 'done' }) });
    await using other = start({ sink: scripted({ is: 'done' }) });
    it.tracker.track(event('a'));
    await it.tracker.flush();
    expect(await other.collect()).not.toHaveProperty('sent{}');
    expect(await it.collect()).toHaveProperty('sent{}', 1);
    it.undo();
    it.tracker.track(event('b'));
    await it.tracker.flush();
    expect(await it.collect()).toHaveProperty('sent{}', 1);
    expect(it.spans.getFinishedSpans()).toHaveLength(1);
    await it.tracker.close();
    await other.tracker.close();
  });
});

describe('spans', () => {
  it('are one for each attempt, each a trace of its own', async () => {
    const retry = { is: 'retry', detail: '503', ambiguous: false } as const;
    const slowly: TrackerOptions['sink'] = async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return script(...args);
    };
    const script = scripted(retry, { is: 'done' });
    await using it = start({ sink: slowly, concurrency: 1 });
    // As if all of it happened within a request of the host.
    const request = new BasicTracerProvider().getTracer('host').startSpan('request');
    const within = trace.setSpan(ROOT_CONTEXT, request);
    const manager: ContextManager = {
      active: () => within,
      with: (_context, call, self, ...args) => call.apply(self, args),
      bind: (_context, target) => target,
      enable: () => manager,
      disable: () => manager,
    };
    context.setGlobalContextManager(manager);
    it.tracker.track(event('ann@example.com'));
    await it.tracker.flush({ timeout: '15s' });
    context.disable();
    const spans = it.spans.getFinishedSpans();
    expect(
      spans.map(({ name, kind, parentSpanContext, status, attributes }) => [
        name,
        kind,
        parentSpanContext,
        status.code,
        attributes['tallywire.attempt.outcome'],
        attributes['service.part'],
      ]),
    ).toEqual([
      ['deliver usage', SpanKind.CLIENT, undefined, SpanStatusCode.ERROR, 'retry', 'login'],
      ['deliver usage', SpanKind.CLIENT, undefined, SpanStatusCode.UNSET, 'sent', 'login'],
    ]);
    for (const { duration } of spans) {
      expect(duration[0] * 1_000 + duration[1] / 1e6).toBeGreaterThan(28);
      expect(duration[0]).toBeLessThan(10);
    }
    await it.tracker.close();
  });
});

it('nothing of a record is told, and no key', async () => {
  await using it = start({ sink: scripted({ is: 'done' }) });
  it.tracker.track({ ...event('ann@example.com'), meta: { plan: 'gold' } });
  await it.tracker.flush();
  await it.collect();
  expect(it.everything()).toContain('tallywire.record.id');
  expect(it.everything()).not.toMatch(/ann@|gold|sekret|studio/);
  await it.tracker.close();
});

it('without an SDK it does nothing, and with false neither', async () => {
  const reo = createReoClient({ apiKey: 'k', baseUrl: 'http://127.0.0.1:1' });
  await using tracker = createTracker(reo, { sink: scripted({ is: 'done' }) });
  const undo = [
    instrumentTracker(tracker),
    instrumentTracker(tracker, { meter: false, tracer: false }),
  ];
  tracker.track(event('a'));
  expect(await tracker.flush()).toMatchObject({ sent: 1 });
  for (const one of undo) one();
});
