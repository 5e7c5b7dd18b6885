import { toMs } from '../durations.ts';
import type { Mock } from '../mock.ts';
import { attempted, DONE, ok, streamed } from './reply.ts';
import { changesOf } from './stream.ts';
import type { Controls } from './index.ts';

export const emulator: Controls<
  | 'getHealth'
  | 'streamChanges'
  | 'getState'
  | 'reset'
  | 'takeSnapshot'
  | 'restoreSnapshot'
  | 'getClock'
  | 'moveClock'
  | 'getSettings'
  | 'changeSettings'
> = {
  getHealth: (_call, { version, seed, clock }) =>
    ok({ status: 'ok', version, seed, now: clock.now().toISOString() }),

  streamChanges: ({ signal }, mock) => streamed('text/event-stream', changesOf(mock, signal)),

  getState: (_call, { state, usage }) =>
    ok({
      usage: { events: latest(usage.events), counts: latest(usage.counts) },
      customers: [...state.customers.values()].map((one) => ({ ...one, api_token: '[redacted]' })),
      integrations: [...state.integrations.values()],
      sessions: [...state.sessions.values()],
    }),

  reset: ({ body }, mock) => {
    mock.reset(body?.parts);
    return DONE;
  },

  takeSnapshot: ({ query }, mock) => ok(mock.snapshot(query['secrets'] === 'true')),

  restoreSnapshot: ({ body }, mock) =>
    attempted(() => {
      mock.restore(body);
      return DONE;
    }),

  getClock: (_call, mock) => ok(timeOf(mock)),

  moveClock: ({ body }, mock) =>
    attempted(() => {
      if (body.advance !== undefined) mock.advance(toMs(body.advance));
      else mock.setTime(body.now == null ? null : new Date(body.now));
      return ok(timeOf(mock));
    }),

  getSettings: (_call, { settings }) => ok(settings()),

  changeSettings: ({ body }, mock) => {
    mock.changeSettings(body);
    return ok(mock.settings());
  },
};

const timeOf = ({ clock }: Mock): object => ({
  now: clock.now().toISOString(),
  offset: clock.offset(),
});

const LATEST = 100;

const latest = (log: Mock['usage']['events'] | Mock['usage']['counts']): object => ({
  ...log.totals(),
  latest: log.records().slice(-LATEST),
});
