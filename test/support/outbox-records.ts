import type { Taken } from '../../src/tracker/outbox.ts';
import type { UsageRecord } from '../../src/tracker/record.ts';

/** An event of a user. */
export const event = (user = 'jo@example.com', note = ''): UsageRecord => {
  const id = crypto.randomUUID();
  const payload = JSON.stringify({ event_id: id, user_id: user, meta: { note } });
  return { id, kind: 'event', calls: 1, at: Date.now(), payload };
};

/** A count of a company. */
export const count = (calls: number, domain = 'example.com'): UsageRecord => {
  const id = crypto.randomUUID();
  const payload = JSON.stringify({ event_id: id, domain, count: calls });
  return { id, kind: 'count', calls, at: Date.now(), payload };
};

export const ids = (taken: readonly Taken[]): readonly string[] =>
  taken.map(({ record }) => record.id);
