// Folds counts of so many keys and tells how many a second. Then ends.
import { createReoClient } from 'tallywire/reo';
import { createTracker } from 'tallywire/tracker';

const keys = Number(process.argv[2]);
const reo = createReoClient({ apiKey: 'test_reo_key', baseUrl: 'http://127.0.0.1:9' });
const tracker = createTracker(reo, {
  aggregate: { every: '24h', maxKeys: keys + 1 },
  maxRecords: keys + 1,
  maxBytes: 2 ** 32,
  hooks: { dropped: () => {}, paused: () => {} },
});
const subjects = Array.from({ length: keys }, (_, i) => `user-${i}@example.com`);

const count = (user_id) =>
  tracker.count({
    mode: 'USER',
    user_id,
    user_id_type: 'EMAIL',
    activity_type: 'API CALL',
    product_id: 'web',
    environment: 'PRODUCTION',
    meta: { plan: 'team', seats: 12 },
  });

process.once('message', () => {
  // Opening a window is dearer than adding to one: that is done before.
  subjects.forEach(count);
  const rates = [];
  for (let round = 0; round < 5; round += 1) {
    const before = performance.now();
    let folded = 0;
    for (; folded < 1_000_000; folded += 1) count(subjects[(folded * 7_919) % keys]);
    rates.push(folded / ((performance.now() - before) / 1_000));
  }
  const { pending } = tracker.stats();
  process.send({ rates, records: pending.records, calls: pending.calls });
});
process.once('disconnect', () => process.exit());
