import { createClock, type Clock } from './clock.ts';
import { createControl } from './control/index.ts';
import type { Catalog } from './data/catalog.ts';
import { rememberAnswers } from './data/remembered.ts';
import { createEngine, type Engine } from './engine.ts';
import { createEvents, type Changed, type Events } from './events.ts';
import { createFaults, type Faults } from './faults/rules.ts';
import { createJournal, type Journal } from './journal.ts';
import { createLimits } from './limits.ts';
import { packageVersion } from './package-root.ts';
import type { Upstream } from './proxy/upstream.ts';
import type { Report } from './report.ts';
import { createReset } from './reset.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { restoreSnapshot, takeSnapshot } from './snapshot.ts';
import {
  createState,
  firstCustomer,
  replaceState,
  type Integration,
  type Keys,
  type State,
} from './state.ts';
import type { AnyRecord } from './usage-charts.ts';
import { createUsage, type Usage } from './usage.ts';
import { createWebhooks, type Webhooks } from './webhooks/queue.ts';
import type { FaultRule, Part, Settings, Snapshot } from './schemas.ts';

/** What an emulator is made of, before anybody listens. */
export interface Mock {
  readonly version: string;
  readonly seed: string;
  readonly keys: Keys;
  /** Whether what is shown of requests keeps keys and tokens. */
  readonly showSecrets: boolean;
  readonly state: State;
  readonly usage: Usage;
  /** Usage records of both kinds, oldest first within each. */
  readonly records: () => Iterable<AnyRecord>;
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly changeSettings: (changes: Partial<Settings>) => void;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly webhooks: Webhooks;
  readonly events: Events;
  readonly engine: Engine;
  readonly advance: (ms: number) => void;
  readonly setTime: (time: Date | null) => void;
  /** The integration as it is now, or `undefined` if there is none of this uuid. */
  readonly setIntegrationStatus: (uuid: string, status: string) => Integration | undefined;
  /** Puts these parts back to how they were at the start; by default all of them. */
  readonly reset: (parts?: readonly Part[]) => void;
  readonly snapshot: (secrets: boolean) => Snapshot;
  readonly restore: (snapshot: Snapshot) => void;
  /** Lets the options of the start win over what was restored. */
  readonly insist: () => void;
  /** Ends when the emulator is closed. */
  readonly closed: AbortSignal;
  readonly close: () => void;
}

export interface MockParts {
  readonly seed: string;
  readonly keys: Keys;
  readonly settings: Partial<Settings>;
  /** Those that are there from the start. */
  readonly faults: readonly FaultRule[];
  readonly catalog: Catalog | undefined;
  readonly upstream: Upstream | undefined;
  readonly webhookHosts: readonly string[];
  readonly showSecrets: boolean;
  readonly machineTime: (() => Date) | undefined;
  readonly report: (report: Report) => void;
}

export function createMock(options: MockParts): Mock {
  const { seed, keys, report, catalog, showSecrets } = options;
  const initial: Settings = { ...DEFAULT_SETTINGS, ...options.settings };
  let current = initial;
  const settings = (): Settings => current;
  const events = createEvents();
  const changed = (data: Changed): void => events.emit({ type: 'changed', data });
  const clock = createClock(options.machineTime);
  const state = createState(seed, keys);
  const usage = createUsage();
  const journal = createJournal(events, showSecrets);
  const faults = createFaults(seed, events);
  const limits = createLimits();
  const webhooks = createWebhooks({
    clock,
    settings,
    allowed: options.webhookHosts,
    events,
    report,
  });
  const world = {
    state,
    usage,
    clock,
    settings,
    webhooks,
    catalog,
    ask: rememberAnswers(catalog),
  };
  const control = createControl(() => mock);
  const engine = createEngine({
    world,
    keys,
    faults,
    journal,
    limits,
    control,
    upstream: options.upstream,
    report,
    changed,
  });
  const closing = new AbortController();

  function addInitialFaults(): void {
    faults.reset();
    // Each goes before those that are there.
    for (const rule of options.faults.toReversed()) faults.add(rule);
  }
  addInitialFaults();

  const reset = createReset({
    requests: journal.clear,
    usage: () => {
      usage.events.reset();
      usage.counts.reset();
      changed('usage');
    },
    accounts: () => {
      replaceState(state, createState(seed, keys));
      changed('state');
    },
    webhooks: () => {
      webhooks.reset();
      changed('webhooks');
    },
    faults: addInitialFaults,
    settings: () => {
      current = initial;
      changed('settings');
    },
    clock: () => mock.setTime(null),
    limits: limits.reset,
  });

  const mock: Mock = {
    version: packageVersion(),
    seed,
    keys,
    showSecrets,
    state,
    usage,
    records: function* () {
      for (const one of usage.events.records()) yield { kind: 'event', ...one };
      for (const one of usage.counts.records()) yield { kind: 'count', ...one };
    },
    clock,
    settings,
    changeSettings: (changes) => {
      current = { ...current, ...changes };
      changed('settings');
    },
    faults,
    journal,
    webhooks,
    events,
    engine,
    advance: (ms) => {
      clock.advance(ms);
      changed('clock');
    },
    setTime: (time) => {
      clock.set(time);
      changed('clock');
    },
    setIntegrationStatus: (uuid, status) => {
      const found = state.integrations.get(uuid);
      if (!found) return undefined;
      const next = { ...found, status };
      state.integrations.set(uuid, next);
      changed('state');
      return next;
    },
    reset,
    snapshot: (secrets) => takeSnapshot(mock, secrets),
    restore: (snapshot) => {
      restoreSnapshot(mock, snapshot);
      for (const part of ['state', 'usage'] as const) changed(part);
    },
    insist: () => {
      mock.changeSettings(options.settings);
      if (options.faults.length > 0) addInitialFaults();
      const { uuid, api_token } = firstCustomer(keys);
      const first = state.customers.get(uuid);
      if (first) state.customers.set(uuid, { ...first, api_token });
    },
    closed: closing.signal,
    close: () => {
      closing.abort();
      webhooks.close();
      clock.close();
      journal.close();
    },
  };
  return mock;
}
