import type { IHttpOperation } from '@stoplight/types';
import { timestamp, type Customer, type Keys, type State } from '../state.ts';

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
): string | undefined {
  // The contracts know one way in for each operation, with one or two credentials on it.
  for (const scheme of operation.security?.[0] ?? []) {
    const check = CHECKS[scheme.key];
    if (!check) return `The emulator does not know the security scheme ${scheme.key}`;
    if (!check.holds(headers, keys, state)) return check.problem;
    if (scheme.key === 'customerToken' && NEEDS_A_PLAN.has(operation.iid)) {
      const customer = customerOf(headers, state);
      if (customer && trialIsOver(customer, now))
        return 'The trial period of this customer has ended.';
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

interface Check {
  readonly holds: (headers: Readonly<Record<string, string>>, keys: Keys, state: State) => boolean;
  /** In the vendors' words, where they are known. */
  readonly problem: string;
}

/** By the names of the contracts' security schemes. */
const CHECKS: Readonly<Record<string, Check>> = {
  apiKey: {
    holds: (headers, keys) => headers['x-api-key'] === keys.reo,
    problem: 'Authentication Failure',
  },
  merchantToken: {
    holds: (headers, keys) =>
      /^bearer +(.+)$/i.exec(headers['authorization'] ?? '')?.[1] === keys.merchant,
    problem: 'Unauthenticated.',
  },
  customerToken: {
    holds: (headers, _keys, state) => customerOf(headers, state) !== undefined,
    problem: 'Invalid Customer Token',
  },
};

/** The customer whose token a request carries. */
export function customerOf(
  headers: Readonly<Record<string, string>>,
  state: State,
): Customer | undefined {
  const token = headers['x-customer-token'];
  if (!token) return undefined;
  return [...state.customers.values()].find((customer) => customer.api_token === token);
}
