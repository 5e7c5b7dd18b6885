import type { components } from '../../generated/emulator.ts';
import { checkedFault } from './faults/check.ts';
import { ruleOf } from './faults/rules.ts';
import type { Mock } from './mock.ts';
import { replaceState, type Customer } from './state.ts';
import type { AcceptedCount, AcceptedEvent, UsageRecord } from './usage.ts';
import type { Snapshot } from './schemas.ts';

const REDACTED = '[redacted]';

/** Everything but requests and webhooks; with the customers' tokens if `secrets` are wanted. */
export const takeSnapshot = (mock: Mock, secrets: boolean): Snapshot =>
  structuredClone(snapshotOf(mock, secrets));

/** The same for who writes it at once: parts of it change with the emulator. */
export function snapshotOf(mock: Mock, secrets: boolean): Snapshot {
  const { clock, faults, settings, state, usage } = mock;
  const customers = [...state.customers.values()].map((one) =>
    secrets ? one : { ...one, api_token: REDACTED },
  );
  return {
    version: 1,
    offset: clock.offset(),
    settings: settings(),
    faults: [...faults.list()],
    state: {
      made: state.made,
      customers,
      integrations: [...state.integrations.values()],
      sessions: [...state.sessions.values()],
      events: usage.events.records().map((one) => ({ kind: 'event', ...one })),
      counts: usage.counts.records().map((one) => ({ kind: 'count', ...one })),
    },
  };
}

/**
 * Replaces what the snapshot holds, or nothing.
 *
 * @throws Error with a sentence for people if it holds what cannot be.
 */
export function restoreSnapshot(mock: Mock, snapshot: Snapshot): void {
  const { clock, faults, state, usage } = mock;
  const { offset, settings, faults: rules, state: saved } = structuredClone(snapshot);
  for (const fault of rules) checkedFault(ruleOf(fault));
  // The first change is the only one that may fail still.
  mock.advance(offset - clock.offset());
  mock.changeSettings(settings);
  faults.reset(rules);
  const customers = saved.customers.map((one) =>
    one.api_token === REDACTED ? { ...one, api_token: tokenOf(one, mock) } : one,
  );
  replaceState(state, {
    made: saved.made,
    customers: byUuid(customers),
    integrations: byUuid(saved.integrations),
    sessions: byUuid(saved.sessions),
  });
  // Their contract was kept when they arrived.
  usage.events.reset(saved.events.map((one) => recordOf(one) as AcceptedEvent));
  usage.counts.reset(saved.counts.map((one) => recordOf(one) as AcceptedCount));
}

/** The token that a customer has now; one that opens nothing, if it is not there now. */
const tokenOf = ({ uuid }: Customer, { state }: Mock): string =>
  state.customers.get(uuid)?.api_token ?? '';

const byUuid = <Item extends { readonly uuid: string }>(
  items: readonly Item[],
): Map<string, Item> => new Map(items.map((one) => [one.uuid, one]));

function recordOf({
  kind: _kind,
  ...record
}: components['schemas']['UsageRecord']): UsageRecord<unknown> {
  return record;
}
