// Puts records into an outbox and tells how many a second were safe. Then ends.
import { randomUUID } from 'node:crypto';

const [engine, where] = process.argv.slice(2);

/** @type {Record<string, () => Promise<{ put: (records: object[]) => Promise<void> | void }>>} */
const engines = {
  lmdb: async () => {
    const { openLmdbOutbox } = await import('tallywire/tracker/lmdb');
    return openLmdbOutbox(where, { baseUrl: 'http://127.0.0.1:9' });
  },
  bullmq: async () => {
    const { bullmqOutbox } = await import('tallywire/tracker/bullmq');
    const connection = { host: '127.0.0.1', port: Number(where) };
    return bullmqOutbox({ connection, queue: 'bench', warn: () => {} });
  },
};

const payload = JSON.stringify({
  activity_type: 'LOGIN',
  source: 'PRODUCT_CLOUD',
  product_id: 'web',
  event_id: randomUUID(),
  event_at: 1_700_000_000,
  environment: 'PRODUCTION',
  meta: { plan: 'team', seats: 12 },
  user_id: 'ann@example.com',
  user_id_type: 'EMAIL',
});
const record = () => ({ id: randomUUID(), kind: 'event', calls: 1, at: Date.now(), payload });

const outbox = await engines[engine]();

/** So many that wait, each for `size` records at once, over and over. */
const run = async ({ waiting, size, ms }) => {
  const start = performance.now();
  let kept = 0;
  const lane = async () => {
    while (performance.now() - start < ms) {
      await outbox.put(Array.from({ length: size }, record));
      kept += size;
    }
  };
  await Promise.all(Array.from({ length: waiting }, lane));
  return kept / ((performance.now() - start) / 1_000);
};

process.on('message', (question) => {
  void run(question).then((rate) => process.send(rate));
});
// Not to outlive whoever asks.
process.once('disconnect', () => process.exit());
