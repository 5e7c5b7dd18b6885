import type { MockApi } from './api.ts';
import { checkBody } from './control/check.ts';
import { toMs } from './durations.ts';
import { checkedFault } from './faults/check.ts';
import { checkFilter } from './journal-filter.ts';
import { entryOf } from './journal.ts';
import type { Mock } from './mock.ts';
import type { Fault, FaultRule, RequestEntry } from './schemas.ts';
import { createFetch } from './server/fetch.ts';

const FIVE_SECONDS = 5_000;

export function createApi(mock: Mock): MockApi {
  const { usage, journal, faults, webhooks, clock, showSecrets } = mock;
  const shown = (list: ReturnType<typeof journal.list>): readonly RequestEntry[] =>
    list.map((one) => entryOf(one, showSecrets));
  const addFault = (rule: FaultRule): Fault => faults.add(checkedFault(rule));

  return {
    keys: mock.keys,
    fetch: createFetch(mock.engine, mock.closed),
    usage: {
      events: usage.events.records,
      counts: usage.counts.records,
      clear: () => mock.reset(['usage']),
    },
    requests: {
      list: (filter = {}) => {
        checkFilter(filter);
        return shown(journal.list(filter));
      },
      waitFor: async (filter = {}, { count = 1, timeout = FIVE_SECONDS } = {}) => {
        checkFilter(filter);
        return shown(await journal.waitFor(filter, count, toMs(timeout)));
      },
      clear: () => mock.reset(['requests']),
    },
    faults: {
      add: addFault,
      once: (rule) => addFault({ ...rule, times: 1 }),
      list: faults.list,
      remove: faults.remove,
      clear: () => faults.reset(),
    },
    webhooks: {
      list: webhooks.list,
      get: webhooks.get,
      redeliver: webhooks.redeliver,
      idle: webhooks.idle,
    },
    clock: {
      now: clock.now,
      advance: (duration) => mock.advance(toMs(duration)),
      set: (time) => mock.setTime(time === null ? null : new Date(time)),
    },
    settings: {
      get: mock.settings,
      change: (changes) => {
        checkBody('changeSettings', changes, 'These settings cannot work');
        mock.changeSettings(changes);
      },
    },
    integrations: { setStatus: mock.setIntegrationStatus },
    reset: mock.reset,
    snapshot: ({ secrets = false } = {}) => mock.snapshot(secrets),
    restore: (snapshot) => {
      checkBody('restoreSnapshot', snapshot, 'This is no snapshot');
      mock.restore(snapshot);
    },
  };
}
