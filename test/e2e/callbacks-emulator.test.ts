import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../../scripts/lib/run.ts';
import type { FaultRule, MockServer } from '../../src/mock/index.ts';
import { startMockServer } from '../../src/mock/index.ts';
import {
  createCallbacks,
  type Delivery,
  type FetchHandler,
  type PreparedWebhook,
  type Seen,
  toNodeListener,
} from '../../src/reportei/callbacks/index.ts';
import { createReporteiClient } from '../../src/reportei/index.ts';
import { dashboard, options, weekly } from '../support/callbacks.ts';
import { listen, type Receiver } from '../support/receivers.ts';
import { type Running, serve } from '../support/runtimes.ts';

const days = {
  integration: '4addc0da-8583-4dbb-a0e9-c7e2e8470f50',
  start: '2024-08-01',
  end: '2024-08-31',
};

let mock: MockServer;
beforeEach(async () => {
  mock = await startMockServer();
});
afterEach(async () => {
  await mock.close();
});

const customer = () =>
  createReporteiClient({ token: mock.keys.merchant, baseUrl: mock.url }).customer(
    mock.keys.customer,
  );

const fault = (webhook: NonNullable<FaultRule['webhook']>): void => {
  mock.faults.add({ operation: 'getDataAsync', webhook });
};

/** What the receiver answered, webhook by webhook. */
const statuses = () =>
  mock.webhooks.list().map(({ attempts }) => attempts.map(({ status }) => status));

type Sets = (typeof options.sets)[number];

/** A receiver in this process, and what it was delivered. */
const startReceiver = async (seen?: Seen, ttl?: number) => {
  const deliveries: Delivery<Sets>[] = [];
  const errors: unknown[] = [];
  let handler: FetchHandler = () => Promise.reject(new Error('not yet'));
  const receiver: Receiver = await listen(toNodeListener((request) => handler(request)));
  const callbacks = createCallbacks({
    ...options,
    url: `${receiver.origin}/hooks/reportei`,
    seen,
    ttl,
    onError: (error) => errors.push(error),
  });
  handler = callbacks.handler((delivery) => {
    deliveries.push(delivery);
    if (delivery.context === 'fail once' && deliveries.length === 1) throw new Error('first');
  });
  return { callbacks, deliveries, errors, [Symbol.asyncDispose]: receiver[Symbol.asyncDispose] };
};

/** A memory as several receivers would share it. */
const memory = (): Seen => {
  const marks = new Set<string>();
  return {
    claim: (jobId) => !marks.has(jobId) && marks.add(jobId).has(jobId),
    release: (jobId) => marks.delete(jobId),
  };
};

describe('metrics by webhook', () => {
  it('are what metrics by answer are', async () => {
    await using receiver = await startReceiver();
    for (const envelope of [false, true]) {
      mock.settings.change({ envelope });
      const webhook = await receiver.callbacks.prepare(dashboard, { context: 'customer-17' });
      const { ids } = await customer().metricsAsync(dashboard, { ...days, webhook });
      expect(ids).toEqual(webhook.ids);
      await mock.webhooks.idle();
      const delivery = receiver.deliveries.at(-1);
      expect(delivery).toMatchObject({
        set: 'dashboard',
        jobId: webhook.jobId,
        context: 'customer-17',
      });
      const direct = await customer().metrics(dashboard, { ...days, partial: true });
      expect(delivery?.outcomes).toEqual(direct);
      expect(direct.replies.ok && direct.replies.value).toBeGreaterThan(0);
    }
    expect(statuses()).toEqual([[200], [200]]);
  });

  it('of several sets and jobs come apart', async () => {
    await using receiver = await startReceiver();
    const first = await receiver.callbacks.prepare(dashboard, { context: 'a' });
    const second = await receiver.callbacks.prepare(weekly, { context: 'b' });
    await Promise.all([
      customer().metricsAsync(dashboard, { ...days, webhook: first }),
      customer().metricsAsync(weekly, { ...days, webhook: second }),
    ]);
    await mock.webhooks.idle();
    const told = receiver.deliveries.map(({ set, jobId, context }) => [set, jobId, context].join());
    expect(told.toSorted()).toEqual([`dashboard,${first.jobId},a`, `weekly,${second.jobId},b`]);
  });

  it('tell which of them failed', async () => {
    await using receiver = await startReceiver();
    mock.faults.add({
      operation: 'getDataAsync',
      metrics: { type: 'expired_token', referenceKey: 'ig:followers_gender' },
    });
    const webhook = await receiver.callbacks.prepare(dashboard);
    await customer().metricsAsync(dashboard, { ...days, webhook });
    await mock.webhooks.idle();
    expect(receiver.deliveries).toMatchObject([
      { outcomes: { replies: { ok: true }, gender: { ok: false, reason: 'expired_token' } } },
    ]);
  });

  it('may come before the answer to the request', async () => {
    await using receiver = await startReceiver();
    fault({ early: true });
    const webhook = await receiver.callbacks.prepare(dashboard);
    await customer().metricsAsync(dashboard, { ...days, webhook });
    // Nothing was waited for but the answer.
    expect(receiver.deliveries).toMatchObject([{ jobId: webhook.jobId }]);
  });

  it('may come though the start of the job got no answer', async () => {
    await using receiver = await startReceiver();
    mock.faults.add({ operation: 'getDataAsync', connection: 'lose-answer' });
    const webhook = await receiver.callbacks.prepare(dashboard);
    const error: unknown = await customer()
      .metricsAsync(dashboard, { ...days, webhook })
      .catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'network', ambiguous: true, metricIds: webhook.ids });
    await expect.poll(() => receiver.deliveries.map(({ jobId }) => jobId)).toEqual([webhook.jobId]);
    expect(mock.requests.list({ operation: 'getDataAsync' })).toHaveLength(1);
  });

  it('come twice without a memory, once with one', async () => {
    fault({ times: 2 });
    for (const [seen, times] of [
      [undefined, 2],
      [memory(), 1],
    ] as const) {
      await using receiver = await startReceiver(seen);
      const webhook = await receiver.callbacks.prepare(dashboard);
      await customer().metricsAsync(dashboard, { ...days, webhook });
      await mock.webhooks.idle();
      expect(receiver.deliveries.map(({ jobId }) => jobId)).toEqual(
        Array.from({ length: times }, () => webhook.jobId),
      );
    }
    expect(statuses()).toEqual([[200], [200], [200], [200]]);
  });

  it('that come too late are refused for good', async () => {
    await using receiver = await startReceiver(memory(), 1_000);
    mock.settings.change({ webhookRetries: 0 });
    fault({ delay: '2100ms' });
    const webhook = await receiver.callbacks.prepare(dashboard);
    await customer().metricsAsync(dashboard, { ...days, webhook });
    await mock.webhooks.idle();
    expect(statuses()).toEqual([[410]]);
    expect(receiver.deliveries).toEqual([]);
  });

  it.each([
    ['truncated', 400],
    ['malformed', 400],
    ['empty', 400],
    ['foreign', 404],
  ] as const)('that are %s are refused, and can come again', async (corrupt, status) => {
    const seen = memory();
    await using receiver = await startReceiver(seen);
    mock.settings.change({ webhookRetries: 0 });
    mock.faults.once({ operation: 'getDataAsync', webhook: { corrupt } });
    const webhook = await receiver.callbacks.prepare(dashboard);
    await customer().metricsAsync(dashboard, { ...days, webhook });
    await mock.webhooks.idle();
    expect(statuses()).toEqual([[status]]);
    expect(receiver.deliveries).toEqual([]);
    expect(receiver.errors).toEqual([]);
    // The URL was not used up by that.
    await customer().metricsAsync(dashboard, { ...days, webhook });
    await mock.webhooks.idle();
    expect(receiver.deliveries).toMatchObject([{ jobId: webhook.jobId }]);
  });

  it('whose work failed are sent again, and redelivered ones are known', async () => {
    await using receiver = await startReceiver(memory());
    const webhook = await receiver.callbacks.prepare(dashboard, { context: 'fail once' });
    await customer().metricsAsync(dashboard, { ...days, webhook });
    await mock.webhooks.idle();
    expect(statuses()).toEqual([[500, 200]]);
    mock.webhooks.redeliver(1);
    await mock.webhooks.idle();
    expect(statuses()).toEqual([[500, 200, 200]]);
    expect(receiver.deliveries).toHaveLength(2);
    expect(receiver.errors).toEqual([expect.objectContaining({ message: 'first' })]);
  });
});

describe('two processes that share nothing but their options', () => {
  let folder = '';
  let processes: Running;

  interface Line {
    readonly pid: number;
    readonly jobId: string;
    readonly outcomes: Delivery<typeof dashboard>['outcomes'];
  }
  const lines = (): readonly Line[] =>
    processes
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line);

  const start = async (...args: readonly string[]): Promise<void> => {
    const program = join(root, 'test/support/callbacks-processes.ts');
    processes = await serve(process.execPath, ['--import', 'tsx', program, ...args]);
  };
  const order = async (context = ''): Promise<PreparedWebhook> => {
    // This process prepares, those receive.
    const url = `${processes.origin}/hooks/reportei`;
    const webhook = await createCallbacks({ ...options, url }).prepare(dashboard, { context });
    await customer().metricsAsync(dashboard, { ...days, webhook });
    await mock.webhooks.idle();
    return webhook;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tallywire-seen-'));
  });
  afterEach(async () => {
    await processes[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('each take what the other has taken', { timeout: 30_000 }, async () => {
    await start();
    fault({ times: 4 });
    const { jobId } = await order();
    expect(statuses()).toEqual([[200], [200], [200], [200]]);
    await expect
      .poll(() => lines().map((line) => line.jobId))
      .toEqual([jobId, jobId, jobId, jobId]);
    expect(new Set(lines().map(({ pid }) => pid)).size).toBe(2);
    expect(lines()[0]?.outcomes.replies).toMatchObject({ ok: true });
  });

  it(
    'with a shared memory run each job once, and again what failed in the other',
    {
      timeout: 30_000,
    },
    async () => {
      await start(folder);
      const { jobId: failed } = await order('fail once');
      expect(statuses()).toEqual([[500, 200]]);
      mock.webhooks.redeliver(1);
      await mock.webhooks.idle();
      expect(statuses()).toEqual([[500, 200, 200]]);
      fault({ times: 4 });
      const jobs = [await order(), await order()].map(({ jobId }) => jobId);
      expect(statuses().flat()).toEqual([500, ...Array.from({ length: 10 }, () => 200)]);
      await expect.poll(() => lines().map(({ jobId }) => jobId)).toEqual([failed, ...jobs]);
    },
  );
});
