/** Opens outboxes, one after the other, uses all of each, and says how that went. */
import { isSdkError, type OutboxError } from '../../src/http/errors.ts';
import { openLmdbOutbox } from '../../src/tracker/lmdb/index.ts';
import { event } from './outbox-records.ts';

/** How that went. Anything else is a mistake of ours. */
export type Outcome = 'used' | OutboxError['reason'] | 'no lmdb' | `other: ${string}`;

const use = async (dir: string): Promise<Outcome> => {
  try {
    const outbox = await openLmdbOutbox(dir);
    await outbox.put(Array.from({ length: 100 }, () => event('al', 'y'.repeat(500))));
    for (let taken; (taken = await outbox.take(32)).length > 0;) {
      await Promise.all(taken.map(async (one) => outbox.settle(one, { to: 'sent' })));
    }
    outbox.totals();
    await outbox.close();
    return 'used';
  } catch (error) {
    if (!isSdkError(error) || error.code !== 'outbox') return `other: ${String(error)}`;
    return error.hint === 'npm install lmdb' ? 'no lmdb' : error.reason;
  }
};

for (const dir of process.argv.slice(2)) process.stdout.write(`${await use(dir)}\n`);
