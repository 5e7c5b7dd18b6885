import { failure } from '../contract/failures.ts';
import type { Reply } from '../exchange.ts';
import type { Behaviours } from '../world.ts';
import type { Settings } from '../schemas.ts';

export const reo: Behaviours<'sendUsage' | 'sendAggregateUsage'> = {
  sendUsage: ({ body: { payload } }, { usage, clock, settings }) => {
    const unknown = isUnknown(payload.activity_type, settings());
    if (unknown && settings().unknownActivity === 'refuse') return refused(payload.activity_type);
    usage.events.add(clock.now().toISOString(), payload, unknown);
    return taken('Data Uploaded');
  },

  sendAggregateUsage: ({ body: { payload } }, { usage, clock, settings }) => {
    const unknown = isUnknown(payload.activity_type, settings());
    if (unknown && settings().unknownActivity === 'refuse') return refused(payload.activity_type);
    usage.counts.add(clock.now().toISOString(), payload, unknown);
    return taken('Aggregated Data Uploaded');
  },
};

const isUnknown = (activity: string, { activities }: Settings): boolean =>
  activities !== null && !activities.includes(activity);

const refused = (activity: string): Reply =>
  failure('reo', 400, `activity_type ${JSON.stringify(activity)} is not configured`);

// The code is a text here and a number in failures: the documents have it so.
const taken = (response: string): Reply => ({
  status: 200,
  body: { response_code: '200', response, status: 'success' },
});
