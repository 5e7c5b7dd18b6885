/**
 * Programs that use every entry of the package, as texts, for all the places where it has to run. Each
 * defines a function that takes `load`, so that imports and requires can be told from each other.
 */

/** What runs everywhere, and where there is no Node. Its result is `portableResult`. */
export const portableProgram = `
const usePortable = async (load, { url, integration }) => {
  const root = await load('tallywire');
  const { ApiError, createReoClient } = await load('tallywire/reo');
  const { createReporteiClient, metricSet, number } = await load('tallywire/reportei');
  const { CallbackError, createCallbacks, toNodeListener } = await load('tallywire/reportei/callbacks');
  const { createTracker } = await load('tallywire/tracker');
  const event = {
    source: 'PRODUCT_CLOUD', activity_type: 'login', product_id: 'p', user_id: 'jo@acme.com', user_id_type: 'EMAIL',
  };
  const count = { mode: 'DOMAIN', source: 'PRODUCT_CLOUD', activity_type: 'b', product_id: 'p', domain: 'acme.com' };

  const reo = createReoClient({ apiKey: 'test_reo_key', baseUrl: url });
  const { attempts } = await reo.send(event);
  const refused = await root.createReoClient({ apiKey: 'wrong', baseUrl: url, transport: 'fetch' }).send(event).catch((error) => error);

  const connect = createReporteiClient({ token: 'test_reportei_token', baseUrl: url });
  const set = metricSet('weekly', { reach: number('ig:reach', { metrics: ['reach'] }) });
  const days = { integration, start: '2024-01-01', end: '2024-01-31' };
  const { reach } = await connect.customer('test_customer_token').metrics(set, days);
  const lost = await connect.customer('wrong').metrics(set, days).catch((error) => error);

  const callbacks = createCallbacks({ url: 'https://a.example/hook', sets: [set], secrets: ['s'.repeat(32)] });
  const handler = callbacks.handler(() => {});
  const webhook = await callbacks.prepare(set);
  const post = (to) => new Request(to, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ [webhook.ids.reach]: { values: 1 } }),
  });
  const { outcomes } = await callbacks.receive(post(webhook.url));
  const forged = await callbacks.receive(post(webhook.url + 'A')).catch((error) => error);
  const { status } = await handler(post(webhook.url));

  const tracker = createTracker(reo);
  for (let i = 0; i < 20; i += 1) tracker.track(event);
  for (let i = 0; i < 20; i += 1) tracker.count(count);
  const { sent, complete } = await tracker.close();

  return {
    sent: attempts,
    refused: [refused.name, refused.code, root.isSdkError(refused), refused instanceof ApiError],
    reach: typeof reach.value,
    lost: [lost.code, lost.status],
    received: [outcomes.reach.value, status, typeof toNodeListener(handler)],
    forged: [forged.status, root.isSdkError(forged), forged instanceof CallbackError],
    tracker: [sent, complete, tracker.stats().sent.calls],
  };
};`;

export const portableResult = {
  sent: 1,
  refused: ['ApiError', 'http', true, true],
  reach: 'number',
  lost: ['http', 401],
  received: [1, 200, 'function'],
  forged: [404, true, true],
  tracker: [21, true, 40],
};

/** What a place without a disk says to who asks for one. */
export const noDiskProgram = `
const askForDisk = async (load, { url }) => {
  const { createReoClient } = await load('tallywire/reo');
  const { createTracker } = await load('tallywire/tracker');
  const reo = createReoClient({ apiKey: 'k', baseUrl: url });
  const tracker = createTracker(reo, { outbox: 'usage', hooks: { degraded() {} } });
  const { code, message } = await tracker.ready().catch((error) => error);
  return [code, /Node\\.js/.test(message)];
};`;

/** What needs Node or the like: the other entries. Its result is `nodeResult`. */
export const nodeProgram = `
const useNode = async (load, { outbox, redisPort }) => {
  const { createReoClient, isSdkError } = await load('tallywire');
  const { createTracker } = await load('tallywire/tracker');
  const { openLmdbOutbox } = await load('tallywire/tracker/lmdb');
  const { createUsageWorker, usageQueue } = await load('tallywire/tracker/bullmq');
  const { instrumentTracker } = await load('tallywire/tracker/otel');
  const { drainOnExit } = await load('tallywire/tracker/exit');
  const { companyDomain } = await load('tallywire/tracker/domain');
  const { startMockServer } = await load('tallywire/mock');
  const { answers, hostileServer, outboxContract } = await load('tallywire/testing');
  const event = {
    source: 'PRODUCT_CLOUD', activity_type: 'login', product_id: 'p', user_id: 'jo@acme.com', user_id_type: 'EMAIL',
  };

  const mock = await startMockServer();
  const mocked = await createReoClient({ apiKey: mock.keys.reo, baseUrl: mock.url }).send(event);
  await mock.close();

  const server = await hostileServer(answers.status(503), answers.taken);
  const reo = createReoClient({ apiKey: 'k', baseUrl: server.url });
  const tracker = createTracker(reo, { outbox });
  drainOnExit(tracker)();
  const undo = instrumentTracker(tracker);
  await tracker.ready();
  await tracker.put(event);
  const { sent } = await tracker.close();
  undo();
  const other = await openLmdbOutbox(outbox, { baseUrl: 'https://elsewhere.example' }).catch((error) => error);

  let delivered;
  if (redisPort !== undefined) {
    const shared = {
      connection: { host: '127.0.0.1', port: redisPort },
      queue: outbox.replace(/\\W/g, ''),
      // Of a server that writes nothing to its disk.
      warn() {},
    };
    const queue = usageQueue(shared);
    const producer = createTracker(reo, { sink: queue });
    producer.track(event);
    await producer.close();
    await queue.close();
    delivered = await new Promise((resolve) => {
      const worker = createUsageWorker(reo, {
        ...shared,
        hooks: { delivered: () => resolve(worker.close().then(() => true)) },
      });
    });
  }
  const result = {
    mocked: mocked.attempts,
    sent,
    requests: server.received.length - (delivered ? 1 : 0),
    domains: [companyDomain('jo@acme.com'), companyDomain('jo@gmail.com') ?? null],
    contract: typeof outboxContract,
    other: [isSdkError(other), other.reason],
    delivered,
  };
  await server.close();
  return result;
};`;

export const nodeResult = {
  mocked: 1,
  sent: 1,
  requests: 2,
  domains: ['acme.com', null],
  contract: 'function',
  other: [true, 'unusable'],
};
