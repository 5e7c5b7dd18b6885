import type { ApiCall } from '../http/api-call.ts';
import type { CallOptions } from '../http/options.ts';
import type { ConnectCore } from './connect-core.ts';
import {
  type CreatedCustomer,
  type Customer,
  type Done,
  doneOf,
  segment,
  unwrap,
} from './objects.ts';
import { paginate, type Paged, type PageOptions } from './pages.ts';

/** The merchant's customers. All calls use the merchant token. */
export interface Customers {
  /** `GET /customers`, page by page as the list is consumed. */
  list(options?: PageOptions & CallOptions): Paged<Customer>;
  get(uuid: string, options?: CallOptions): ApiCall<Customer>;
  /**
   * `POST /customers`. The token in the answer is shown once: store it before anything else. Never
   * sent again by itself, since a second try would make a second customer.
   */
  create(customer: { readonly name: string }, options?: CallOptions): ApiCall<CreatedCustomer>;
  update(
    uuid: string,
    changes: { readonly name: string },
    options?: CallOptions,
  ): ApiCall<Customer>;
  delete(uuid: string, options?: CallOptions): ApiCall<Done>;
  /** `POST /customers/{uuid}/update-payment-status`: ends or resumes the trial's limits. */
  updatePaymentStatus(
    uuid: string,
    status: { readonly is_paying: boolean },
    options?: CallOptions,
  ): ApiCall<Done>;
}

const customerOf = (body: unknown): Customer => unwrap<Customer>(body, 'customer', 'uuid');

const createdOf = (body: unknown): CreatedCustomer => {
  const { api_token, ...customer } = unwrap<Customer & { api_token: string }>(
    body,
    'customer',
    'api_token',
  );
  return { customer, apiToken: api_token };
};

export const customersOf = (core: ConnectCore): Customers => {
  const one = '/customers/{customer_uuid}';
  const params = (uuid: string) => ({ path: { customer_uuid: segment(uuid, 'the customer') } });
  return {
    list: (options = {}) =>
      paginate('/customers', options, (query) =>
        core.call({
          method: 'GET',
          path: '/customers',
          mode: 'safe',
          options,
          send: (client, wire) => client.GET('/customers', { params: { query }, ...wire }),
          decode: (body) => body,
        }),
      ),
    get: (uuid, options) =>
      core.call({
        method: 'GET',
        path: one,
        mode: 'safe',
        options,
        send: (client, wire) => client.GET(one, { params: params(uuid), ...wire }),
        decode: customerOf,
      }),
    create: ({ name }, options) =>
      core.call({
        method: 'POST',
        path: '/customers',
        mode: 'never',
        options,
        send: (client, wire) => client.POST('/customers', { body: { name }, ...wire }),
        decode: createdOf,
      }),
    update: (uuid, { name }, options) =>
      core.call({
        method: 'PUT',
        path: one,
        mode: 'unsent',
        options,
        send: (client, wire) => client.PUT(one, { params: params(uuid), body: { name }, ...wire }),
        decode: customerOf,
      }),
    delete: (uuid, options) =>
      core.call({
        method: 'DELETE',
        path: one,
        mode: 'unsent',
        options,
        send: (client, wire) => client.DELETE(one, { params: params(uuid), ...wire }),
        decode: doneOf,
      }),
    updatePaymentStatus: (uuid, { is_paying }, options) => {
      const path = '/customers/{customer_uuid}/update-payment-status';
      return core.call({
        method: 'POST',
        path,
        mode: 'unsent',
        options,
        send: (client, wire) =>
          client.POST(path, { params: params(uuid), body: { is_paying }, ...wire }),
        decode: doneOf,
      });
    },
  };
};
