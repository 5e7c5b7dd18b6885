import type { ApiCall } from '../http/api-call.ts';
import type { CallOptions } from '../http/options.ts';
import type { ConnectCore } from './connect-core.ts';
import {
  type CustomerIntegration,
  type Done,
  doneOf,
  type IntegrationSession,
  type IntegrationSessionRequest,
  type IntegrationStatus,
  segment,
  unwrap,
} from './objects.ts';
import { paginate, type Paged, type PageOptions } from './pages.ts';

/** Which integrations to list. */
export interface IntegrationFilter extends PageOptions, CallOptions {
  readonly source_name?: string;
  readonly status?: IntegrationStatus;
}

/** One customer's integrations. All calls use the merchant token and the customer's. */
export interface Integrations {
  /** `GET /customer-integrations`, page by page as the list is consumed. */
  list(filter?: IntegrationFilter): Paged<CustomerIntegration>;
  get(uuid: string, options?: CallOptions): ApiCall<CustomerIntegration>;
  /** `DELETE /customer-integrations/{uuid}`: Connect asks for the session in which it happens. */
  delete(
    uuid: string,
    session: { readonly session_id: string },
    options?: CallOptions,
  ): ApiCall<Done>;
  /** `POST /customer-integrations/session`: a link on which the customer connects accounts. */
  createSession(
    request?: IntegrationSessionRequest,
    options?: CallOptions,
  ): ApiCall<IntegrationSession>;
}

export const integrationsOf = (core: ConnectCore): Integrations => {
  const all = '/customer-integrations';
  const one = '/customer-integrations/{integration_uuid}';
  return {
    list: (options = {}) => {
      const { source_name, status } = options;
      const filter = {
        ...(source_name === undefined ? {} : { source_name }),
        ...(status === undefined ? {} : { status }),
      };
      return paginate(all, options, (page) =>
        core.call({
          method: 'GET',
          path: all,
          mode: 'safe',
          options,
          send: (client, wire) =>
            client.GET(all, { params: { query: { ...filter, ...page } }, ...wire }),
          decode: (body) => body,
        }),
      );
    },
    get: (uuid, options) =>
      core.call({
        method: 'GET',
        path: one,
        mode: 'safe',
        options,
        send: (client, wire) =>
          client.GET(one, {
            params: { path: { integration_uuid: segment(uuid, 'the integration') } },
            ...wire,
          }),
        decode: (body) => unwrap<CustomerIntegration>(body, 'customer_integration', 'uuid'),
      }),
    delete: (uuid, { session_id }, options) =>
      core.call({
        method: 'DELETE',
        path: one,
        mode: 'unsent',
        options,
        send: (client, wire) =>
          client.DELETE(one, {
            params: {
              path: { integration_uuid: segment(uuid, 'the integration') },
              query: { session_id },
            },
            ...wire,
          }),
        decode: doneOf,
      }),
    createSession: (request = {}, options) => {
      const path = '/customer-integrations/session';
      return core.call({
        method: 'POST',
        path,
        mode: 'unsent',
        options,
        send: (client, wire) => client.POST(path, { body: request, ...wire }),
        decode: (body) => unwrap<IntegrationSession>(body, 'integration_session', 'session_link'),
      });
    },
  };
};
