import type { components } from '../../generated/emulator.ts';
import type { Mock } from './mock.ts';
import { replaceState, type Customer, type Integration, type Session } from './state.ts';
import type { AcceptedCount, AcceptedEvent } from './usage.ts';

/** All that a restored emulator needs to answer alike. */
export type Snapshot = components['schemas']['Snapshot'];

const REDACTED = '[redacted]';

/** Everything but requests and webhooks; with the customers' tokens if `secrets` are wanted. */
export function takeSnapshot(mock: Mock, secrets: boolean): Snapshot {
  const { clock, faults, settings, state, usage } = mock;
  const customers = [...state.customers.values()].map((one) =>
    secrets ? one : { ...one, api_token: REDACTED },
  );
  const snapshot = {
    version: 1,
    offset: clock.offset(),
    settings: settings(),
    faults: faults.list(),
    state: {
      made: state.made,
      customers,
      integrations: [...state.integrations.values()],
      sessions: [...state.sessions.values()],
      events: usage.events.records().map((one) => ({ kind: 'event', ...one })),
      counts: usage.counts.records().map((one) => ({ kind: 'count', ...one })),
    },
  };
  return structuredClone(snapshot) as unknown as Snapshot;
}

/** Replaces what the snapshot holds. */
export function restoreSnapshot(mock: Mock, snapshot: Snapshot): void {
  const { clock, faults, state, usage } = mock;
  const { offset, settings, state: saved } = structuredClone(snapshot);
  mock.changeSettings(settings);
  faults.reset(snapshot.faults);
  mock.setTime(null);
  if (offset !== 0) clock.advance(offset);
  const customers = (saved.customers as unknown as Customer[]).map((one) =>
    one.api_token === REDACTED ? { ...one, api_token: tokenOf(one, mock) } : one,
  );
  replaceState(state, {
    made: saved.made,
    customers: byUuid(customers),
    integrations: byUuid(saved.integrations as unknown as Integration[]),
    sessions: byUuid(saved.sessions as unknown as Session[]),
  });
  usage.events.reset((saved.events as unknown as AcceptedEvent[]).map(withoutKind));
  usage.counts.reset((saved.counts as unknown as AcceptedCount[]).map(withoutKind));
}

/** The token that a customer has now; one that opens nothing, if it is not there now. */
const tokenOf = ({ uuid }: Customer, { state }: Mock): string =>
  state.customers.get(uuid)?.api_token ?? '';

const byUuid = <Item extends { readonly uuid: string }>(
  items: readonly Item[],
): Map<string, Item> => new Map(items.map((one) => [one.uuid, one]));

function withoutKind<Item extends object>(record: Item): Item {
  const { kind: _kind, ...rest } = record as Item & { readonly kind?: string };
  return rest as unknown as Item;
}
