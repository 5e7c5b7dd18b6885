import { toMs } from '../durations.ts';
import type { MockEvent } from '../events.ts';
import type { Mock } from '../mock.ts';
import { problem, DONE, ok, streamed } from './reply.ts';
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

  streamChanges: ({ signal }, mock) => streamed('text/event-stream', changes(mock, signal)),

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

  restoreSnapshot: ({ body }, mock) => {
    mock.restore(body);
    return DONE;
  },

  getClock: (_call, mock) => ok(timeOf(mock)),

  moveClock: ({ body }, mock) => {
    if (body.advance !== undefined) mock.advance(toMs(body.advance));
    else mock.setTime(body.now == null ? null : new Date(body.now));
    return ok(timeOf(mock));
  },

  getSettings: (_call, { settings }) => ok(settings()),

  changeSettings: ({ body }, mock) => {
    try {
      if (body.webhookDelay !== undefined) toMs(body.webhookDelay);
    } catch (error) {
      return problem(422, (error as Error).message);
    }
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

/** A reader who is so many events behind is not reading. */
const MAX_BEHIND = 10_000;
const HEARTBEAT_MS = 15_000;

/** What happens from now on, until the reader or the emulator goes. */
async function* changes(mock: Mock, signal: AbortSignal | undefined): AsyncGenerator<string> {
  const queue: string[] = [];
  let wake = (): void => undefined;
  const push = (text: string): void => {
    queue.push(text);
    wake();
  };
  const stop = mock.events.listen((event) => push(written(event)));
  const heart = setInterval(() => push(': still here\n\n'), HEARTBEAT_MS);
  const ended = AbortSignal.any([mock.closed, ...(signal ? [signal] : [])]);
  ended.addEventListener('abort', () => wake());
  try {
    yield 'retry: 1000\n\n';
    while (!ended.aborted && queue.length < MAX_BEHIND) {
      if (queue.length > 0) yield queue.splice(0).join('');
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stop();
    clearInterval(heart);
  }
}

const written = ({ type, data }: MockEvent): string =>
  `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
