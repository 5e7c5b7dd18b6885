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
import { paginate, type Paged, type PageOptions, readPage } from './pages.ts';

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
    payment: { readonly is_paying: boolean },
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
  const all = '/customers';
  const one = '/customers/{customer_uuid}';
  const at = (uuid: string) => ({ path: { customer_uuid: segment(uuid, 'the customer') } });
  return {
    list: (options = {}) =>
      paginate(options, (query) =>
        core.call({
          method: 'get',
          path: all,
          init: () => ({ params: { query } }),
          decode: readPage(query.page),
          options,
        }),
      ),
    get: (uuid, options) =>
      core.call({
        method: 'get',
        path: one,
        init: () => ({ params: at(uuid) }),
        decode: customerOf,
        options,
      }),
    create: (customer, options) =>
      core.call({
        method: 'post',
        path: all,
        mode: 'never',
        init: () => ({ body: { name: customer.name } }),
        decode: createdOf,
        options,
      }),
    update: (uuid, changes, options) =>
      core.call({
        method: 'put',
        path: one,
        init: () => ({ params: at(uuid), body: { name: changes.name } }),
        decode: customerOf,
        options,
      }),
    delete: (uuid, options) =>
      core.call({
        method: 'delete',
        path: one,
        init: () => ({ params: at(uuid) }),
        decode: doneOf,
        options,
      }),
    updatePaymentStatus: (uuid, payment, options) =>
      core.call({
        method: 'post',
        path: '/customers/{customer_uuid}/update-payment-status',
        init: () => ({ params: at(uuid), body: { is_paying: payment.is_paying } }),
        decode: doneOf,
        options,
      }),
  };
};
