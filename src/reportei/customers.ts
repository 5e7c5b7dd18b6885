import type { ApiCall } from '../http/api-call.ts';
import { ConfigError } from '../http/errors.ts';
import type { CallOptions } from '../http/options.ts';
import type { ConnectCore } from './connect-core.ts';
import { type Customer, type Done, doneOf, segment, unwrap } from './objects.ts';
import { paginate, type Paged, type PageOptions, readPage } from './pages.ts';

/** How a customer is made. */
export interface CreateCustomerOptions extends CallOptions {
  /**
   * Stores the customer's token, which Connect shows this once and never again. Awaited to its end,
   * also when the signal is aborted meanwhile: then the customer exists, and its token must be kept.
   */
  readonly onToken: (apiToken: string, customer: Customer) => unknown;
}

/** The merchant's customers. All calls use the merchant token. */
export interface Customers {
  /** `GET /customers`, page by page as the list is consumed. */
  list(options?: PageOptions & CallOptions): Paged<Customer>;
  get(uuid: string, options?: CallOptions): ApiCall<Customer>;
  /**
   * `POST /customers`. Resolves once `onToken` has stored the token. Never sent again by itself,
   * since a second try would make a second customer.
   *
   * @throws ConfigError when `onToken` fails. The customer has been deleted again, or the error has
   *   its token in `apiToken` (not enumerable, in no message), and its `customerUuid`.
   */
  create(customer: { readonly name: string }, options: CreateCustomerOptions): Promise<Customer>;
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

const createdOf = (body: unknown) =>
  unwrap<Customer & { readonly api_token: string }>(body, 'customer', 'api_token');

export const customersOf = (core: ConnectCore): Customers => {
  const all = '/customers';
  const one = '/customers/{customer_uuid}';
  const at = (uuid: string) => ({ path: { customer_uuid: segment(uuid, 'the customer') } });
  const remove: Customers['delete'] = (uuid, options) =>
    core.call({
      method: 'delete',
      path: one,
      init: () => ({ params: at(uuid) }),
      decode: doneOf,
      options,
    });
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
    create: async (given, options) => {
      const onToken = options?.onToken;
      const { api_token: apiToken, ...customer } = await core.call({
        method: 'post',
        path: all,
        mode: 'never',
        init: () => {
          if (typeof onToken === 'function') return { body: { name: given.name } };
          throw new ConfigError('onToken must be a function that stores the token');
        },
        decode: createdOf,
        inDoubt: 'it may exist, its token lost: find it in customers.list() and delete it',
        options,
      });
      try {
        await onToken(apiToken, customer);
      } catch (cause) {
        const details = { cause, customerUuid: customer.uuid };
        await remove(customer.uuid, options).catch(({ message }: Error) => {
          throw new ConfigError(`onToken failed, and the customer remains: ${message}`, {
            ...details,
            apiToken,
            hint: 'its token is in apiToken',
          });
        });
        throw new ConfigError('onToken failed, the customer was deleted again', details);
      }
      return customer;
    },
    update: (uuid, changes, options) =>
      core.call({
        method: 'put',
        path: one,
        init: () => ({ params: at(uuid), body: { name: changes.name } }),
        decode: customerOf,
        options,
      }),
    delete: remove,
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
