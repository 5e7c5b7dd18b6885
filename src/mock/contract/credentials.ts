import type { IHttpOperation } from '@stoplight/types';
import { timestamp, type Customer, type Keys, type State } from '../state.ts';

/** Why credentials are refused. */
export interface Refused {
  /** In the vendors' words, where they are known: it goes into the answer. */
  readonly message: string;
  /** For whoever looks into the emulator: the header, and what is wrong with it. */
  readonly header?: string;
  readonly why?: string;
}

/**
 * What is wrong with the credentials of a request, or `undefined`. Which ones an operation needs
 * is read from its contract; Prism itself would look only whether they are there.
 */
export function credentialsProblem(
  operation: IHttpOperation,
  headers: Readonly<Record<string, string>>,
  keys: Keys,
  state: State,
  now: Date,
): Refused | undefined {
  // The contracts know one way in for each operation, with one or two credentials on it.
  for (const scheme of operation.security?.[0] ?? []) {
    const check = CHECKS[scheme.key];
    if (!check) {
      return { message: `The emulator does not know the security scheme ${scheme.key}` };
    }
    if (!check.holds(headers, keys, state)) {
      const { message, header, why } = check;
      return { message, header, why: why(headers, keys, state) };
    }
    if (scheme.key === 'customerToken' && NEEDS_A_PLAN.has(operation.iid)) {
      const customer = customerOf(headers, state);
      if (customer && trialIsOver(customer, now)) {
        return { message: 'The trial period of this customer has ended.' };
      }
    }
  }
  return undefined;
}

/** What stops when a trial ends and the customer does not pay. */
const NEEDS_A_PLAN: ReadonlySet<string | undefined> = new Set([
  'getData',
  'getDataAsync',
  'listCustomerIntegrations',
  'getCustomerIntegration',
  'deleteCustomerIntegration',
  'createIntegrationSession',
]);

const trialIsOver = ({ is_paying, trial_ends_at }: Customer, now: Date): boolean =>
  !is_paying && trial_ends_at !== null && timestamp(now) >= trial_ends_at;

type Judge<Result> = (
  headers: Readonly<Record<string, string>>,
  keys: Keys,
  state: State,
) => Result;

interface Check {
  readonly holds: Judge<boolean>;
  readonly message: string;
  readonly header: string;
  readonly why: Judge<string>;
}

/** By the names of the contracts' security schemes. */
const CHECKS: Readonly<Record<string, Check>> = {
  apiKey: {
    holds: (headers, keys) => headers['x-api-key'] === keys.reo,
    message: 'Authentication Failure',
    header: 'X-API-KEY',
    why: (headers, keys) => mistaken(headers['x-api-key'], keys),
  },
  merchantToken: {
    holds: (headers, keys) => bearerOf(headers) === keys.merchant,
    message: 'Unauthenticated.',
    header: 'Authorization',
    why: (headers, keys) =>
      headers['authorization'] !== undefined && bearerOf(headers) === undefined
        ? 'does not begin with "Bearer "'
        : mistaken(bearerOf(headers), keys),
  },
  customerToken: {
    holds: (headers, _keys, state) => customerOf(headers, state) !== undefined,
    message: 'Invalid Customer Token',
    header: 'X-Customer-Token',
    why: (headers, keys) =>
      headers['customer-token'] === undefined
        ? mistaken(headers['x-customer-token'], keys)
        : 'is missing: Customer-Token is there, without the X-',
  },
};

const bearerOf = (headers: Readonly<Record<string, string>>): string | undefined =>
  /^bearer +(.+)$/i.exec(headers['authorization'] ?? '')?.[1];

/** What a credential is that is not the right one. */
function mistaken(value: string | undefined, { reo, merchant, customer }: Keys): string {
  if (value === undefined || value === '') return 'is missing';
  if (value === reo) return "holds Reo's key";
  if (value === merchant) return "holds the merchant's token";
  if (value === customer) return "holds the customer's token";
  return 'is none that the emulator knows';
}

/** The customer whose token a request carries. */
export function customerOf(
  headers: Readonly<Record<string, string>>,
  state: State,
): Customer | undefined {
  const token = headers['x-customer-token'];
  if (!token) return undefined;
  return [...state.customers.values()].find((customer) => customer.api_token === token);
}
