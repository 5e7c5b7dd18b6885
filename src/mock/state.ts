import { hash, uuid } from './data/random.ts';

/** The credentials that the emulator takes. */
export interface Keys {
  /** Reo's `X-API-KEY`. */
  readonly reo: string;
  /** Connect's bearer token. */
  readonly merchant: string;
  /** The `x-customer-token` of the customer that exists from the start. */
  readonly customer: string;
}

/** What the emulator accepts unless it is told otherwise. */
export const DEFAULT_KEYS: Keys = {
  reo: 'test_reo_key',
  merchant: 'test_reportei_token',
  customer: 'test_customer_token',
};

export interface Customer {
  readonly uuid: string;
  readonly name: string;
  readonly api_token: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly trial_ends_at: string | null;
  readonly is_paying: boolean;
}

export interface Integration {
  readonly uuid: string;
  readonly customer_uuid: string;
  /** The connected account's name. */
  readonly source_name: string;
  readonly status: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly network: Network;
}

export interface Session {
  readonly uuid: string;
  readonly customer_uuid: string;
  readonly redirect_url: string | null;
  readonly expires_at: string;
}

/** A network whose accounts can be connected. */
export interface Network {
  readonly name: string;
  readonly slug: string;
}

export const NETWORKS: readonly Network[] = [
  { name: 'Instagram Business', slug: 'instagram_business' },
  { name: 'Google Analytics 4', slug: 'google_analytics_4' },
  { name: 'Meta Ads', slug: 'facebook_ads' },
];

export const MERCHANT = {
  uuid: '0f5e8a92-7d41-4c36-b8e0-3a9d6c1f2b74',
  name: 'Example Merchant',
} as const;

/** The accounts that the emulator keeps. Plain data, so that it can be shown, reset and stored. */
export interface State {
  readonly seed: string;
  readonly customers: Map<string, Customer>;
  readonly integrations: Map<string, Integration>;
  readonly sessions: Map<string, Session>;
  /** How many ids were made: ids come from it and the seed, so a run can be repeated. */
  made: number;
}

/** Older than anything that a test creates, and the same in each run. */
export const BEGINNING = '2024-01-01 09:00:00';

/** The integrations of the customer that exists from the start, by their network. */
export const INTEGRATIONS = {
  // The one that the vendor's example asks.
  instagram_business: '4addc0da-8583-4dbb-a0e9-c7e2e8470f50',
  google_analytics_4: '9d2b7c34-1e6f-4a58-8c03-5b7e41d0a926',
} as const;

/** The customer that exists from the start. */
export const firstCustomer = (keys: Keys): Customer => ({
  uuid: 'a3c1f6de-52c8-4b0e-9d57-6f0e0b7c2a11',
  name: 'Example Customer',
  api_token: keys.customer,
  created_at: BEGINNING,
  updated_at: BEGINNING,
  trial_ends_at: null,
  is_paying: true,
});

/** The state at the start: one paying customer with two integrations. */
export function createState(seed: string, keys: Keys): State {
  const customer = firstCustomer(keys);
  const integrations = NETWORKS.flatMap((network): Integration[] => {
    const uuid = INTEGRATIONS[network.slug as keyof typeof INTEGRATIONS] as string | undefined;
    return uuid === undefined ? [] : [newIntegration(uuid, customer.uuid, network, BEGINNING)];
  });
  return {
    seed,
    customers: new Map([[customer.uuid, customer]]),
    integrations: new Map(integrations.map((one) => [one.uuid, one])),
    sessions: new Map(),
    made: 0,
  };
}

/** Puts what one state holds in the place of what another one held. */
export function replaceState(state: State, next: Omit<State, 'seed'>): void {
  state.made = next.made;
  replaceAll(state.customers, next.customers);
  replaceAll(state.integrations, next.integrations);
  replaceAll(state.sessions, next.sessions);
}

function replaceAll<Item>(target: Map<string, Item>, next: ReadonlyMap<string, Item>): void {
  target.clear();
  for (const [key, item] of next) target.set(key, item);
}

/** An account of a network that a customer has just connected. */
export function newIntegration(
  uuid: string,
  customer_uuid: string,
  network: Network,
  time: string,
  source_name = 'example-account',
): Integration {
  const times = { created_at: time, updated_at: time };
  return { uuid, customer_uuid, source_name, status: 'active', ...times, network };
}

/** A UUID that no earlier call has returned. */
export function newUuid(state: State): string {
  state.made += 1;
  return uuid(state.seed, 'id', state.made);
}

/** A token for a new customer. It opens nothing but this emulator, so it need not be secret. */
export function newToken(state: State): string {
  state.made += 1;
  const part = (n: number): string => hash(state.seed, 'token', state.made, n).toString(36);
  return `mock_${part(1)}${part(2)}${part(3)}`;
}

/** `2024-09-24 17:07:34`, in UTC: the form in which Connect writes times. */
export const timestamp = (time: Date): string => time.toISOString().slice(0, 19).replace('T', ' ');
