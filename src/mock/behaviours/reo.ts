import type { Reply } from '../exchange.ts';
import { remember } from '../state.ts';
import type { Behaviours } from '../world.ts';

export const reo: Behaviours<'sendUsage' | 'sendAggregateUsage'> = {
  sendUsage: ({ body: { payload } }, { state, now }) => {
    remember(state.events, { receivedAt: now().toISOString(), payload }, 1);
    return taken('Data Uploaded');
  },

  sendAggregateUsage: ({ body: { payload } }, { state, now }) => {
    remember(state.counts, { receivedAt: now().toISOString(), payload }, payload.count);
    return taken('Aggregated Data Uploaded');
  },
};

// The code is a text here and a number in failures: the documents have it so.
const taken = (response: string): Reply => ({
  status: 200,
  body: { response_code: '200', response, status: 'success' },
});
