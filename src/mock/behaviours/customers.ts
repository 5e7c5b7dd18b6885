import { customerOf } from '../contract/credentials.ts';
import type { Reply } from '../exchange.ts';
import { failure } from '../contract/failures.ts';
import { MERCHANT, newToken, newUuid, timestamp, type Customer } from '../state.ts';
import type { Behaviours, Call, World } from '../world.ts';
import { pageOf } from './pages.ts';

const TRIAL_MS = 7 * 86_400_000;

export const customers: Behaviours<
  | 'listCustomers'
  | 'createCustomer'
  | 'getCustomer'
  | 'updateCustomer'
  | 'updatePaymentStatus'
  | 'deleteCustomer'
  | 'getCustomerSettings'
> = {
  listCustomers: ({ query }, { state }) => ({
    status: 200,
    body: pageOf([...state.customers.values()].map(shown), query),
  }),

  createCustomer: ({ body: { name } }, { state, clock }) => {
    const time = clock.now();
    const customer: Customer = {
      uuid: newUuid(state),
      name,
      api_token: newToken(state),
      created_at: timestamp(time),
      updated_at: timestamp(time),
      trial_ends_at: timestamp(new Date(time.getTime() + TRIAL_MS)),
      is_paying: false,
    };
    state.customers.set(customer.uuid, customer);
    const body = { customer: { ...shown(customer), api_token: customer.api_token } };
    return { status: 201, body };
  },

  getCustomer: (call, world) =>
    withCustomer(call, world, (customer) => ({ status: 200, body: { customer: shown(customer) } })),

  updateCustomer: (call, world) =>
    withCustomer(call, world, (customer) => {
      const changed = change(world, customer, { name: call.body.name });
      return { status: 200, body: { customer: shown(changed) } };
    }),

  updatePaymentStatus: (call, world) =>
    withCustomer(call, world, (customer) => {
      const { is_paying } = call.body;
      change(world, customer, { is_paying });
      const message = `Customer is ${is_paying ? 'now' : 'no longer'} marked as a paying customer`;
      return { status: 200, body: { success: true, message } };
    }),

  deleteCustomer: (call, world) =>
    withCustomer(call, world, ({ uuid }) => {
      const { state } = world;
      state.customers.delete(uuid);
      for (const owned of [state.integrations, state.sessions]) {
        for (const one of owned.values()) if (one.customer_uuid === uuid) owned.delete(one.uuid);
      }
      return { status: 200, body: { success: true, message: 'Record successfully removed' } };
    }),

  getCustomerSettings: ({ headers }, { state }) => {
    const customer = customerOf(headers, state);
    if (!customer) return notFound();
    const integrations = [...state.integrations.values()]
      .filter((one) => one.customer_uuid === customer.uuid)
      // Flat here, unlike in the list of integrations: the documents have it so.
      .map(({ uuid, status, source_name, network }) => ({
        uuid,
        integration: network.name,
        name: source_name,
        slug: network.slug,
        status,
      }));
    return { status: 200, body: { customer: { ...shown(customer), integrations } } };
  },
};

/** Without the token, which is shown only once. */
function shown({ api_token: _token, ...customer }: Customer): Readonly<Record<string, unknown>> {
  return { ...customer, merchant: MERCHANT.name };
}

const notFound = (): Reply => failure('reportei', 404, 'Record not found');

function withCustomer(call: Call, world: World, act: (customer: Customer) => Reply): Reply {
  const customer = world.state.customers.get(call.params['customer_uuid'] ?? '');
  return customer ? act(customer) : notFound();
}

function change(world: World, customer: Customer, changes: Partial<Customer>): Customer {
  const changed = { ...customer, ...changes, updated_at: timestamp(world.clock.now()) };
  world.state.customers.set(customer.uuid, changed);
  return changed;
}
